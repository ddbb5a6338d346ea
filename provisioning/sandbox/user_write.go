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
func (t *Tenant) patchUser(c *call, s *state, u *user) *answer {
	var body map[string]any
	if a := c.decode(&body); a != nil {
		return a
	}
	if len(body) == 0 {
		return fail(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
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
	return noContent()
}

func (u *user) apply(body map[string]any) {
	if u.Values == nil {
		u.Values = map[string]any{}
	}
	for name, value := range body {
		target := u.Properties
		if isExtension(name) {
			target = u.Values
		}
		if value == nil || value == "" && isExtension(name) {
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
func (s *state) checkExtensions(c *call, u *user, body map[string]any) *answer {
	var missing []string
	held := maps.Clone(u.Values)
	if held == nil {
		held = map[string]any{}
	}
	for _, name := range slices.Sorted(maps.Keys(body)) {
		if !isExtension(name) {
			continue
		}
		e := s.extensionNamed(name)
		if e == nil || !s.available(e, c.now) || !slices.Contains(e.TargetObjects, "User") {
			missing = append(missing, name)
		}
		held[name] = body[name]
		if body[name] == nil {
			delete(held, name)
		}
	}
	if missing != nil {
		return badRequest("The following extension properties are not available: " + strings.Join(missing, ",") + ".")
	}
	if len(held) > mostValues {
		return badRequest(fmt.Sprintf("The number of extension values of the object exceeds the maximum of %d.", mostValues))
	}
	return nil
}

func (s *state) checkProperty(u *user, name string, value any) *answer {
	if e := s.extensionNamed(name); e != nil {
		if e.Multi {
			return checkList(name, value, func(v any) *answer { return checkType(name, e.DataType, v) })
		}
		return checkType(name, e.DataType, value)
	}
	kind, ok := writable()[name]
	if !ok {
		if slices.Contains(userProperties(), name) {
			return badRequest("Property '" + name + "' is read-only and cannot be set.")
		}
		return badRequest("Invalid property '" + name + "'.")
	}
	if synced, _ := u.Properties["onPremisesSyncEnabled"].(bool); synced && slices.Contains(mastered(), name) {
		return badRequest("Unable to update the specified properties for objects that have originated within an external service.")
	}
	if (name == "displayName" || name == "userPrincipalName" || name == "accountEnabled") && (value == nil || value == "") {
		return badRequest("Invalid value specified for property '" + name + "' of resource 'User'.")
	}
	if text, isText := value.(string); name == "userPrincipalName" && isText {
		if other := s.user(text); other != nil && other != u {
			return badRequest("Another object with the same value for property userPrincipalName already exists.")
		}
	}
	if organisation, isObject := value.(map[string]any); name == "employeeOrgData" && isObject {
		return checkOrganisation(organisation)
	}
	return checkType(name, kind, value)
}

// checkOrganisation holds a value against employeeOrgData.
// https://learn.microsoft.com/graph/api/resources/employeeorgdata
func checkOrganisation(value map[string]any) *answer {
	for name, member := range value {
		if name != "costCenter" && name != "division" {
			return badRequest("Invalid property '" + name + "'.")
		}
		if a := checkType("employeeOrgData/"+name, "String", member); a != nil {
			return a
		}
	}
	return nil
}

func checkList(name string, value any, each func(any) *answer) *answer {
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

func invalidValue(name string) *answer {
	return badRequest("Invalid value specified for property '" + name + "' of resource 'User'.")
}

// checkType holds a value against a type of directory extensions, of which
// the other properties use some. Null clears and always fits.
// https://learn.microsoft.com/graph/extensibility-overview
func checkType(name, kind string, value any) *answer {
	if value == nil {
		return nil
	}
	fits := false
	switch kind {
	case "String":
		var text string
		if text, fits = value.(string); fits && len([]rune(text)) > longestText {
			return badRequest(fmt.Sprintf("The value of property '%s' of resource 'User' exceeds the maximum length of %d characters.", name, longestText))
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
		return checkList(name, value, func(v any) *answer { return checkType(name, "String", v) })
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
