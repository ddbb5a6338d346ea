package provisioning_test

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
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/provisioning"
)

const scimToken = "s3cr3t-of-the-scim-server"

// tenant is a simulated tenant, a client of it, and answers of our own for
// what the simulation does not do.
type tenant struct {
	*testing.T
	*sandbox.Tenant
	client  *graph.Client
	notices []string

	mu     sync.Mutex
	own    map[string]http.HandlerFunc // by method and the end of the path
	bodies map[string][]string         // what was sent, by the same
}

func newTenant(t *testing.T, opts ...sandbox.Option) *tenant {
	t.Helper()
	return tenantWith(t, graph.Options{}, opts...)
}

func tenantWith(t *testing.T, options graph.Options, opts ...sandbox.Option) *tenant {
	t.Helper()
	simulated := sandbox.New(append([]sandbox.Option{sandbox.WithSCIMServerToken(scimToken)}, opts...)...)
	made := &tenant{T: t, Tenant: simulated, own: map[string]http.HandlerFunc{}, bodies: map[string][]string{}}
	made.client = made.connect(options)
	t.Cleanup(func() {
		made.client.Close()
		if err := simulated.Close(); err != nil {
			t.Error(err)
		}
	})
	return made
}

func (t *tenant) connect(options graph.Options) *graph.Client {
	options.Transport, options.Credential = t, graph.StaticToken("token-of-a-test")
	options.Notice = func(line string) { t.notices = append(t.notices, line) }
	client, err := graph.New(options)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// RoundTrip asks our own answer, where there is one, else the simulation.
func (t *tenant) RoundTrip(r *http.Request) (*http.Response, error) {
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

// answer gives requests an answer of our own: "PUT secrets". nil is the
// simulation's again.
func (t *tenant) answer(request string, own http.HandlerFunc) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.own[request] = own
}

// sent lists the bodies of requests of one kind.
func (t *tenant) sent(request string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.bodies[request]
}

func with(status int, body any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if body != nil {
			_ = json.NewEncoder(w).Encode(body)
		}
	}
}

func graphError(code, message string) any {
	return map[string]any{"error": map[string]any{"code": code, "message": message}}
}

// do runs a task that has to succeed.
func do[R any](t *tenant, task interface {
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

// fails runs a task that has to fail.
func fails[R any](t *tenant, task interface {
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

// writes counts the requests that change something, those in batches too.
func (t *tenant) writes() int { return writesIn(t.Requests()) }

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

// provisioned sets the Workato application up, credentials included.
func (t *tenant) provisioned() {
	t.Helper()
	do(t, provisioning.Setup{Graph: t.client, App: "Workato"})
	do(t, provisioning.SetCredentials{Graph: t.client, App: "Workato", URL: sandbox.SCIMURL, Token: scimToken})
}

func (t *tenant) assign(users ...string) {
	t.Helper()
	do(t, provisioning.AddAssignments{Graph: t.client, App: "Workato", Users: users})
}

// hide answers the first n requests of a kind with an empty list.
func (t *tenant) hide(request string, looks *int, n int) {
	t.answer(request, func(w http.ResponseWriter, r *http.Request) {
		*looks++
		if *looks <= n {
			with(200, map[string]any{"value": []any{}})(w, r)
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
