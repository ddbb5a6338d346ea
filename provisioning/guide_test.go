package provisioning_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning"
)

const roleURN = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role"

// withRole is the Workato application with a mapped role, held by Ada.
func withRole(t *testing.T, opts ...sandbox.Option) (tenant *tenant, setRole func(string)) {
	t.Helper()
	tenant = newTenant(t, opts...)
	tenant.provisioned()
	app, err := tenant.client.FindRegistration(t.Context(), "Workato")
	if err != nil {
		t.Fatal(err)
	}
	extension, err := tenant.client.CreateExtension(t.Context(), app.ApplicationID,
		graph.ExtensionProperty{Name: "workato_role", DataType: "String", TargetObjects: []string{"User"}})
	if err != nil {
		t.Fatal(err)
	}
	ada, err := tenant.client.FindUser(t.Context(), "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	setRole = func(role string) {
		t.Helper()
		err := tenant.client.Wait(t.Context(), "the role can be set", func(ctx context.Context) (bool, error) {
			err := tenant.client.UpdateUser(ctx, ada.ID, map[string]any{extension.Name: role})
			return err == nil, notAvailableYet(err)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	setRole("Admin")
	add := mappings.Add{Mappings: []mappings.Mapping{{Target: roleURN, Source: extension.Name}}, NewSource: true}
	do(tenant, mappings.Update{Graph: tenant.client, App: "Workato", Plan: add.Plan, Reason: "test", History: mappings.History{Dir: t.TempDir()}})
	return tenant, setRole
}

func notAvailableYet(err error) error {
	if graph.IsNotAvailable(err) {
		return nil
	}
	return err
}

// held is the user as the application holds them.
func (t *tenant) held(userName string) map[string]any {
	t.Helper()
	view, err := t.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	for _, user := range view.Users {
		text, err := json.Marshal(user)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(text, &all); err != nil {
			t.Fatal(err)
		}
		if all["userName"] == userName {
			return all
		}
	}
	return nil
}

func TestAPersonGoesThroughTheWholeLife(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]sandbox.Option{
		"as documented": nil, "as observed": {sandbox.WithObservedOnDemandAnswer()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { wholeLife(t, opts) })
		})
	}
}

func wholeLife(t *testing.T, opts []sandbox.Option) {
	tenant, setRole := withRole(t, opts...)
	tenant.assign("ada@contoso.com")

	created := do(tenant, tenant.onDemand())
	if created.State != provisioning.Created || len(created.Steps) == 0 || !created.Assigned {
		t.Errorf("created: %+v", created)
	}
	manager := "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager" // who has no account there
	if diff := cmp.Diff([]string{manager}, created.NotExported); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	role := func() any {
		values, _ := tenant.held("ada@contoso.com")[strings.TrimSuffix(roleURN, ":workato_role")].(map[string]any)
		return values["workato_role"]
	}
	if role() != "Admin" {
		t.Errorf("the application holds the role %v", role())
	}
	if again := do(tenant, tenant.onDemand()); again.State != provisioning.AlreadyEqual {
		t.Errorf("again: %s %s", again.State, again.Reason)
	}

	setRole("NoAccess")
	if updated := do(tenant, tenant.onDemand()); updated.State != provisioning.Updated || role() != "NoAccess" {
		t.Errorf("updated: %s, the application holds %v", updated.State, role())
	}

	do(tenant, provisioning.RemoveAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}})
	if gone := do(tenant, tenant.onDemand()); gone.State != provisioning.Disabled || gone.Assigned {
		t.Errorf("removed: %s %s", gone.State, gone.Reason)
	}
	if active := tenant.held("ada@contoso.com")["active"]; active != false {
		t.Errorf("the account's active is %v", active)
	}
}

func TestSomebodyWhoIsNotAssignedIsSkipped(t *testing.T) {
	t.Parallel()
	tenant, _ := withRole(t, sandbox.WithLag(0))
	err := fails(tenant, tenant.onDemand())
	missed, ok := errors.AsType[*provisioning.NotReachedError](err)
	if !ok || missed.Result.State != provisioning.Skipped || !missed.Unassigned() {
		t.Errorf("got %v", err)
	}
}

func TestAMemberOfAnAssignedGroupIsProvisioned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant, _ := withRole(t)
		do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Workato Pilots"}})
		task := tenant.onDemand()
		task.User = "edsger@contoso.com"
		if result := do(tenant, task); result.State != provisioning.Created || !result.Assigned {
			t.Errorf("result: %s %s, assigned %t", result.State, result.Reason, result.Assigned)
		}
	})
}

func TestOnDemandKeepsToEightRequests(t *testing.T) {
	t.Parallel()
	tenant, setRole := withRole(t, sandbox.WithLag(0))
	tenant.assign("ada@contoso.com")
	for _, want := range []provisioning.Outcome{provisioning.Created, provisioning.AlreadyEqual, provisioning.Updated} {
		tenant.ForgetRequests()
		if result := do(tenant, tenant.onDemand()); result.State != want {
			t.Errorf("%s instead of %s: %s", result.State, want, result.Reason)
		}
		if n := len(tenant.Requests()); n > 8 {
			t.Errorf("%s took %d requests: %+v", want, n, tenant.Requests())
		}
		if want == provisioning.AlreadyEqual {
			setRole("Operator")
		}
	}
}

func TestAWholeGroupArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant, _ := withRole(t)
		do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Workato Pilots"}})
		for _, user := range []string{"edsger@contoso.com", "barbara@contoso.com"} {
			task := tenant.onDemand()
			task.User = user
			do(tenant, task)
		}
		result := do(tenant, provisioning.OnDemandGroup{Graph: tenant.client, App: "Workato", Group: "Workato Pilots"})
		if len(result.Runs) != 1 || len(result.Runs[0].Members) != 2 {
			t.Errorf("runs: %+v", result.Runs)
		}
		view, err := tenant.Snapshot()
		if err != nil || len(view.Groups) != 1 {
			t.Errorf("the application holds the groups %+v, %v", view.Groups, err)
		}
	})
}
