package sandbox

import (
	"bytes"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

func extensionResource() odata.Resource {
	return odata.Resource{
		Kind: "microsoft.graph.extensionProperty", Label: "ExtensionProperty",
		Properties: strings.Fields("appDisplayName dataType deletedDateTime id isMultiValued isSyncedFromOnPremises name targetObjects"),
		Filters:    map[string][]string{"name": {"eq"}},
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

func (s *state) extensionView(e *extension) odata.Object {
	out := odata.Object{
		"id": e.ID, "deletedDateTime": nil, "appDisplayName": nil, "dataType": e.DataType, "isMultiValued": e.Multi,
		"isSyncedFromOnPremises": false, "name": e.Name, "targetObjects": e.TargetObjects,
	}
	if a := s.application(e.App); a != nil {
		out["appDisplayName"] = a.DisplayName
	}
	return out
}

func listExtensions(c *odata.Call, s *state, a *app) *odata.Answer {
	var items []odata.Object
	for _, e := range s.Extensions {
		if e.App == a.ID {
			items = append(items, s.extensionView(e))
		}
	}
	return extensionResource().List(c, "applications('"+a.ID+"')/extensionProperties", items)
}

// createExtension defines a directory extension on an application.
// https://learn.microsoft.com/graph/api/application-post-extensionproperty
func (t *Tenant) createExtension(c *odata.Call, s *state, a *app) *odata.Answer {
	var body struct {
		Name          string   `json:"name"`
		DataType      string   `json:"dataType"`
		Multi         bool     `json:"isMultiValued"`
		TargetObjects []string `json:"targetObjects"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	kind, fits := odata.OneOf(body.DataType, "Binary Boolean DateTime Integer LargeInteger String")
	if !fits {
		return invalidExtension("dataType")
	}
	if !extensionName().MatchString(body.Name) {
		return invalidExtension("name")
	}
	for i, target := range body.TargetObjects {
		if body.TargetObjects[i], fits = odata.OneOf(target, "User Group AdministrativeUnit Application Device Organization"); !fits {
			return invalidExtension("targetObjects")
		}
	}
	if len(body.TargetObjects) == 0 {
		return invalidExtension("targetObjects")
	}
	name := "extension_" + strings.ReplaceAll(a.AppID, "-", "") + "_" + body.Name
	if slices.ContainsFunc(s.Extensions, func(e *extension) bool { return strings.EqualFold(e.Name, name) }) {
		return odata.Fail(http.StatusBadRequest, "Request_MultipleObjectsWithSameKeyValue", "An extension property exists with the name "+name+".")
	}
	e := &extension{ID: s.newID(), App: a.ID, Name: name, DataType: kind, TargetObjects: body.TargetObjects, Multi: body.Multi}
	s.Extensions = append(s.Extensions, e)
	t.lag(s, lagExtension(e.ID))
	out := extensionResource().One(&odata.Call{Base: c.Base}, "applications('"+a.ID+"')/extensionProperties", s.extensionView(e))
	return odata.Created(out.Body)
}

func invalidExtension(property string) *odata.Answer {
	return odata.BadRequest("Invalid value specified for property '" + property + "' of resource 'ExtensionProperty'.")
}

// extensionName is what may stand behind extension_…_.
func extensionName() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,119}$`) }

func withExtension(f func(*odata.Call, *state, *app, *extension) *odata.Answer) func(*odata.Call, *state, *app) *odata.Answer {
	return func(c *odata.Call, s *state, a *app) *odata.Answer {
		for _, e := range s.Extensions {
			if e.App == a.ID && e.ID == c.Param("extension") {
				return f(c, s, a, e)
			}
		}
		return odata.NotFound(c.Param("extension"))
	}
}

func getExtension(c *odata.Call, s *state, a *app, e *extension) *odata.Answer {
	return extensionResource().One(c, "applications('"+a.ID+"')/extensionProperties", s.extensionView(e))
}

// deleteExtension takes away the definition. Values stay, unseen, and show
// again when an extension of the same name is made.
func deleteExtension(_ *odata.Call, s *state, _ *app, e *extension) *odata.Answer {
	s.Extensions = slices.DeleteFunc(s.Extensions, func(other *extension) bool { return other == e })
	delete(s.Delays, lagExtension(e.ID))
	return odata.NoContent()
}

// availableExtensions lists the extensions whose values can be written.
// https://learn.microsoft.com/graph/api/directoryobject-getavailableextensionproperties
func availableExtensions(c *odata.Call, s *state) *odata.Answer {
	var body struct {
		Synced *bool `json:"isSyncedFromOnPremises"`
	}
	if len(bytes.TrimSpace(c.Body)) > 0 {
		if a := c.Decode(&body); a != nil {
			return a
		}
	}
	value := []odata.Object{}
	for _, e := range s.Extensions {
		if !s.available(e, c.Now) || body.Synced != nil && *body.Synced {
			continue
		}
		item := s.extensionView(e)
		item["@odata.type"] = "#microsoft.graph.extensionProperty"
		value = append(value, item)
	}
	return odata.OK(odata.Object{"@odata.context": c.Context("Collection(extensionProperty)"), "value": value})
}
