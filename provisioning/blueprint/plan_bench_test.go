package blueprint_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// replay answers what was asked before without the simulated tenant, whose time
// is not that of scimctl.
type replay struct {
	next http.RoundTripper
	mu   sync.Mutex
	kept map[string]kept
	sent int
}

type kept struct {
	status int
	body   []byte
}

func (p *replay) RoundTrip(r *http.Request) (*http.Response, error) {
	body := []byte{}
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	key := r.Method + " " + r.URL.String() + " " + string(body)
	p.mu.Lock()
	known, ok := p.kept[key]
	p.sent++
	p.mu.Unlock()
	if !ok {
		again := r.Clone(r.Context())
		again.Body = io.NopCloser(bytes.NewReader(body))
		response, err := p.next.RoundTrip(again)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		_ = response.Body.Close()
		known = kept{response.StatusCode, text}
		p.mu.Lock()
		p.kept[key] = known
		p.mu.Unlock()
	}
	a := newRecorder(known.status, string(known.body))
	a.Request = r
	return a, nil
}

// large is a file with many mappings, and many people assigned.
func large(mappings, people int) string {
	var b strings.Builder
	b.WriteString(begin + "provisioning:\n  scope: assigned\nusers:\n  mappings:\n")
	for i := range mappings {
		fmt.Fprintf(&b, "    urn:ietf:params:scim:schemas:extension:contoso:2.0:User:own%d: {source: department, default: 'x%d', apply: on-create}\n", i, i)
	}
	b.WriteString("assignments:\n  users:\n")
	for i := range people {
		fmt.Fprintf(&b, "    - {name: user%d@contoso.com, role: User}\n", i)
	}
	return b.String()
}

// BenchmarkAPlanOfALargeFile takes what scimctl itself takes to read and plan a
// file with 2,000 mappings and 500 assignments that are there already.
func BenchmarkAPlanOfALargeFile(b *testing.B) {
	tenant := crowded(b, 500)
	defer func() { _ = tenant.Close() }()
	wire := &replay{next: tenant.Transport(), kept: map[string]kept{}}
	client, err := graph.New(graph.Options{Transport: wire, Credential: auth.StaticToken("token")})
	if err != nil {
		b.Fatal(err)
	}
	direct, err := graph.New(graph.Options{Transport: tenant.Transport(), Credential: auth.StaticToken("token")})
	if err != nil {
		b.Fatal(err)
	}
	files, err := blueprint.Parse("large.yaml", []byte(large(2000, 500)), blueprint.Variables{})
	if err != nil {
		b.Fatal(err)
	}
	apply := planning.Apply{Graph: direct}
	apply.History.Dir = b.TempDir()
	if apply.Plan, err = (planning.Make{Graph: direct, Blueprints: files}).Do(b.Context()); err != nil {
		b.Fatal(err)
	}
	if _, err := apply.Do(b.Context()); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		wire.sent = 0
		read, err := blueprint.Parse("large.yaml", []byte(large(2000, 500)), blueprint.Variables{})
		if err != nil {
			b.Fatal(err)
		}
		plans := planning.Make{Graph: client, Blueprints: read}
		plan, err := plans.Do(b.Context())
		if err != nil || plan.Steps() > 0 {
			b.Fatalf("%v: %d steps", err, plan.Steps())
		}
		b.ReportMetric(float64(wire.sent), "requests")
	}
}

// crowded is a tenant with more people.
func crowded(tb testing.TB, n int) *sandbox.Tenant {
	tb.Helper()
	var state map[string]any
	empty := sandbox.New(sandbox.WithLag(0))
	defer func() { _ = empty.Close() }()
	data, err := empty.State()
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	if err != nil {
		tb.Fatal(err)
	}
	users := state["users"].([]any)
	for i := range n {
		users = append(users, map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "created": "2020-01-01T00:00:00Z", "properties": map[string]any{
			"userPrincipalName": fmt.Sprintf("user%d@contoso.com", i), "displayName": fmt.Sprint("User ", i), "accountEnabled": true,
		}})
	}
	state["users"] = users
	if data, err = json.Marshal(state); err != nil {
		tb.Fatal(err)
	}
	tenant, err := sandbox.From(data, sandbox.WithLag(0))
	if err != nil {
		tb.Fatal(err)
	}
	return tenant
}
