package evaluate_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func impact(t *tenanttest.Tenant, object string, before, after []byte) evaluate.ScopeChange {
	t.Helper()
	return tenanttest.Do(t, evaluate.ScopeImpact{Graph: t.Client, App: t.Workato().App, Object: object, Before: before, After: after})
}

func TestAFilterTellsWhoFallsOutOfScopeAndWhoComesIn(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com", "alan@contoso.com", "betty@contoso.com", "service@contoso.com")
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})

	open := tenant.Schema("User")
	closed := tenant.Schema("User", "department EQUALS = Sales", "city EQUALS = London")
	got := impact(tenant, schema.User, open, closed)
	want := evaluate.ScopeChange{
		Scope: credentials.ScopeAssigned, Evaluated: 9, Before: 8, After: 6, // alan is disabled, and Sales has five users
		Leaving: []string{"betty@contoso.com", "service@contoso.com"}, Entering: []string{}, Undecided: []evaluate.Undecided{},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	back := impact(tenant, schema.User, closed, open)
	if diff := cmp.Diff(want.Leaving, back.Entering); diff != "" || len(back.Leaving) > 0 {
		t.Errorf("the other way round (-want +got):\n%s\nleaving %v", diff, back.Leaving)
	}
}

func TestTheScopeAllIsEveryUserOfTheTenant(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	target := tenant.Workato()
	err := synchronization.PutSecrets(t.Context(), tenant.Client, target.App.ServicePrincipalID, []synchronization.KeyValue{
		{Key: "SyncAll", Value: "true"}, {Key: "SkipOutOfScopeDeletions", Value: "True"},
	})
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	got := tenanttest.Do(tenant, evaluate.ScopeImpact{
		Graph: tenant.Client, App: target.App, Object: schema.User, Before: tenant.Schema("User"),
		After: tenant.Schema("User", "department NOT EQUALS = Engineering"), Progress: func(n int) { read = n },
	})
	if got.Scope != credentials.ScopeAll || !got.SkipDeletions || got.Evaluated != 36 || read != 36 || len(got.Leaving) != 10 {
		t.Errorf("%d read, got %+v", read, got)
	}
}

func TestAFilterOfGroupsTellsWhichGroupsFallOut(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales", "Engineering"}})
	before, after := tenant.Schema("Group"), tenant.Schema("Group", "description IS NOT NULL")
	got := impact(tenant, schema.Group, before, after)
	if diff := cmp.Diff([]string{"Engineering"}, got.Leaving); diff != "" || got.Before != 2 || got.After != 1 {
		t.Errorf("(-want +got):\n%s%+v", diff, got)
	}
}

func TestWhatCannotBeDecidedIsSaidWithTheReason(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com", "betty@contoso.com", "alan@contoso.com")
	open := tenant.Schema("User")
	for filter, want := range map[string]string{
		"netId IS NOT NULL":             "the value of netId is not known here",
		"department REGEX MATCH = ngin": "fits a part of the value alone",
	} {
		got := impact(tenant, schema.User, open, tenant.Schema("User", filter))
		if len(got.Undecided) != 1 || !strings.Contains(got.Undecided[0].Reason, want) {
			t.Errorf("%s: %+v", filter, got)
		}
	}
}

func TestAnExtensionPropertyThatIsGoneLeavesTheScopeUndecided(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com")
	tenant.Answer("POST $batch", func(w http.ResponseWriter, r *http.Request) {
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
				status, body = 400, tenanttest.GraphError("Request_BadRequest", "no such property")
			}
			responses = append(responses, map[string]any{"id": one.ID, "status": status, "body": body})
		}
		tenanttest.With(200, map[string]any{"responses": responses})(w, r)
	})
	got := impact(tenant, schema.User, tenant.Schema("User", "extension_gone IS NULL"), tenant.Schema("User"))
	want := []evaluate.Undecided{{Reason: "the value of extension_gone is not known here", Count: 1}}
	if diff := cmp.Diff(want, got.Undecided); diff != "" || got.Evaluated != 1 {
		t.Errorf("(-want +got):\n%s%+v", diff, got)
	}
}

func TestAThousandAssignedUsersAreReadInEightRequests(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenant.Crowd(1000)
	before, after := tenant.Schema("User"), tenant.Schema("User", "department EQUALS = Sales")
	app := tenant.Workato().App
	tenant.ForgetRequests()
	got := tenanttest.Do(tenant, evaluate.ScopeImpact{Graph: tenant.Client, App: app, Object: schema.User, Before: before, After: after})
	if got.Evaluated != 1000 || got.Before != 1000 || len(got.Leaving) != 500 || len(got.Undecided) > 0 {
		t.Errorf("%d evaluated, %d in scope, %d leaving, undecided %v", got.Evaluated, got.Before, len(got.Leaving), got.Undecided)
	}
	if asked := tenant.Requests(); len(asked) > 8 { // settings, two pages of assignments, four batches
		t.Errorf("%d requests: %+v", len(asked), asked)
	}
}

func TestSchemasThatCannotBeComparedAreErrors(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	look := evaluate.ScopeImpact{Graph: tenant.Client, App: tenant.Workato().App, Object: schema.User, Before: tenant.Schema("User"), After: []byte(`{}`)}
	if _, ok := errors.AsType[*engine.SchemaError](tenanttest.Fails(tenant, look)); !ok {
		t.Error("a schema without rules is compared")
	}
	look.After = []byte(`{"synchronizationRules":[{"objectMappings":[{"sourceObjectName":"Group"}]}]}`)
	if _, ok := errors.AsType[*engine.NoMappingError](tenanttest.Fails(tenant, look)); !ok {
		t.Error("a schema without users is compared")
	}
}

func TestAComparisonOfScopesEndsWithItsContext(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenant.Crowd(5)
	before, after := tenant.Schema("User"), tenant.Schema("User", "department EQUALS = Sales")
	app := tenant.Workato().App
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	tenant.Answer("POST $batch", func(w http.ResponseWriter, r *http.Request) {
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
	got, err := evaluate.ScopeImpact{Graph: tenant.Client, App: app, Object: schema.User, Before: before, After: after}.Do(ctx)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %+v, %v", got, err)
	}
}
