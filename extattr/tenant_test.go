package extattr_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A company is a simulated tenant with a client of it.
type company struct {
	*testing.T
	tenant  *sandbox.Tenant
	graph   *graph.Client
	held    []graph.Held
	notices []string
}

// inCompany runs a test with a tenant of its own, in faked time.
func inCompany(t *testing.T, test func(*company), opts ...sandbox.Option) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &company{T: t, tenant: sandbox.New(opts...)}
		defer func() {
			if err := c.tenant.Close(); err != nil {
				t.Error(err)
			}
		}()
		c.graph = c.client(graph.Options{})
		test(c)
	})
}

// client connects to the tenant once more.
func (c *company) client(o graph.Options) *graph.Client {
	c.Helper()
	if o.Transport == nil {
		o.Transport = c.tenant.Transport()
	}
	o.Credential = auth.StaticToken("token")
	o.Held = func(h graph.Held) { c.held = append(c.held, h) }
	o.Notice = func(line string) { c.notices = append(c.notices, line) }
	client, err := graph.New(o)
	if err != nil {
		c.Fatal(err)
	}
	return client
}

// asked returns the requests since the last call: "GET applications".
func (c *company) asked() []string {
	var list []string
	for _, r := range c.tenant.Requests() {
		list = append(list, r.Method+" "+kindOf(r.Path))
	}
	c.tenant.ForgetRequests()
	return list
}

// kindOf is the last part of a path that is no id.
func kindOf(path string) string {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i := len(parts) - 1; i > 0; i-- {
		if !strings.ContainsAny(parts[i], "-@0123456789") {
			return parts[i]
		}
	}
	return parts[0]
}

func count(list []string, prefix string) int {
	n := 0
	for _, s := range list {
		if strings.HasPrefix(s, prefix) {
			n++
		}
	}
	return n
}

// A meddler stands between the client and the tenant. It answers a request
// itself, or returns nil to let it pass.
type meddler struct {
	next   http.RoundTripper
	meddle func(*http.Request) *http.Response
}

func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	if answer := m.meddle(r); answer != nil {
		return answer, nil
	}
	return m.next.RoundTrip(r)
}

// find reads a user's values as they are.
func (c *company) find(ctx context.Context, user string, names ...string) map[string]any {
	c.Helper()
	u, err := directory.FindUser(ctx, c.graph, user, names...)
	if err != nil {
		c.Fatal(err)
	}
	return u.Values
}

// workato is the application that most tests are about.
func (c *company) workato() applications.App {
	c.Helper()
	app, err := applications.FindRegistration(c.Context(), c.graph, "Workato")
	if err != nil {
		c.Fatal(err)
	}
	return app
}
