package evaluate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// wiretap is the sandbox's SCIM server behind a listener that takes down what
// is written to it.
type wiretap struct {
	*tenanttest.Tenant
	mu   sync.Mutex
	sent []engine.Request
}

func newWiretap(t *testing.T) *wiretap {
	t.Helper()
	w := &wiretap{Tenant: tenanttest.NewTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"))}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method != http.MethodGet {
			w.mu.Lock()
			w.sent = append(w.sent, engine.Request{Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/scim"), Body: parsed(t, string(body))})
			w.mu.Unlock()
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		w.Handler().ServeHTTP(out, r)
	}))
	t.Cleanup(server.Close)
	tenanttest.Do(w.Tenant, job.Create{Graph: w.Client, App: "Workato"})
	tenanttest.Do(w.Tenant, credentials.Set{Graph: w.Client, App: "Workato", URL: server.URL + "/scim", Token: tenanttest.SCIMToken})
	return w
}

// parsed is JSON text as maps and lists.
func parsed(t *testing.T, text string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return v
}

// plainly is a value as its JSON reads.
func plainly(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return parsed(t, string(text))
}

func (w *wiretap) preview(user string) evaluate.PreviewResult {
	w.Helper()
	return tenanttest.Do(w.Tenant, evaluate.Preview{Graph: w.Client, App: "Workato", User: user})
}

func (w *wiretap) provision(user string) []engine.Request {
	w.Helper()
	w.sent = nil
	tenanttest.Do(w.Tenant, ondemand.User{Graph: w.Client, App: "Workato", User: user})
	return w.sent
}

// Each has a tenant of their own, since the service takes five requests in ten
// seconds.
func TestAPreviewIsWhatProvisioningOnDemandSends(t *testing.T) {
	t.Parallel()
	for _, user := range []string{
		"katherine@contoso.com", "ada@contoso.com", "sean.o'brien@contoso.com", "mary_fabrikam.com#EXT#@contoso.com",
		"service@contoso.com", "annie@contoso.com", "karen@contoso.com", "edsger@contoso.com",
	} {
		t.Run(user, func(t *testing.T) {
			t.Parallel()
			w := newWiretap(t)
			tenanttest.Do(w.Tenant, assignment.Add{Graph: w.Client, App: "Workato", Groups: []string{"Workato Pilots"}}) // edsger is in it
			if user != "edsger@contoso.com" {
				w.Assign(user)
			}
			seen, sent := w.preview(user), w.provision(user)
			if !seen.InScope || seen.Create == nil || len(sent) == 0 {
				t.Fatalf("in scope %t, sent %v", seen.InScope, sent)
			}
			got := engine.Request{Method: seen.Create.Method, Path: seen.Create.Path, Body: plainly(t, seen.Create.Body)}
			if diff := cmp.Diff(sent[0], got); diff != "" {
				t.Errorf("(-sent +previewed):\n%s", diff)
			}
		})
	}
}

func TestAPreviewOfAManagerIsThePatchThatFollows(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	w.Assign("katherine@contoso.com", "ada@contoso.com")
	w.provision("katherine@contoso.com")
	seen, sent := w.preview("ada@contoso.com"), w.provision("ada@contoso.com")
	if len(sent) != 2 || len(seen.CreateReferences) != 1 {
		t.Fatalf("sent %v, previewed %v", sent, seen.CreateReferences)
	}
	got, want := plainly(t, seen.CreateReferences[0].Body), sent[1].Body
	filled := strings.ReplaceAll(asText(t, got), "{id of "+managerOf(t, w, "ada@contoso.com")+"}", valueIn(want))
	if diff := cmp.Diff(want, parsed(t, filled)); diff != "" {
		t.Errorf("(-sent +previewed):\n%s", diff)
	}
}

func managerOf(t *testing.T, w *wiretap, user string) string {
	t.Helper()
	manager, ok, err := directory.Manager(t.Context(), w.Client, user)
	if err != nil || !ok {
		t.Fatal(err)
	}
	return manager.ID
}

func asText(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// valueIn is the value of the only operation of a PATCH.
func valueIn(body any) string {
	operations := body.(map[string]any)["Operations"].([]any)
	return operations[0].(map[string]any)["value"].(string)
}

func TestADisableIsPreviewedForWhoLeavesTheScope(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	w.Assign("ada@contoso.com")
	w.provision("ada@contoso.com")
	tenanttest.Do(w.Tenant, assignment.Remove{Graph: w.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
	seen, sent := w.preview("ada@contoso.com"), w.provision("ada@contoso.com")
	if seen.InScope || seen.Create != nil || seen.Disable == nil || seen.Action != engine.Skip || len(sent) != 1 {
		t.Fatalf("previewed %+v, sent %v", seen, sent)
	}
	if diff := cmp.Diff(sent[0].Body, plainly(t, seen.Disable.Body)); diff != "" {
		t.Errorf("(-sent +previewed):\n%s", diff)
	}
	for _, reason := range seen.Reasons {
		if reason.Holds == strings.HasPrefix(reason.Name, "assigned") {
			t.Errorf("reason %+v", reason)
		}
	}
}

func TestAPreviewCostsSevenRequests(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	w.Assign("ada@contoso.com")
	w.ForgetRequests()
	w.preview("ada@contoso.com")
	if asked := w.Requests(); len(asked) > 7 {
		t.Errorf("%d requests: %+v", len(asked), asked)
	}
}

func TestAPreviewWithoutATenantAsksNothing(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	got := tenanttest.Do(w.Tenant, evaluate.Preview{Schema: w.Schema("User"), Set: map[string][]string{
		"userPrincipalName": {"ada@contoso.com"}, "displayName": {"Ada"}, "mailNickname": {"ada"}, "departmnt": {"Sales"},
	}})
	want := parsed(t, `{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName": "ada@contoso.com", "displayName": "Ada", "externalId": "ada", "active": true, "meta": {"resourceType": "User"}}`)
	if got.Create == nil {
		t.Fatalf("%+v", got)
	}
	created := plainly(t, got.Create.Body).(map[string]any)
	delete(created, "roles")
	if diff := cmp.Diff(want, any(created)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]evaluate.UnusedAttribute{{Name: "departmnt", Near: []string{"department"}}}, got.Unused); diff != "" || got.User != "ada@contoso.com" || len(got.Unknown) > 0 {
		t.Errorf("unused (-want +got):\n%s%+v", diff, got)
	}
	disabled := tenanttest.Do(w.Tenant, evaluate.Preview{Schema: w.Schema("User"), Set: map[string][]string{
		"userPrincipalName": {"ada@contoso.com"}, "accountEnabled": {"False"},
	}})
	if disabled.InScope || disabled.Disable == nil {
		t.Errorf("a disabled account: %+v", disabled)
	}
}

func TestWhatIsSetTakesThePlaceOfTheUsersOwn(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	w.Assign("ada@contoso.com")
	schema := w.Schema("User", "department EQUALS = Sales")
	look := evaluate.Preview{Graph: w.Client, App: "Workato", User: "ada@contoso.com", Schema: schema}
	if got := tenanttest.Do(w.Tenant, look); got.InScope || got.Disable == nil {
		t.Errorf("Ada, of Engineering: %+v", got.Reasons)
	}
	look.Set = map[string][]string{"department": {"Sales"}, "mail": {""}}
	got := tenanttest.Do(w.Tenant, look)
	if !got.InScope {
		t.Fatalf("%+v", got.Reasons)
	}
	body := asText(t, got.Create.Body)
	if !strings.Contains(body, `"department":"Sales"`) || strings.Contains(body, `"emails"`) {
		t.Error(body)
	}
}

func TestWhatGraphDoesNotTellIsNamed(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	w.Assign("ada@contoso.com")
	schema := bytes.Replace(w.Schema("User"), []byte(`"[jobTitle]"`), []byte(`"[netId]"`), 1)
	schema = bytes.ReplaceAll(schema, []byte(`"name":"jobTitle"`), []byte(`"name":"netId"`))
	look := evaluate.Preview{Graph: w.Client, App: "Workato", User: "ada@contoso.com", Schema: schema}
	got := tenanttest.Do(w.Tenant, look)
	if diff := cmp.Diff([]string{"netId"}, got.Unknown); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	title := got.Attributes[slices.IndexFunc(got.Attributes, func(a evaluate.PreviewAttribute) bool { return a.Target == "title" })]
	if diff := cmp.Diff([]string{"netId"}, title.Unknown); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	look.Set = map[string][]string{"netId": {"N1"}}
	if got = tenanttest.Do(w.Tenant, look); len(got.Unknown) > 0 {
		t.Errorf("what is set is known: %v", got.Unknown)
	}
}

func TestAFilterThatIsNotEvaluatedLeavesThePreviewUndecided(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	w.Assign("ada@contoso.com")
	schema := w.Schema("User", "department REGEX MATCH = ngin")
	got := tenanttest.Do(w.Tenant, evaluate.Preview{Graph: w.Client, App: "Workato", User: "ada@contoso.com", Schema: schema})
	if got.Undecided == "" || got.InScope || got.Create != nil || len(got.Attributes) == 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatTheServiceComputesCannotBeSet(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	err := tenanttest.Fails(w.Tenant, evaluate.Preview{Schema: w.Schema("User"), Set: map[string][]string{"IsSoftDeleted": {"True"}}})
	if _, ok := errors.AsType[*evaluate.ComputedAttributeError](err); !ok {
		t.Errorf("got %v, want a *ComputedAttributeError", err)
	}
}

func TestAPreviewOfNobodyIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWiretap(t)
	err := tenanttest.Fails(w.Tenant, evaluate.Preview{Graph: w.Client, App: "Workato", User: "nobody@contoso.com"})
	if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
		t.Errorf("got %v, want a *graph.NotFoundError", err)
	}
}
