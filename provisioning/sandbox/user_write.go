package sandbox

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

const (
	longestText   = 256
	longestBinary = 256
	mostValues    = 100 // extension values of one object
)

// mastered are the properties that a user from on-premises has there.
func mastered() []string {
	return strings.Fields("displayName givenName surname jobTitle department companyName city country state streetAddress postalCode officeLocation mobilePhone businessPhones faxNumber accountEnabled userPrincipalName mailNickname employeeId onPremisesExtensionAttributes")
}

// writable are the properties that PATCH takes, with their types.
func writable() map[string]string {
	out := map[string]string{"accountEnabled": "Boolean", "businessPhones": "List", "otherMails": "List", "onPremisesExtensionAttributes": "Complex", "employeeOrgData": "Complex"}
	for name := range strings.FieldsSeq(`city companyName country department displayName employeeId employeeType faxNumber givenName jobTitle mail
		mailNickname mobilePhone officeLocation postalCode preferredLanguage state streetAddress surname usageLocation userPrincipalName userType`) {
		out[name] = "String"
	}
	return out
}

// patchUser changes properties and extension values: all of them or none.
// https://learn.microsoft.com/graph/api/user-update
func (t *Tenant) patchUser(c *odata.Call, s *state, u *user) *odata.Answer {
	var body map[string]any
	if a := c.Decode(&body); a != nil {
		return a
	}
	if len(body) == 0 {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
	}
	maps.DeleteFunc(body, func(name string, _ any) bool { return strings.Contains(name, "@odata.") }) // as typed clients write
	if a := s.checkExtensions(c, u, body); a != nil {
		return a
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if a := s.checkProperty(u, name, body[name]); a != nil {
			return a
		}
	}
	if s.Delays[lagUser(u.ID)] == nil {
		u.Before = &snapshot{Properties: maps.Clone(u.Properties), Values: maps.Clone(u.Values), Manager: u.Manager}
	}
	if t.lag(s, lagUser(u.ID)); s.Delays[lagUser(u.ID)] == nil {
		u.Before = nil
	}
	u.apply(body)
	_, hasMail := body["mail"]
	if _, renamed := body["userPrincipalName"]; renamed || hasMail {
		s.moved()
	}
	return odata.NoContent()
}

func (u *user) apply(body map[string]any) {
	if u.Values == nil {
		u.Values = map[string]any{}
	}
	for name, value := range body {
		target := u.Properties
		if odata.IsExtension(name) {
			target = u.Values
		}
		if value == nil || value == "" && odata.IsExtension(name) {
			delete(target, name)
			continue
		}
		if organisation, isObject := value.(map[string]any); name == "employeeOrgData" && isObject {
			value = map[string]any{"costCenter": organisation["costCenter"], "division": organisation["division"]} // what is left out becomes null
		}
		target[name] = value
	}
}

// checkExtensions refuses the whole change when one of the extension
// properties does not exist or has not reached every part of the service.
func (s *state) checkExtensions(c *odata.Call, u *user, body map[string]any) *odata.Answer {
	var missing []string
	held := maps.Clone(u.Values)
	if held == nil {
		held = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if !odata.IsExtension(name) {
			continue
		}
		e := s.extensionNamed(name)
		if e == nil || !s.available(e, c.Now) || !slices.Contains(e.TargetObjects, "User") {
			missing = append(missing, name)
		}
		held[name] = body[name]
		if body[name] == nil {
			delete(held, name)
		}
	}
	if missing != nil {
		return odata.BadRequest("The following extension properties are not available: " + strings.Join(missing, ",") + ".")
	}
	if len(held) > mostValues {
		return odata.BadRequest(fmt.Sprintf("The number of extension values of the object exceeds the maximum of %d.", mostValues))
	}
	return nil
}

func (s *state) checkProperty(u *user, name string, value any) *odata.Answer {
	if e := s.extensionNamed(name); e != nil {
		if e.Multi {
			return checkList(name, value, func(v any) *odata.Answer { return checkType(name, e.DataType, v) })
		}
		return checkType(name, e.DataType, value)
	}
	kind, ok := writable()[name]
	if !ok {
		if slices.Contains(userProperties(), name) {
			return odata.BadRequest("Property '" + name + "' is read-only and cannot be set.")
		}
		return odata.BadRequest("Invalid property '" + name + "'.")
	}
	if synced, _ := u.Properties["onPremisesSyncEnabled"].(bool); synced && slices.Contains(mastered(), name) {
		return odata.BadRequest("Unable to update the specified properties for objects that have originated within an external service.")
	}
	if (name == "displayName" || name == "userPrincipalName" || name == "accountEnabled") && (value == nil || value == "") {
		return odata.BadRequest("Invalid value specified for property '" + name + "' of resource 'User'.")
	}
	if text, isText := value.(string); name == "userPrincipalName" && isText {
		if other := s.user(text); other != nil && other != u {
			return odata.BadRequest("Another object with the same value for property userPrincipalName already exists.")
		}
	}
	if organisation, isObject := value.(map[string]any); name == "employeeOrgData" && isObject {
		return checkOrganisation(organisation)
	}
	return checkType(name, kind, value)
}

// checkOrganisation holds a value against employeeOrgData.
// https://learn.microsoft.com/graph/api/resources/employeeorgdata
func checkOrganisation(value map[string]any) *odata.Answer {
	for name, member := range value {
		if name != "costCenter" && name != "division" {
			return odata.BadRequest("Invalid property '" + name + "'.")
		}
		if a := checkType("employeeOrgData/"+name, "String", member); a != nil {
			return a
		}
	}
	return nil
}

func checkList(name string, value any, each func(any) *odata.Answer) *odata.Answer {
	if value == nil {
		return nil
	}
	list, isList := value.([]any)
	if !isList {
		return invalidValue(name)
	}
	for _, v := range list {
		if a := each(v); a != nil {
			return a
		}
	}
	return nil
}

func invalidValue(name string) *odata.Answer {
	return odata.BadRequest("Invalid value specified for property '" + name + "' of resource 'User'.")
}

// checkType holds a value against a type of directory extensions, of which
// the other properties use some. Null clears and always fits.
// https://learn.microsoft.com/graph/extensibility-overview
func checkType(name, kind string, value any) *odata.Answer {
	if value == nil {
		return nil
	}
	fits := false
	switch kind {
	case "String":
		var text string
		if text, fits = value.(string); fits && len([]rune(text)) > longestText {
			return odata.BadRequest(fmt.Sprintf("The value of property '%s' of resource 'User' exceeds the maximum length of %d characters.", name, longestText))
		}
	case "Boolean":
		_, fits = value.(bool)
	case "Integer":
		fits = whole(value, 32)
	case "LargeInteger":
		fits = whole(value, 64)
	case "DateTime":
		text, _ := value.(string)
		_, err := time.Parse(time.RFC3339, text)
		fits = err == nil
	case "Binary":
		var text string
		text, fits = value.(string)
		fits = fits && len(text) <= (longestBinary+2)/3*4
	case "List":
		return checkList(name, value, func(v any) *odata.Answer { return checkType(name, "String", v) })
	case "Complex":
		_, fits = value.(map[string]any)
	}
	if !fits {
		return invalidValue(name)
	}
	return nil
}

func whole(value any, bits int) bool {
	number, isNumber := value.(json.Number)
	if !isNumber {
		return false
	}
	_, err := strconv.ParseInt(number.String(), 10, bits)
	return err == nil
}
