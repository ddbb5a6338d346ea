package sandbox

import (
	"net/http"
	"strings"
)

// unready is how the synchronization service says that it does not know an
// application yet, or that the caller may not use it.
func unready() *answer { return fail(http.StatusUnauthorized, "UnknownError", "") }

// withSync answers for a service principal as the synchronization service
// knows it, which is later than the directory does.
func withSync(f func(*call, *state, *app) *answer) func(*call, *state) *answer {
	return func(c *call, s *state) *answer {
		a, refusal := s.syncApp(c)
		if refusal != nil {
			return refusal
		}
		return f(c, s, a)
	}
}

func (s *state) syncApp(c *call) (*app, *answer) {
	a := s.servicePrincipal(c.param("sp"))
	switch {
	case a == nil:
		return nil, notFound(bareKey(c.param("sp")))
	case s.late(lagSync(a.SP), c.now):
		return nil, unready()
	}
	return a, nil
}

func withJob(f func(*call, *state, *app, *job) *answer) func(*call, *state) *answer {
	return withSync(func(c *call, s *state, a *app) *answer {
		j := s.job(a, c.param("job"))
		if j == nil {
			return noJob(c.param("job"))
		}
		return f(c, s, a, j)
	})
}

func noJob(id string) *answer {
	return fail(http.StatusNotFound, "ResourceNotFound", "The synchronization job '"+id+"' does not exist.")
}

func (s *state) job(a *app, id string) *job {
	for _, j := range s.Jobs {
		if j.SP == a.SP && strings.EqualFold(j.ID, id) {
			return j
		}
	}
	return nil
}

// A connector is what a synchronization template says.
type connector struct {
	id, target, galleryKey string
	standard               bool // the default one
	users, groups          string
}

// connectors are the templates of an application, by its gallery template. An
// application that was not made from one has none.
func (a *app) connectors() []connector {
	g, known := templateOf(a.Template)
	if !known || g.connector == "" {
		return nil
	}
	if g.id == customTemplate {
		users, groups := "Provision Microsoft Entra ID Users", "Provision Microsoft Entra ID Groups"
		return []connector{
			{id: "scim", target: "customappsso", galleryKey: "customappsso", standard: true, users: users, groups: groups},
			{id: "customappsso", target: "customappsso", galleryKey: "customappsso", users: users, groups: groups},
		}
	}
	c := connector{id: g.connector, target: g.name, galleryKey: strings.ToLower(g.name), standard: true, users: "Synchronize Microsoft Entra users to " + g.name}
	if g.name != "Workteam" {
		c.groups = "Synchronize Microsoft Entra groups to " + g.name
	}
	return []connector{c}
}

func (a *app) connector(id string) (connector, bool) {
	for _, c := range a.connectors() {
		if c.id == id {
			return c, true
		}
	}
	return connector{}, false
}

const zeroID = "00000000-0000-0000-0000-000000000000"

func (k connector) view(a *app) object {
	return object{
		"id": k.id, "applicationId": zeroID, "default": k.standard, "description": nil, "discoverable": true, "factoryTag": k.id,
		"metadata": []object{
			{"key": "galleryApplicationIdentifier", "value": a.Template},
			{"key": "galleryApplicationKey", "value": k.galleryKey},
			{"key": "isSynchronizationInPreview", "value": "false"},
			{"key": "configurationFields", "value": `[{"name":"baseaddress"},{"name":"secrettoken","secret":true}]`},
			{"key": "AzureIngestionAttributeOptimization", "value": "False"},
		},
	}
}

func listSyncTemplates(c *call, _ *state, a *app) *answer {
	value := []object{}
	for _, k := range a.connectors() {
		value = append(value, k.view(a))
	}
	return ok(object{"@odata.context": c.context(syncPath(a) + "/templates"), "value": value})
}

func withConnector(f func(*call, *state, *app, connector) *answer) func(*call, *state) *answer {
	return withSync(func(c *call, s *state, a *app) *answer {
		k, known := a.connector(c.param("template"))
		if !known {
			return fail(http.StatusNotFound, "ResourceNotFound", "The synchronization template '"+c.param("template")+"' does not exist.")
		}
		return f(c, s, a, k)
	})
}

func getSyncTemplate(c *call, _ *state, a *app, k connector) *answer {
	out := k.view(a)
	out["@odata.context"] = c.context(syncPath(a) + "/templates/$entity")
	return ok(out)
}

func syncPath(a *app) string { return "servicePrincipals('" + a.SP + "')/synchronization" }

// wrapped is an error of the synchronization service behind Graph, whose own
// body stands as text in the message.
func wrapped(status int, inner object) *answer {
	return fail(status, "UnknownError", string(encode(inner)))
}

// noSuchURI is what the service says to a method that it does not have.
func noSuchURI(path string) *answer {
	return wrapped(http.StatusNotFound, object{
		"Message": "No HTTP resource was found that matches the request URI 'https://syncfabric.windowsazure.com/api/" + path + "?api-version=2.0'.",
	})
}
