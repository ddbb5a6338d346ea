package sandbox

import (
	"fmt"
	"strings"
)

const (
	ruleID       = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"
	sourceID     = "66e4a8cc-1b7b-435e-95f8-f06cea133828"
	enterprise   = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	coreGroup    = "urn:ietf:params:scim:schemas:core:2.0:Group"
	sourceSystem = "Microsoft Entra ID"
)

// schema is the template's own schema.
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationschema
func (k connector) schema(id string) []byte {
	return encode(object{
		"id": id, "version": "v1.2", "synchronizationRules": []object{k.rule()},
		"directories": []object{sourceDirectory(), k.targetDirectory()},
	})
}

func (k connector) rule() object {
	mappings := []object{k.userMapping()}
	if k.groups != "" {
		mappings = append(mappings, k.groupMapping())
	}
	return object{
		"id": ruleID, "name": "USERGROUP_OUTBOUND_USERGROUP", "priority": 1, "editable": true, "sourceDirectoryName": sourceSystem,
		"targetDirectoryName": k.target, "containerFilter": nil, "groupFilter": nil, "objectMappings": mappings,
		"metadata": []object{
			{"key": "defaultSourceObjectMappings", "value": string(encode(pascal(mappings)))},
			{"key": "supportsProvisionOnDemand", "value": "true"},
		},
	}
}

func (k connector) userMapping() object {
	return objectMapping(k.users, "User", enterprise, "userPrincipalName", userMappings)
}

func (k connector) groupMapping() object {
	return objectMapping(k.groups, "Group", coreGroup, "displayName", groupMappings)
}

func objectMapping(name, source, target, joining, table string) object {
	return object{
		"enabled": true, "flowTypes": "Add,Update,Delete", "name": name, "sourceObjectName": source, "targetObjectName": target, "scope": nil,
		"metadata": []object{
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

func attributeMappings(table string) []object {
	var out []object
	for line := range strings.SplitSeq(table, "\n") {
		target, rest, _ := strings.Cut(line, "|")
		source, precedence, _ := strings.Cut(rest, "|")
		priority := 0
		if precedence != "" {
			priority = 1
		}
		out = append(out, object{
			"defaultValue": nil, "exportMissingReferences": false, "flowBehavior": "FlowWhenChanged", "flowType": "Always",
			"matchingPriority": priority, "targetAttributeName": target, "source": defaultSource(source),
		})
	}
	return out
}

func node(kind, name, expression string, parameters ...object) object {
	return object{"expression": expression, "name": name, "type": kind, "parameters": append([]object{}, parameters...)}
}

func attributeNode(name string) object { return node("Attribute", name, "["+name+"]") }

func constantNode(value string) object { return node("Constant", value, fmt.Sprintf("%q", value)) }

func parameter(key string, value object) object { return object{"key": key, "value": value} }

// defaultSource is the stored form of a default mapping's source. The two
// functions among them are written out, as the service stores them.
func defaultSource(source string) object {
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
	case object:
		out := object{}
		for name, value := range v {
			out[strings.ToUpper(name[:1])+name[1:]] = pascal(value)
		}
		return out
	case []object:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = pascal(item)
		}
		return out
	}
	return v
}
