package sandbox

import (
	"net/http"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/schema"
)

// unready is how the synchronization service says that it does not know an
// application yet, or that the caller may not use it.
func unready() *odata.Answer { return odata.Fail(http.StatusUnauthorized, "UnknownError", "") }

// withSync answers for a service principal as the synchronization service
// knows it, which is later than the directory does.
func withSync(f func(*odata.Call, *state, *app) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		a, refusal := s.syncApp(c)
		if refusal != nil {
			return refusal
		}
		return f(c, s, a)
	}
}

func (s *state) syncApp(c *odata.Call) (*app, *odata.Answer) {
	a := s.servicePrincipal(c.Param("sp"))
	switch {
	case a == nil:
		return nil, odata.NotFound(bareKey(c.Param("sp")))
	case s.late(lagSync(a.SP), c.Now):
		return nil, unready()
	}
	return a, nil
}

func withJob(f func(*odata.Call, *state, *app, *job) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return withSync(func(c *odata.Call, s *state, a *app) *odata.Answer {
		j := s.job(a, c.Param("job"))
		if j == nil {
			return noJob(c.Param("job"))
		}
		return f(c, s, a, j)
	})
}

func noJob(id string) *odata.Answer {
	return odata.Fail(http.StatusNotFound, "ResourceNotFound", "The synchronization job '"+id+"' does not exist.")
}

func (s *state) job(a *app, id string) *job {
	for _, j := range s.Jobs {
		if j.SP == a.SP && strings.EqualFold(j.ID, id) {
			return j
		}
	}
	return nil
}

// connectors are the templates of an application, by its gallery template. An
// application that was not made from one has none.
func (a *app) connectors() []schema.Connector {
	g, known := templateOf(a.Template)
	if !known || g.connector == "" {
		return nil
	}
	if g.id == customTemplate {
		users, groups := "Provision Microsoft Entra ID Users", "Provision Microsoft Entra ID Groups"
		return []schema.Connector{
			{ID: "scim", Target: "customappsso", GalleryKey: "customappsso", Standard: true, Users: users, Groups: groups},
			{ID: "customappsso", Target: "customappsso", GalleryKey: "customappsso", Users: users, Groups: groups},
		}
	}
	c := schema.Connector{ID: g.connector, Target: g.name, GalleryKey: strings.ToLower(g.name), Standard: true, Users: "Synchronize Microsoft Entra users to " + g.name}
	if g.name != "Workteam" {
		c.Groups = "Synchronize Microsoft Entra groups to " + g.name
	}
	return []schema.Connector{c}
}

func (a *app) connector(id string) (schema.Connector, bool) {
	for _, c := range a.connectors() {
		if c.ID == id {
			return c, true
		}
	}
	return schema.Connector{}, false
}

const zeroID = "00000000-0000-0000-0000-000000000000"

func templateView(k schema.Connector, a *app) odata.Object {
	return odata.Object{
		"id": k.ID, "applicationId": zeroID, "default": k.Standard, "description": nil, "discoverable": true, "factoryTag": k.ID,
		"metadata": []odata.Object{
			{"key": "galleryApplicationIdentifier", "value": a.Template},
			{"key": "galleryApplicationKey", "value": k.GalleryKey},
			{"key": "isSynchronizationInPreview", "value": "false"},
			{"key": "configurationFields", "value": `[{"name":"baseaddress"},{"name":"secrettoken","secret":true}]`},
			{"key": "AzureIngestionAttributeOptimization", "value": "False"},
		},
	}
}

func listSyncTemplates(c *odata.Call, _ *state, a *app) *odata.Answer {
	value := []odata.Object{}
	for _, k := range a.connectors() {
		value = append(value, templateView(k, a))
	}
	return odata.OK(odata.Object{"@odata.context": c.Context(syncPath(a) + "/templates"), "value": value})
}

func withConnector(f func(*odata.Call, *state, *app, schema.Connector) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return withSync(func(c *odata.Call, s *state, a *app) *odata.Answer {
		k, known := a.connector(c.Param("template"))
		if !known {
			return odata.Fail(http.StatusNotFound, "ResourceNotFound", "The synchronization template '"+c.Param("template")+"' does not exist.")
		}
		return f(c, s, a, k)
	})
}

func getSyncTemplate(c *odata.Call, _ *state, a *app, k schema.Connector) *odata.Answer {
	out := templateView(k, a)
	out["@odata.context"] = c.Context(syncPath(a) + "/templates/$entity")
	return odata.OK(out)
}

func syncPath(a *app) string { return "servicePrincipals('" + a.SP + "')/synchronization" }

// wrapped is an error of the synchronization service behind Graph, whose own
// body stands as text in the message.
func wrapped(status int, inner odata.Object) *odata.Answer {
	return odata.Fail(status, "UnknownError", string(odata.Encode(inner)))
}

// noSuchURI is what the service says to a method that it does not have.
func noSuchURI(path string) *odata.Answer {
	return wrapped(http.StatusNotFound, odata.Object{
		"Message": "No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/api/" + path + "?api-version=2.0'.",
	})
}
