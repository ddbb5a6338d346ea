package tenanttest

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

const SCIMToken = "s3cr3t-of-the-scim-server"

// Tenant is a simulated tenant, a client of it, and answers of our own for
// what the simulation does not do.
type Tenant struct {
	*testing.T
	*sandbox.Tenant
	Client  *graph.Client
	Notices []string

	mu     sync.Mutex
	own    map[string]http.HandlerFunc // by method and the end of the path
	bodies map[string][]string         // what was sent, by the same
}

func NewTenant(t *testing.T, opts ...sandbox.Option) *Tenant {
	t.Helper()
	return TenantWith(t, graph.Options{}, opts...)
}

func TenantWith(t *testing.T, options graph.Options, opts ...sandbox.Option) *Tenant {
	t.Helper()
	simulated := sandbox.New(append([]sandbox.Option{sandbox.WithSCIMServerToken(SCIMToken)}, opts...)...)
	made := &Tenant{T: t, Tenant: simulated, own: map[string]http.HandlerFunc{}, bodies: map[string][]string{}}
	made.Client = made.Connect(options)
	t.Cleanup(func() {
		made.Client.Close()
		if err := simulated.Close(); err != nil {
			t.Error(err)
		}
	})
	return made
}

func (t *Tenant) Connect(options graph.Options) *graph.Client {
	options.Transport, options.Credential = t, auth.StaticToken("token-of-a-test")
	options.Notice = func(line string) { t.Notices = append(t.Notices, line) }
	client, err := graph.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// RoundTrip asks our own answer, where there is one, else the simulation.
func (t *Tenant) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(data)
		r = r.Clone(r.Context())
		r.Body = io.NopCloser(strings.NewReader(body))
	}
	name := r.Method + " " + r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	t.mu.Lock()
	own := t.own[name]
	t.bodies[name] = append(t.bodies[name], body)
	t.mu.Unlock()
	if own == nil {
		return t.Transport().RoundTrip(r)
	}
	recorder := httptest.NewRecorder()
	own(recorder, r)
	answer := recorder.Result()
	answer.Request = r
	return answer, nil
}

// Answer gives requests an answer of our own: "PUT secrets". nil is the
// simulation's again.
func (t *Tenant) Answer(request string, own http.HandlerFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own[request] = own
}

// Sent lists the bodies of requests of one kind.
func (t *Tenant) Sent(request string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bodies[request]
}

func With(status int, body any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if body != nil {
			_ = json.NewEncoder(w).Encode(body)
		}
	}
}

func GraphError(code, message string) any {
	return map[string]any{"error": map[string]any{"code": code, "message": message}}
}

// Do runs a task that has to succeed.
func Do[R any](t *Tenant, task interface {
	Do(context.Context) (R, error)
},
) R {
	t.Helper()
	result, err := task.Do(t.Context())
	if err != nil {
		t.Fatalf("%T: %v", task, err)
	}
	return result
}

// Fails runs a task that has to fail.
func Fails[R any](t *Tenant, task interface {
	Do(context.Context) (R, error)
},
) error {
	t.Helper()
	result, err := task.Do(t.Context())
	if err == nil {
		t.Fatalf("%T succeeded with %+v", task, result)
	}
	return err
}

// Writes counts the requests that change something, those in batches too.
func (t *Tenant) Writes() int { return writesIn(t.Requests()) }

func writesIn(requests []sandbox.Request) int {
	n := 0
	for _, r := range requests {
		switch {
		case len(r.Items) > 0:
			n += writesIn(r.Items)
		case r.Method != http.MethodGet && !strings.HasSuffix(r.Path, "validateCredentials") && !strings.HasSuffix(r.Path, "$batch"):
			n++
		}
	}
	return n
}

// Provisioned sets the Workato application up, credentials included.
func (t *Tenant) Provisioned() {
	t.Helper()
	Do(t, job.Create{Graph: t.Client, App: "Workato"})
	Do(t, credentials.Set{Graph: t.Client, App: "Workato", URL: sandbox.SCIMURL, Token: SCIMToken})
}

func (t *Tenant) Assign(users ...string) {
	t.Helper()
	Do(t, assignment.Add{Graph: t.Client, App: "Workato", Users: users})
}

// Hide answers the first n requests of a kind with an empty list.
func (t *Tenant) Hide(request string, looks *int, n int) {
	t.Answer(request, func(w http.ResponseWriter, r *http.Request) {
		*looks++
		if *looks <= n {
			With(200, map[string]any{"value": []any{}})(w, r)
			return
		}
		answer, err := t.Transport().RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = answer.Body.Close() }()
		maps.Copy(w.Header(), answer.Header)
		w.WriteHeader(answer.StatusCode)
		_, _ = io.Copy(w, answer.Body)
	})
}
