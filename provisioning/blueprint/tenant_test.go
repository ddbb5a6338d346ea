package blueprint_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const scimToken = "s3cr3t-of-the-scim-server"

// A company is a simulated tenant with what applying a file takes.
type company struct {
	*testing.T
	tenant *sandbox.Tenant
	graph  *graph.Client
	env    map[string]string
	state  string

	mu   sync.Mutex
	told []string
}

func newCompany(t *testing.T, opts ...sandbox.Option) *company {
	t.Helper()
	return companyWith(t, graph.Options{}, opts...)
}

func companyWith(t *testing.T, o graph.Options, opts ...sandbox.Option) *company {
	t.Helper()
	c := &company{
		T: t, tenant: sandbox.New(append([]sandbox.Option{sandbox.WithSCIMServerToken(scimToken), sandbox.WithLag(0)}, opts...)...), state: t.TempDir(),
		env: map[string]string{"WORKATO_SCIM_URL": sandbox.SCIMURL, "WORKATO_SCIM_TOKEN": scimToken},
	}
	t.Cleanup(func() {
		if err := c.tenant.Close(); err != nil {
			t.Error(err)
		}
	})
	c.graph = c.client(o)
	return c
}

func (c *company) client(o graph.Options) *graph.Client {
	c.Helper()
	if o.Transport == nil {
		o.Transport = c.tenant.Transport()
	}
	o.Credential = auth.StaticToken("token-of-a-test")
	o.Notice = func(line string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.told = append(c.told, line)
	}
	client, err := graph.New(o)
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(client.Close)
	return client
}

// read reads a file.
func (c *company) read(text string) []blueprint.Blueprint {
	c.Helper()
	all, err := blueprint.Parse("file.yaml", []byte(text), blueprint.Variables{})
	if err != nil {
		c.Fatal(err)
	}
	return all
}

func (c *company) plan(text string) planning.Plan {
	c.Helper()
	plan, err := planning.Make{Graph: c.graph, Blueprints: c.read(text)}.Do(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	return plan
}

// applying is the application of a file, about to be carried out.
func (c *company) applying(text string) planning.Apply {
	c.Helper()
	a := planning.Apply{
		Graph: c.graph, Plan: c.plan(text), History: history.History{Dir: filepath.Join(c.state, "schemas")}, Keeper: credentials.FingerprintsIn(c.state),
		Resolver: planning.Resolver{Getenv: func(name string) string { return c.env[name] }},
	}
	var err error
	if a.Plan, err = a.Prepare(c.Context()); err != nil {
		c.Fatal(err)
	}
	return a
}

func (c *company) apply(text string) planning.Applied {
	c.Helper()
	done, err := c.applying(text).Do(c.Context())
	if err != nil {
		c.Fatalf("%v\n%+v", err, done)
	}
	return done
}

// steps are those of a plan, one a line.
func steps(p planning.Plan) []string {
	lines := []string{}
	for _, a := range p.Applications {
		for _, s := range a.Steps {
			lines = append(lines, string(s.Verb)+" "+s.ID)
		}
		for _, problem := range a.Problems {
			lines = append(lines, "problem "+string(problem.Section)+": "+problem.Reason)
		}
	}
	return lines
}

// writes counts the requests that change something, those in batches too.
func (c *company) writes() int { return writesIn(c.tenant.Requests()) }

func writesIn(requests []sandbox.Request) int {
	n := 0
	for _, r := range requests {
		asks := strings.HasSuffix(r.Path, "validateCredentials") || strings.HasSuffix(r.Path, "getAvailableExtensionProperties") || strings.HasSuffix(r.Path, "parseExpression")
		switch {
		case len(r.Items) > 0:
			n += writesIn(r.Items)
		case r.Method != http.MethodGet && !asks && !strings.HasSuffix(r.Path, "$batch"):
			n++
		}
	}
	return n
}

func (c *company) asked() string {
	var b strings.Builder
	for _, r := range c.tenant.Requests() {
		b.WriteString("\n" + r.Method + " " + r.Path)
	}
	return b.String()
}
