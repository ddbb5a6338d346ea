package mappings_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/mappings"
)

// A company is a simulated tenant whose Workato application has a job.
type company struct {
	*testing.T
	tenant  *sandbox.Tenant
	graph   *graph.Client
	app     graph.App
	job     graph.JobRef
	history mappings.History
	held    []graph.Held
}

// inCompany runs a test with a tenant of its own, in faked time.
func inCompany(t *testing.T, test func(*company)) {
	t.Helper()
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "schemas")
	synctest.Test(t, func(t *testing.T) {
		c := &company{T: t, tenant: sandbox.New(sandbox.WithLag(0)), history: mappings.History{Dir: dir}}
		defer func() {
			if err := c.tenant.Close(); err != nil {
				t.Error(err)
			}
		}()
		c.graph = c.client(graph.Options{})
		c.setUp("Workato")
		test(c)
	})
}

// setUp gives an application a job.
func (c *company) setUp(name string) {
	c.Helper()
	var err error
	if c.app, err = c.graph.FindRegistration(c.Context(), name); err != nil {
		c.Fatal(err)
	}
	job, err := c.graph.CreateJob(c.Context(), c.app.ServicePrincipalID, "scim")
	if err != nil {
		c.Fatal(err)
	}
	c.job = graph.JobRef{ServicePrincipalID: c.app.ServicePrincipalID, JobID: job.ID}
	c.tenant.ForgetRequests()
}

func (c *company) client(o graph.Options) *graph.Client {
	c.Helper()
	if o.Transport == nil {
		o.Transport = c.tenant.Transport()
	}
	o.Credential = graph.StaticToken("token")
	o.Held = func(h graph.Held) { c.held = append(c.held, h) }
	client, err := graph.New(o)
	if err != nil {
		c.Fatal(err)
	}
	return client
}

// meddling is a client whose requests pass by meddle, which answers them
// itself or returns nil to let them pass.
func (c *company) meddling(meddle func(*http.Request) *http.Response) *graph.Client {
	return c.client(graph.Options{Transport: meddler{c.tenant.Transport(), meddle}})
}

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

func isRequest(r *http.Request, method, end string) bool {
	return r.Method == method && strings.HasSuffix(r.URL.Path, end)
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// puts counts the schemas that were sent, of all requests since the last call.
func (c *company) puts() (puts, all int) {
	for _, r := range c.tenant.Requests() {
		all++
		if r.Method == http.MethodPut {
			puts++
		}
	}
	c.tenant.ForgetRequests()
	return puts, all
}

// update is an update of the company's job through a client.
func (c *company) update(client *graph.Client, edit mappings.Edit) mappings.Update {
	return mappings.Update{Graph: client, App: c.app.Name, Edit: edit, Reason: "test", History: c.history, Notes: c.notes()}
}

// notes are those of jobs that updates have stopped.
func (c *company) notes() resume.Notes {
	return resume.Notes{Dir: filepath.Join(filepath.Dir(c.history.Dir), "stopped")}
}

// adding is an update that adds direct mappings.
func (c *company) adding(client *graph.Client, pairs ...string) mappings.Update {
	c.Helper()
	var a mappings.Add
	for _, p := range pairs {
		m, err := mappings.ParseMapping(p)
		if err != nil {
			c.Fatal(err)
		}
		a.Mappings = append(a.Mappings, m)
	}
	u := c.update(client, nil)
	u.Plan = a.Plan
	return u
}

func (c *company) schema() *mappings.Schema {
	c.Helper()
	b, err := c.graph.Schema(c.Context(), c.job)
	if err != nil {
		c.Fatal(err)
	}
	return parse(c, b)
}

// extensions makes extensions of the application.
func (c *company) extensions(create extattr.Create, names ...string) {
	c.Helper()
	create.Graph, create.App, create.Names = c.graph, c.app.Name, names
	if _, err := create.Do(c.Context()); err != nil {
		c.Fatal(err)
	}
	c.tenant.ForgetRequests()
}

func (c *company) copies() []mappings.Copy {
	c.Helper()
	list, _, err := c.history.List()
	if err != nil {
		c.Fatal(err)
	}
	return list
}
