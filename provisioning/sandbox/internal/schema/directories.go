package schema

import (
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// sourceAttributes of a user: a star marks what is required; behind a colon
// stands a type other than String.
const sourceAttributes = `objectId IsSoftDeleted*:Boolean accountEnabled*:Boolean streetAddress city state postalCode country companyName
	department dirSyncEnabled:Boolean displayName* extensionAttribute1 extensionAttribute2 extensionAttribute3 extensionAttribute4
	extensionAttribute5 extensionAttribute6 extensionAttribute7 extensionAttribute8 extensionAttribute9 extensionAttribute10
	extensionAttribute11 extensionAttribute12 extensionAttribute13 extensionAttribute14 extensionAttribute15 facsimileTelephoneNumber
	givenName jobTitle mail mailNickname manager:Reference:User mobile onPremisesSecurityIdentifier originalUserPrincipalName
	passwordProfile.password* physicalDeliveryOfficeName preferredLanguage* proxyAddresses:Multi surname* telephoneNumber
	userPrincipalName* employeeId employeeOrgData.division appRoleAssignments:Multi otherMails:Multi netId showInAddressList alternativeSecurityIds`

const sourceGroupAttributes = `objectId IsSoftDeleted*:Boolean description dirSyncEnabled:Boolean displayName* mail mailEnabled:Boolean
	mailNickname members:References:User onPremisesSecurityIdentifier proxyAddresses:Multi securityEnabled:Boolean`

// targetAttributes of a user, one on a line as names hold blanks.
const targetAttributes = `id*
active:Boolean
displayName
title
nickName
userName*
userType
locale
timezone
preferredLanguage
externalId
name.givenName
name.familyName
name.middleName
name.formatted
name.honorificPrefix
name.honorificSuffix
emails[type eq "work"].value
emails[type eq "home"].value
emails[type eq "other"].value
addresses[type eq "work"].formatted
addresses[type eq "work"].streetAddress
addresses[type eq "work"].locality
addresses[type eq "work"].region
addresses[type eq "work"].postalCode
addresses[type eq "work"].country
addresses[type eq "other"].formatted
phoneNumbers[type eq "work"].value
phoneNumbers[type eq "mobile"].value
phoneNumbers[type eq "fax"].value
phoneNumbers[type eq "home"].value
phoneNumbers[type eq "other"].value
phoneNumbers[type eq "pager"].value
roles:Multi
roles[primary eq "True"].display
roles[primary eq "True"].type
roles[primary eq "True"].value
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:costCenter
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:organization
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:division
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department
urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager:Reference:` + enterprise

const targetGroupAttributes = `id*
displayName*
externalId
members:References:` + enterprise

func sourceDirectory() odata.Object {
	metadata := []odata.Object{
		{"key": "PropertyNameAccountEnabled", "value": "accountEnabled"},
		{"key": "PropertyNameSoftDeleted", "value": "IsSoftDeleted"},
		{"key": "IsSoftDeletionSupported", "value": "true"},
		{"key": "IsSynchronizeAllSupported", "value": "true"},
		{"key": "ConnectorDataStorageRequired", "value": "true"},
	}
	user := definition("User", "objectId", strings.Fields(sourceAttributes))
	user["metadata"] = metadata
	return directory(SourceID, sourceSystem, user, definition("Group", "objectId", strings.Fields(sourceGroupAttributes)))
}

func (k Connector) targetDirectory() odata.Object {
	objects := []odata.Object{definition(enterprise, "id", strings.Split(targetAttributes, "\n"))}
	if k.Groups != "" {
		objects = append(objects, definition(coreGroup, "id", strings.Split(targetGroupAttributes, "\n")))
	}
	return directory(odata.IDOf("directory/"+k.Target), k.Target, objects...)
}

func directory(id, name string, objects ...odata.Object) odata.Object {
	return odata.Object{
		"id": id, "name": name, "discoverabilities": "None", "discoveryDateTime": nil, "readOnly": false, "version": "v1.2", "objects": objects,
	}
}

func definition(name, anchor string, attributes []string) odata.Object {
	list := make([]odata.Object, 0, len(attributes))
	for _, a := range attributes {
		list = append(list, attributeDefinition(a, anchor))
	}
	return odata.Object{"name": name, "supportedApis": []string{}, "metadata": []odata.Object{}, "attributes": list}
}

// attributeDefinition reads one entry of the lists above: a name, a star when
// it is required, a type. A name may itself hold colons.
func attributeDefinition(entry, anchor string) odata.Object {
	name, kind, multi, references := entry, "String", false, []odata.Object{}
	for _, mark := range []string{":References:", ":Reference:"} {
		if before, target, found := strings.Cut(entry, mark); found {
			name, kind, multi = before, "Reference", mark == ":References:"
			references = append(references, odata.Object{"referencedObjectName": target, "referencedProperty": anchor})
			break
		}
	}
	if before, found := strings.CutSuffix(name, ":Boolean"); found {
		name, kind = before, "Boolean"
	}
	if before, found := strings.CutSuffix(name, ":Multi"); found {
		name, multi = before, true
	}
	name, required := strings.CutSuffix(name, "*")
	return odata.Object{
		"anchor": name == anchor, "caseExact": false, "defaultValue": nil, "flowNullValues": false, "multivalued": multi,
		"mutability": "ReadWrite", "name": name, "required": required, "type": kind, "apiExpressions": []odata.Object{}, "metadata": []odata.Object{},
		"referencedObjects": references,
	}
}
