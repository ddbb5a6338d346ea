package provisioning_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// schema reads the schema of Workato as Graph has it, with clauses in the place
// of the filters of one object: each its own filter, as JSON. None leaves it as
// it is.
func (t *tenant) schema(object string, filters ...string) []byte {
	t.Helper()
	target := t.workato()
	text, err := t.client.Schema(t.Context(), target.Ref())
	if err != nil {
		t.Fatal(err)
	}
	if len(filters) == 0 {
		return text
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, rule := range document["synchronizationRules"].([]any) {
		for _, mapping := range rule.(map[string]any)["objectMappings"].([]any) {
			if m := mapping.(map[string]any); m["sourceObjectName"] == object {
				m["scope"] = map[string]any{"groups": groupsOf(t.T, filters)}
			}
		}
	}
	edited, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return edited
}

func groupsOf(t *testing.T, filters []string) []any {
	t.Helper()
	groups := []any{}
	for i, filter := range filters {
		attribute, rest, _ := strings.Cut(filter, " ")
		operator, value, _ := strings.Cut(rest, " = ")
		values := []string{}
		if value != "" {
			values = []string{value}
		}
		groups = append(groups, map[string]any{"name": fmt.Sprint("Filter ", i+1), "clauses": []any{map[string]any{
			"operatorName": operator, "sourceOperandName": attribute, "targetOperand": map[string]any{"values": values},
		}}})
	}
	return groups
}

func (t *tenant) workato() provisioning.Target {
	t.Helper()
	target, err := provisioning.FindJob(t.Context(), t.client, "Workato", "")
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func (t *tenant) impact(object string, before, after []byte) provisioning.ScopeChange {
	t.Helper()
	return do(t, provisioning.ScopeImpact{Graph: t.client, App: t.workato().App, Object: object, Before: before, After: after})
}

func TestAFilterTellsWhoFallsOutOfScopeAndWhoComesIn(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	tenant.assign("ada@contoso.com", "alan@contoso.com", "betty@contoso.com", "service@contoso.com")
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales"}})

	open := tenant.schema("User")
	closed := tenant.schema("User", "department EQUALS = Sales", "city EQUALS = London")
	got := tenant.impact(mappings.User, open, closed)
	want := provisioning.ScopeChange{
		Scope: provisioning.ScopeAssigned, Evaluated: 9, Before: 8, After: 6, // alan is disabled, and Sales has five users
		Leaving: []string{"betty@contoso.com", "service@contoso.com"}, Entering: []string{}, Undecided: []provisioning.Undecided{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	back := tenant.impact(mappings.User, closed, open)
	if diff := cmp.Diff(want.Leaving, back.Entering); diff != "" || len(back.Leaving) > 0 {
		t.Errorf("the other way round (-want +got):\n%s\nleaving %v", diff, back.Leaving)
	}
}

func TestTheScopeAllIsEveryUserOfTheTenant(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	target := tenant.workato()
	err := tenant.client.PutSecrets(t.Context(), target.App.ServicePrincipalID, []graph.KeyValue{
		{Key: "SyncAll", Value: "true"}, {Key: "SkipOutOfScopeDeletions", Value: "True"},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	got := do(tenant, provisioning.ScopeImpact{
		Graph: tenant.client, App: target.App, Object: mappings.User, Before: tenant.schema("User"),
		After: tenant.schema("User", "department NOT EQUALS = Engineering"), Progress: func(n int) { read = n },
	})
	if got.Scope != provisioning.ScopeAll || !got.SkipDeletions || got.Evaluated != 36 || read != 36 || len(got.Leaving) != 10 {
		t.Errorf("%d read, got %+v", read, got)
	}
}

func TestAFilterOfGroupsTellsWhichGroupsFallOut(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales", "Engineering"}})
	before, after := tenant.schema("Group"), tenant.schema("Group", "description IS NOT NULL")
	got := tenant.impact(mappings.Group, before, after)
	if diff := cmp.Diff([]string{"Engineering"}, got.Leaving); diff != "" || got.Before != 2 || got.After != 1 {
		t.Errorf("(-want +got):\n%s%+v", diff, got)
	}
}

func TestWhatCannotBeDecidedIsSaidWithTheReason(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	tenant.assign("ada@contoso.com", "betty@contoso.com", "alan@contoso.com")
	open := tenant.schema("User")
	for filter, want := range map[string]string{
		"netId IS NOT NULL":             "the value of netId is not known here",
		"department REGEX MATCH = ngin": "fits a part of the value alone",
	} {
		got := tenant.impact(mappings.User, open, tenant.schema("User", filter))
		if len(got.Undecided) != 1 || !strings.Contains(got.Undecided[0].Reason, want) {
			t.Errorf("%s: %+v", filter, got)
		}
	}
}

func TestAnExtensionPropertyThatIsGoneLeavesTheScopeUndecided(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	tenant.assign("ada@contoso.com")
	tenant.answer("POST $batch", func(w http.ResponseWriter, r *http.Request) {
		var asked struct {
			Requests []struct{ ID, URL string } `json:"requests"`
		}
		if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
			t.Error(err)
		}
		responses := []any{}
		for _, one := range asked.Requests {
			status, body := 200, any(map[string]any{"value": []any{map[string]any{"id": "1", "userPrincipalName": "ada@contoso.com", "accountEnabled": true}}})
			if strings.Contains(one.URL, "extension_gone") {
				status, body = 400, graphError("Request_BadRequest", "no such property")
			}
			responses = append(responses, map[string]any{"id": one.ID, "status": status, "body": body})
		}
		with(200, map[string]any{"responses": responses})(w, r)
	})
	got := tenant.impact(mappings.User, tenant.schema("User", "extension_gone IS NULL"), tenant.schema("User"))
	want := []provisioning.Undecided{{Reason: "the value of extension_gone is not known here", Count: 1}}
	if diff := cmp.Diff(want, got.Undecided); diff != "" || got.Evaluated != 1 {
		t.Errorf("(-want +got):\n%s%+v", diff, got)
	}
}

func TestAThousandAssignedUsersAreReadInEightRequests(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	tenant.crowd(1000)
	before, after := tenant.schema("User"), tenant.schema("User", "department EQUALS = Sales")
	app := tenant.workato().App
	tenant.ForgetRequests()
	got := do(tenant, provisioning.ScopeImpact{Graph: tenant.client, App: app, Object: mappings.User, Before: before, After: after})
	if got.Evaluated != 1000 || got.Before != 1000 || len(got.Leaving) != 500 || len(got.Undecided) > 0 {
		t.Errorf("%d evaluated, %d in scope, %d leaving, undecided %v", got.Evaluated, got.Before, len(got.Leaving), got.Undecided)
	}
	if asked := tenant.Requests(); len(asked) > 8 { // settings, two pages of assignments, four batches
		t.Errorf("%d requests: %+v", len(asked), asked)
	}
}

// crowd puts so many more users into the tenant, half of them in Sales, and
// assigns them.
func (t *tenant) crowd(n int) {
	t.Helper()
	var state map[string]any
	data, err := t.State()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &state); err != nil {
		t.Fatal(err)
	}
	users, assignments := state["users"].([]any), []any{}
	app := t.workato().App
	for i := range n {
		id := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		users = append(users, map[string]any{"id": id, "created": "2020-01-01T00:00:00Z", "properties": map[string]any{
			"userPrincipalName": fmt.Sprintf("user%d@contoso.com", i), "displayName": fmt.Sprint("User ", i),
			"accountEnabled": true, "department": []string{"Sales", "Finance"}[i%2],
		}})
		assignments = append(assignments, map[string]any{
			"id": fmt.Sprint("assignment-", i), "principal": id, "type": "User", "servicePrincipal": app.ServicePrincipalID,
			"role": app.Roles[0].ID, "created": "2020-01-01T00:00:00Z",
		})
	}
	state["users"], state["assignments"] = users, assignments
	if data, err = json.Marshal(state); err != nil {
		t.Fatal(err)
	}
	crowded, err := sandbox.From(data, sandbox.WithLag(0))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = crowded.Close() })
	t.Tenant = crowded
}

func TestSchemasThatCannotBeComparedAreErrors(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	look := provisioning.ScopeImpact{Graph: tenant.client, App: tenant.workato().App, Object: mappings.User, Before: tenant.schema("User"), After: []byte(`{}`)}
	if _, ok := errors.AsType[*engine.SchemaError](fails(tenant, look)); !ok {
		t.Error("a schema without rules is compared")
	}
	look.After = []byte(`{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"Group"}]}]}`)
	if _, ok := errors.AsType[*engine.NoMappingError](fails(tenant, look)); !ok {
		t.Error("a schema without users is compared")
	}
}

func TestAComparisonOfScopesEndsWithItsContext(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	tenant.crowd(5)
	before, after := tenant.schema("User"), tenant.schema("User", "department EQUALS = Sales")
	app := tenant.workato().App
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tenant.answer("POST $batch", func(w http.ResponseWriter, r *http.Request) {
		answer, err := tenant.Transport().RoundTrip(r)
		if err != nil {
			t.Error(err)
			return
		}
		defer answer.Body.Close()
		w.Header().Set("Content-Type", answer.Header.Get("Content-Type"))
		w.WriteHeader(answer.StatusCode)
		if _, err := io.Copy(w, answer.Body); err != nil {
			t.Error(err)
		}
		cancel()
	})
	got, err := provisioning.ScopeImpact{Graph: tenant.client, App: app, Object: mappings.User, Before: before, After: after}.Do(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, %v", got, err)
	}
}
