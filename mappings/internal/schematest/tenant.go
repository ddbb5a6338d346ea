package schematest

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A Company is a simulated tenant whose Workato application has a job.
type Company struct {
	*testing.T
	Tenant  *sandbox.Tenant
	Graph   *graph.Client
	App     applications.App
	Job     synchronization.JobRef
	History history.History
	Held    []graph.Held
}

// InCompany runs a test with a tenant of its own, in faked time.
func InCompany(t *testing.T, test func(*Company)) {
	t.Helper()
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state", "schemas")
	synctest.Test(t, func(t *testing.T) {
		c := &Company{T: t, Tenant: sandbox.New(sandbox.WithLag(0)), History: history.History{Dir: dir}}
		defer func() {
			if err := c.Tenant.Close(); err != nil {
				t.Error(err)
			}
		}()
		c.Graph = c.Client(graph.Options{})
		c.SetUp("Workato")
		test(c)
	})
}

// SetUp gives an application a job.
func (c *Company) SetUp(name string) {
	c.Helper()
	var err error
	if c.App, err = applications.FindRegistration(c.Context(), c.Graph, name); err != nil {
		c.Fatal(err)
	}
	job, err := synchronization.CreateJob(c.Context(), c.Graph, c.App.ServicePrincipalID, "scim")
	if err != nil {
		c.Fatal(err)
	}
	c.Job = synchronization.JobRef{ServicePrincipalID: c.App.ServicePrincipalID, JobID: job.ID}
	c.Tenant.ForgetRequests()
}

func (c *Company) Client(o graph.Options) *graph.Client {
	c.Helper()
	if o.Transport == nil {
		o.Transport = c.Tenant.Transport()
	}
	o.Credential = auth.StaticToken("token")
	o.Held = func(h graph.Held) { c.Held = append(c.Held, h) }
	client, err := graph.New(o)
	if err != nil {
		c.Fatal(err)
	}
	return client
}

// Meddling is a client whose requests pass by meddle, which answers them
// itself or returns nil to let them pass.
func (c *Company) Meddling(meddle func(*http.Request) *http.Response) *graph.Client {
	return c.Client(graph.Options{Transport: meddler{c.Tenant.Transport(), meddle}})
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

func IsRequest(r *http.Request, method, end string) bool {
	return r.Method == method && strings.HasSuffix(r.URL.Path, end)
}

func Answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// Puts counts the schemas that were sent, of all requests since the last call.
func (c *Company) Puts() (puts, all int) {
	for _, r := range c.Tenant.Requests() {
		all++
		if r.Method == http.MethodPut {
			puts++
		}
	}
	c.Tenant.ForgetRequests()
	return puts, all
}

// Update is an update of the company's job through a client.
func (c *Company) Update(client *graph.Client, edit mappings.Edit) mappings.Update {
	return mappings.Update{Graph: client, App: c.App.Name, Edit: edit, Reason: "test", History: c.History, Notes: c.notes()}
}

// notes are those of jobs that updates have stopped.
func (c *Company) notes() resume.Notes {
	return resume.Notes{Dir: filepath.Join(filepath.Dir(c.History.Dir), "stopped")}
}

// Adding is an update that adds direct mappings.
func (c *Company) Adding(client *graph.Client, pairs ...string) mappings.Update {
	c.Helper()
	var a mappings.Add
	for _, p := range pairs {
		m, err := schema.ParseMapping(p)
		if err != nil {
			c.Fatal(err)
		}
		a.Mappings = append(a.Mappings, m)
	}
	u := c.Update(client, nil)
	u.Plan = a.Plan
	return u
}

func (c *Company) Schema() *schema.Schema {
	c.Helper()
	b, err := synchronization.Schema(c.Context(), c.Graph, c.Job)
	if err != nil {
		c.Fatal(err)
	}
	return Parse(c, b)
}

// Extensions makes extensions of the application.
func (c *Company) Extensions(create extattr.Create, names ...string) {
	c.Helper()
	create.Graph, create.App, create.Names = c.Graph, c.App.Name, names
	if _, err := create.Do(c.Context()); err != nil {
		c.Fatal(err)
	}
	c.Tenant.ForgetRequests()
}

func (c *Company) Copies() []history.Copy {
	c.Helper()
	list, _, err := c.History.List()
	if err != nil {
		c.Fatal(err)
	}
	return list
}

// Running answers the list of jobs with one that runs.
func (c *Company) Running(r *http.Request) *http.Response {
	if !IsRequest(r, http.MethodGet, "/jobs") {
		return nil
	}
	return Answer(r, http.StatusOK, `{"value":[{"id":"`+c.Job.JobID+`","templateId":"scim","schedule":{"state":"Active"},"status":{"code":"Active",
		"synchronizedEntryCountByType":[{"key":"group to Group","value":3},{"key":"user to User","value":41}]}}]}`)
}
