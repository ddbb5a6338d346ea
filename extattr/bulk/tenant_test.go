package bulk_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A company is a simulated tenant with three roles, and a client of it.
type company struct {
	*testing.T
	tenant  *sandbox.Tenant
	graph   *graph.Client
	runs    bulk.Runs
	notices []string
}

// inCompany runs a test with a tenant of its own, in faked time.
func inCompany(t *testing.T, test func(*company), opts ...sandbox.Option) {
	t.Helper()
	t.Parallel()
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		c := &company{T: t, tenant: sandbox.New(append([]sandbox.Option{sandbox.WithLag(0)}, opts...)...)}
		defer func() {
			if err := c.tenant.Close(); err != nil {
				t.Error(err)
			}
		}()
		c.runs = bulk.Runs{Dir: filepath.Join(folder, "runs")}
		c.graph = c.client(graph.Options{})
		names := []string{"workato_role", "workato_role_test", "workato_role_prod"}
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: names}).Do(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.tenant.ForgetRequests()
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
	o.Notice = func(line string) { c.notices = append(c.notices, line) }
	client, err := graph.New(o)
	if err != nil {
		c.Fatal(err)
	}
	return client
}

// from is a run of a table.
func (c *company) from(name, text string) bulk.SetRoles {
	return bulk.SetRoles{Graph: c.graph, App: "Workato", Input: bulk.Input{Text: strings.NewReader(text), Name: name}, Runs: c.runs}
}

// crowdTable gives n of the crowd a role.
func crowdTable(n int, role string) string {
	var b strings.Builder
	b.WriteString("user,role\n")
	for i := range n {
		fmt.Fprintf(&b, "person%06d@contoso.com,%s\n", i+1, role)
	}
	return b.String()
}

// roles are those of the users that a table names, by user and attribute.
func (c *company) roles(users ...string) map[string]string {
	c.Helper()
	get := bulk.GetRoles{Graph: c.graph, App: "Workato", Runs: c.runs}
	if len(users) > 0 {
		get.Input = bulk.Input{Text: strings.NewReader("user\n" + strings.Join(users, "\n") + "\n"), Name: "users.csv"}
	}
	held, err := get.Do(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	found := map[string]string{}
	for u, err := range held.Users {
		if err != nil {
			c.Fatal(err)
		}
		for _, v := range u.Values {
			if v.Value != "" {
				found[u.User+" "+v.Name] = v.Value
			}
		}
	}
	return found
}

// asked counts the requests of a kind since the last call.
func (c *company) asked() (reads, batches, writes int) {
	for _, r := range c.tenant.Requests() {
		patches := 0
		for _, item := range r.Items {
			if item.Method == http.MethodPatch && item.Status < 300 {
				patches++
			}
		}
		if writes += patches; patches > 0 {
			batches++
		} else {
			reads++
		}
	}
	c.tenant.ForgetRequests()
	return reads, batches, writes
}
