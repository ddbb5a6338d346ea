// Package schema makes the schemas that jobs begin with, and checks those that are saved.
package schema

import (
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

const (
	ruleID       = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"
	SourceID     = "66e4a8cc-1b7b-435e-95f8-f06cea133828"
	enterprise   = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	coreGroup    = "urn:ietf:params:scim:schemas:core:2.0:Group"
	sourceSystem = "Microsoft Entra ID"
)

// Schema is the template's own schema.
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema
func (k Connector) Schema(id string) []byte {
	return odata.Encode(odata.Object{
		"id": id, "version": "v1.2", "synchronizationRules": []odata.Object{k.rule()},
		"directories": []odata.Object{sourceDirectory(), k.targetDirectory()},
	})
}

func (k Connector) rule() odata.Object {
	mappings := []odata.Object{k.userMapping()}
	if k.Groups != "" {
		mappings = append(mappings, k.groupMapping())
	}
	return odata.Object{
		"id": ruleID, "name": "USERGROUP_OUTBOUND_USERGROUP", "priority": 1, "editable": true, "sourceDirectoryName": sourceSystem,
		"targetDirectoryName": k.Target, "containerFilter": nil, "groupFilter": nil, "objectMappings": mappings,
		"metadata": []odata.Object{
			{"key": "defaultSourceObjectMappings", "value": string(odata.Encode(pascal(mappings)))},
			{"key": "supportsProvisionOnDemand", "value": "true"},
		},
	}
}

func (k Connector) userMapping() odata.Object {
	return objectMapping(k.Users, "User", enterprise, "userPrincipalName", userMappings)
}

func (k Connector) groupMapping() odata.Object {
	return objectMapping(k.Groups, "Group", coreGroup, "displayName", groupMappings)
}

func objectMapping(name, source, target, joining, table string) odata.Object {
	return odata.Object{
		"enabled": true, "flowTypes": "Add,Update,Delete", "name": name, "sourceObjectName": source, "targetObjectName": target, "scope": nil,
		"metadata": []odata.Object{
			{"key": "EscrowBehavior", "value": `"Default"`},
			{"key": "DisableMonitoringForChanges", "value": "false"},
			{"key": "OriginalJoiningProperty", "value": joining},
			{"key": "Disposition", "value": `"Normal"`},
			{"key": "IsCustomerDefined", "value": "false"},
			{"key": "ExcludeFromReporting", "value": "false"},
			{"key": "Unsynchronized", "value": "false"},
		},
		"attributeMappings": attributeMappings(table),
	}
}

// userMappings are the default ones of the non-gallery application: target,
// source, and for the matching attribute its precedence.
const userMappings = `userName|userPrincipalName|1
active|Switch([IsSoftDeleted], , "False", "True", "True", "False")
displayName|displayName
title|jobTitle
emails[type eq "work"].value|mail
preferredLanguage|preferredLanguage
name.givenName|givenName
name.familyName|surname
name.formatted|Join(" ", [givenName], [surname])
addresses[type eq "work"].formatted|physicalDeliveryOfficeName
addresses[type eq "work"].streetAddress|streetAddress
addresses[type eq "work"].locality|city
addresses[type eq "work"].region|state
addresses[type eq "work"].postalCode|postalCode
addresses[type eq "work"].country|country
phoneNumbers[type eq "work"].value|telephoneNumber
phoneNumbers[type eq "mobile"].value|mobile
phoneNumbers[type eq "fax"].value|facsimileTelephoneNumber
externalId|mailNickname
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber|employeeId
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department|department
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager|manager`

const groupMappings = `displayName|displayName|1
externalId|objectId
members|members`

func attributeMappings(table string) []odata.Object {
	var out []odata.Object
	for line := range strings.SplitSeq(table, "\n") {
		target, rest, _ := strings.Cut(line, "|")
		source, precedence, _ := strings.Cut(rest, "|")
		priority := 0
		if precedence != "" {
			priority = 1
		}
		out = append(out, odata.Object{
			"defaultValue": nil, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always",
			"matchingPriority": priority, "targetAttributeName": target, "source": defaultSource(source),
		})
	}
	return out
}

func node(kind, name, expression string, parameters ...odata.Object) odata.Object {
	return odata.Object{"expression": expression, "name": name, "type": kind, "parameters": append([]odata.Object{}, parameters...)}
}

func attributeNode(name string) odata.Object { return node("Attribute", name, "["+name+"]") }

func constantNode(value string) odata.Object {
	return node("Constant", value, fmt.Sprintf("%q", value))
}

func parameter(key string, value odata.Object) odata.Object {
	return odata.Object{"key": key, "value": value}
}

// defaultSource is the stored form of a default mapping's source. The two
// functions among them are written out, as the service stores them.
func defaultSource(source string) odata.Object {
	switch {
	case strings.HasPrefix(source, "Switch"):
		return node("Function", "Switch", source,
			parameter("source", attributeNode("IsSoftDeleted")),
			parameter("switchValue", constantNode("False")), parameter("switchValue", constantNode("True")),
			parameter("switchValue", constantNode("True")), parameter("switchValue", constantNode("False")))
	case strings.HasPrefix(source, "Join"):
		return node("Function", "Join", source,
			parameter("separator", constantNode(" ")),
			parameter("source1", attributeNode("givenName")), parameter("source2", attributeNode("surname")))
	}
	return attributeNode(source)
}

// pascal writes the names of members as the metadata of a rule has them.
func pascal(v any) any {
	switch v := v.(type) {
	case odata.Object:
		out := odata.Object{}
		for name, value := range v {
			out[strings.ToUpper(name[:1])+name[1:]] = pascal(value)
		}
		return out
	case []odata.Object:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = pascal(item)
		}
		return out
	}
	return v
}

// A Connector is what a synchronization template says.
type Connector struct {
	ID, Target, GalleryKey string
	Standard               bool // the default one
	Users, Groups          string
}
