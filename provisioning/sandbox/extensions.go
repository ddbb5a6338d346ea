package sandbox

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

func extensionResource() resource {
	return resource{
		kind: "microsoft.graph.extensionProperty", label: "ExtensionProperty",
		properties: strings.Fields("appDisplayName dataType deletedDateTime id isMultiValued isSyncedFromOnPremises name targetObjects"),
		filters:    map[string][]string{"name": {"eq"}},
	}
}

func (s *state) extensionNamed(name string) *extension {
	for _, e := range s.Extensions {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// available reports whether values of an extension can be written. One on an
// application without a service principal never becomes available.
func (s *state) available(e *extension, now time.Time) bool {
	a := s.application(e.App)
	return a != nil && a.SP != "" && !s.late(lagExtension(e.ID), now)
}

func (s *state) extensionView(e *extension) object {
	out := object{
		"id": e.ID, "deletedDateTime": nil, "appDisplayName": nil, "dataType": e.DataType, "isMultiValued": e.Multi,
		"isSyncedFromOnPremises": false, "name": e.Name, "targetObjects": e.TargetObjects,
	}
	if a := s.application(e.App); a != nil {
		out["appDisplayName"] = a.DisplayName
	}
	return out
}

func listExtensions(c *call, s *state, a *app) *answer {
	var items []object
	for _, e := range s.Extensions {
		if e.App == a.ID {
			items = append(items, s.extensionView(e))
		}
	}
	return extensionResource().list(c, s, "applications('"+a.ID+"')/extensionProperties", items)
}

// createExtension defines a directory extension on an application.
// https://learn.microsoft.com/graph/api/application-post-extensionproperty
func (t *Tenant) createExtension(c *call, s *state, a *app) *answer {
	var body struct {
		Name          string   `json:"name"`
		DataType      string   `json:"dataType"`
		Multi         bool     `json:"isMultiValued"`
		TargetObjects []string `json:"targetObjects"`
	}
	if a := c.decode(&body); a != nil {
		return a
	}
	kind, fits := oneOf(body.DataType, "Binary Boolean DateTime Integer LargeInteger String")
	if !fits {
		return invalidExtension("dataType")
	}
	if !extensionName().MatchString(body.Name) {
		return invalidExtension("name")
	}
	for i, target := range body.TargetObjects {
		if body.TargetObjects[i], fits = oneOf(target, "User Group AdministrativeUnit Application Device Organization"); !fits {
			return invalidExtension("targetObjects")
		}
	}
	if len(body.TargetObjects) == 0 {
		return invalidExtension("targetObjects")
	}
	name := "extension_" + strings.ReplaceAll(a.AppID, "-", "") + "_" + body.Name
	if slices.ContainsFunc(s.Extensions, func(e *extension) bool { return strings.EqualFold(e.Name, name) }) {
		return fail(http.StatusBadRequest, "Request_MultipleObjectsWithSameKeyValue", "An extension property exists with the name "+name+".")
	}
	e := &extension{ID: s.newID(), App: a.ID, Name: name, DataType: kind, TargetObjects: body.TargetObjects, Multi: body.Multi}
	s.Extensions = append(s.Extensions, e)
	t.lag(s, lagExtension(e.ID))
	out := extensionResource().one(&call{base: c.base}, "applications('"+a.ID+"')/extensionProperties", s.extensionView(e))
	return created(out.body)
}

func invalidExtension(property string) *answer {
	return badRequest("Invalid value specified for property '" + property + "' of resource 'ExtensionProperty'.")
}

// extensionName is what may stand behind extension_…_.
func extensionName() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,119}$`) }

// oneOf finds a word among others without regard to case.
func oneOf(word, words string) (string, bool) {
	for w := range strings.FieldsSeq(words) {
		if strings.EqualFold(w, word) {
			return w, true
		}
	}
	return "", false
}

func withExtension(f func(*call, *state, *app, *extension) *answer) func(*call, *state, *app) *answer {
	return func(c *call, s *state, a *app) *answer {
		for _, e := range s.Extensions {
			if e.App == a.ID && e.ID == c.param("extension") {
				return f(c, s, a, e)
			}
		}
		return notFound(c.param("extension"))
	}
}

func getExtension(c *call, s *state, a *app, e *extension) *answer {
	return extensionResource().one(c, "applications('"+a.ID+"')/extensionProperties", s.extensionView(e))
}

// deleteExtension takes away the definition. Values stay, unseen, and show
// again when an extension of the same name is made.
func deleteExtension(_ *call, s *state, _ *app, e *extension) *answer {
	s.Extensions = slices.DeleteFunc(s.Extensions, func(other *extension) bool { return other == e })
	delete(s.Delays, lagExtension(e.ID))
	return noContent()
}

// availableExtensions lists the extensions whose values can be written.
// https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties
func availableExtensions(c *call, s *state) *answer {
	var body struct {
		Synced *bool `json:"isSyncedFromOnPremises"`
	}
	if len(bytes.TrimSpace(c.body)) > 0 {
		if a := c.decode(&body); a != nil {
			return a
		}
	}
	value := []object{}
	for _, e := range s.Extensions {
		if !s.available(e, c.now) || body.Synced != nil && *body.Synced {
			continue
		}
		item := s.extensionView(e)
		item["@odata.type"] = "#microsoft.graph.extensionProperty"
		value = append(value, item)
	}
	return ok(object{"@odata.context": c.context("Collection(extensionProperty)"), "value": value})
}
