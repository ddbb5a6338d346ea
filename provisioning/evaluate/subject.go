package evaluate

import (
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// regexLimit is the most that a regular expression of a schema may take for
// one value, so that none can hold up a command.
const regexLimit = 2 * time.Second

// wanted are attributes of provisioning that are to be read from Graph for
// objects of one type.
type wanted struct {
	objectType string
	attributes []string // sorted, each once
	gone       bool     // extension properties are not asked for: Graph does not know one of them
}

func wantedFor(objectType string, attributes []string) wanted {
	attributes = slices.Clone(attributes)
	slices.Sort(attributes)
	return wanted{objectType: objectType, attributes: slices.Compact(attributes)}
}

// properties are those of Graph that hold the attributes, beside the basic
// ones.
func (w wanted) properties() []string {
	var names []string
	for _, attribute := range w.attributes {
		property := userProperty(attribute)
		if w.objectType == engine.Group {
			property = groupProperty(attribute)
		}
		if property != "" && (!w.gone || !IsExtension(property)) {
			names = append(names, property)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// unknown are the attributes whose values cannot be told from Graph: it has no
// property for them, or none that is documented to hold the same.
func (w wanted) unknown() []string {
	return slices.DeleteFunc(slices.Clone(w.attributes), func(attribute string) bool {
		if w.gone && IsExtension(attribute) {
			return false
		}
		if w.objectType == engine.Group {
			return groupProperty(attribute) != "" || slices.Contains(groupBasics(), attribute)
		}
		return userProperty(attribute) != "" || slices.Contains(userBasics(), attribute)
	})
}

// hasExtensions reports whether extension properties are asked for.
func (w wanted) hasExtensions() bool {
	return !w.gone && slices.ContainsFunc(w.attributes, IsExtension)
}

// userBasics are the attributes of a user that need no property beside the
// basic ones: what every user is read with, what the engine computes, and what
// is read on its own.
func userBasics() []string {
	return []string{
		"objectId", "displayName", "mail", "accountEnabled", "userPrincipalName", "originalUserPrincipalName",
		computed, "manager", "appRoleAssignments",
	}
}

func groupBasics() []string {
	return []string{"objectId", "displayName", "securityEnabled", computed}
}

// userProperty is the property of Graph's user that holds an attribute, also
// where that is a list; "" when there is none.
func userProperty(attribute string) string {
	switch attribute {
	case "proxyAddresses", "otherMails", "onPremisesSecurityIdentifier":
		return attribute
	case "dirSyncEnabled":
		return "onPremisesSyncEnabled"
	}
	return GraphProperty(attribute)
}

func groupProperty(attribute string) string {
	switch attribute {
	case "description", "mail", "mailNickname", "mailEnabled", "proxyAddresses":
		return attribute
	}
	if IsExtension(attribute) {
		return attribute
	}
	return ""
}

// userSubject is a user as the provisioning service imports it. Manager and
// roles are not read here.
func (w wanted) userSubject(user directory.User) engine.Subject {
	s := engine.Subject{ID: user.ID, Type: engine.User, Deleted: !user.DeletedDateTime.IsZero(), Attributes: map[string][]string{
		"objectId": {user.ID}, "accountEnabled": {plain(user.AccountEnabled)},
		"displayName": texts(user.DisplayName), "mail": texts(user.Mail),
		"userPrincipalName": texts(user.UserPrincipalName), "originalUserPrincipalName": texts(user.UserPrincipalName),
	}}
	for _, attribute := range w.attributes {
		if property := userProperty(attribute); property != "" {
			s.Attributes[attribute] = valuesIn(user.Values[property], attribute)
		}
	}
	return s
}

func (w wanted) groupSubject(group directory.Group) engine.Subject {
	s := engine.Subject{ID: group.ID, Type: engine.Group, Attributes: map[string][]string{
		"objectId": {group.ID}, "displayName": texts(group.DisplayName), "securityEnabled": {plain(group.SecurityEnabled)},
	}}
	for _, attribute := range w.attributes {
		if property := groupProperty(attribute); property != "" {
			s.Attributes[attribute] = valuesIn(group.Values[property], attribute)
		}
	}
	return s
}

// valuesIn are the values of an attribute in the property that holds it.
func valuesIn(v any, attribute string) []string {
	if members, ok := v.(map[string]any); ok {
		v = members[strings.TrimPrefix(attribute, "employeeOrgData.")]
	}
	list, several := v.([]any)
	switch {
	case !several:
		return texts(v)
	case attribute == "telephoneNumber" && len(list) > 1: // the only one of a list that is single-valued
		list = list[:1]
	}
	return texts(list...)
}

// texts are values as provisioning writes them, without what is empty.
func texts(values ...any) []string {
	var all []string
	for _, v := range values {
		if text := plain(v); text != "" {
			all = append(all, text)
		}
	}
	return all
}
