package evaluate

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/schema"
)

// SourcesOf are the source attributes that a mapping reads.
func SourcesOf(m schema.Mapping) []string {
	switch m.Kind {
	case schema.Direct:
		return []string{m.Source}
	case schema.Expression:
		if node, err := expression.Parse(m.Source); err == nil {
			return expression.Attributes(node)
		}
	case schema.Constant, schema.None:
	}
	return nil
}

// GraphProperty is the property of Graph's user that holds a source attribute
// of provisioning; "" when there is none that can be compared. The two have
// different names for some:
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes.
func GraphProperty(attribute string) string {
	if slices.Contains(sameInGraph(), attribute) {
		return attribute
	}
	switch attribute {
	case "telephoneNumber":
		return "businessPhones"
	case "mobile":
		return "mobilePhone"
	case "physicalDeliveryOfficeName":
		return "officeLocation"
	case "facsimileTelephoneNumber":
		return "faxNumber"
	}
	switch {
	case IsExtension(attribute):
		return attribute
	case strings.HasPrefix(attribute, "extensionAttribute"):
		return "onPremisesExtensionAttributes"
	case strings.HasPrefix(attribute, "employeeOrgData."):
		return "employeeOrgData"
	}
	return ""
}

// sameInGraph are the attributes that have the same name there.
func sameInGraph() []string {
	return []string{
		"givenName", "surname", "jobTitle", "department", "companyName", "employeeId", "employeeType",
		"city", "state", "country", "postalCode", "streetAddress", "preferredLanguage", "usageLocation", "mailNickname",
	}
}

// userAttributes are the attributes of a user that may have been meant.
func userAttributes() []string {
	return slices.Concat(sameInGraph(), userBasics(), []string{"telephoneNumber", "mobile", "proxyAddresses", "otherMails", "dirSyncEnabled"})
}

// IsExtension reports whether an attribute is a directory extension property,
// extension_{appId without dashes}_{name}.
func IsExtension(attribute string) bool { return strings.HasPrefix(attribute, "extension_") }

// ShortName is the part of an attribute's name that people know.
func ShortName(attribute string) string {
	if parts := strings.SplitN(attribute, "_", 3); IsExtension(attribute) && len(parts) == 3 {
		return parts[2]
	}
	return attribute
}

// SourceValue is what Graph says of a source attribute now, as provisioning
// writes it. It is not known when no property can be compared with it.
func SourceValue(user directory.User, attribute string) (value string, known bool) {
	switch attribute {
	case "objectId":
		return user.ID, true
	case "displayName":
		return user.DisplayName, true
	case "mail":
		return user.Mail, true
	case "accountEnabled":
		return plain(user.AccountEnabled), true
	case "userPrincipalName": // of a guest, provisioning strips a part
		return user.UserPrincipalName, !strings.Contains(user.UserPrincipalName, "#EXT#")
	}
	property := GraphProperty(attribute)
	if property == "" {
		return "", false
	}
	value = plain(user.Values[property])
	if members, ok := user.Values[property].(map[string]any); ok {
		value = plain(members[strings.TrimPrefix(attribute, "employeeOrgData.")])
	}
	return value, true
}

// plain is a JSON value as text; of a list the first, of nothing "".
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		if v {
			return "True"
		}
		return "False"
	case []any:
		if len(v) > 0 {
			return plain(v[0])
		}
	}
	return ""
}

// alike compares a value that the service shows with Graph's. Booleans differ
// in case, moments in form.
func alike(shown, graphs string) bool {
	if shown == graphs || strings.EqualFold(shown, graphs) && (graphs == "True" || graphs == "False") {
		return true
	}
	a, errA := time.Parse(time.RFC3339Nano, shown)
	b, errB := time.Parse(time.RFC3339Nano, graphs)
	return errA == nil && errB == nil && a.Equal(b)
}

// Stale names a source attribute that the service shows with another value
// than Graph has now, and "" when there is none. Of an extension property also
// a value that is missing counts; whether other attributes are shown at all is
// the service's affair.
func Stale(imported map[string]string, user directory.User, sources []string) string {
	if len(imported) == 0 {
		return ""
	}
	for _, attribute := range sources {
		now, known := SourceValue(user, attribute)
		if !known {
			continue
		}
		shown, there := imported[attribute]
		if there && !alike(shown, now) || !there && IsExtension(attribute) && now != "" {
			return attribute
		}
	}
	return ""
}
