package ondemand_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// held is the user as the application holds them.
func held(t *tenanttest.Tenant, userName string) map[string]any {
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
	tenant, setRole := tenanttest.WithRole(t, opts...)
	tenant.Assign("ada@contoso.com")

	created := tenanttest.Do(tenant, tenant.OnDemand())
	if created.State != ondemand.Created || len(created.Steps) == 0 || !created.Assigned {
		t.Errorf("created: %+v", created)
	}
	manager := "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager" // who has no account there
	if diff := cmp.Diff([]string{manager}, created.NotExported); diff != "" {
		t.Errorf("left out (-want +got):\n%s", diff)
	}
	role := func() any {
		values, _ := held(tenant, "ada@contoso.com")[strings.TrimSuffix(tenanttest.RoleURN, ":workato_role")].(map[string]any)
		return values["workato_role"]
	}
	if role() != "Admin" {
		t.Errorf("the application holds the role %v", role())
	}
	if again := tenanttest.Do(tenant, tenant.OnDemand()); again.State != ondemand.AlreadyEqual {
		t.Errorf("again: %s %s", again.State, again.Reason)
	}

	setRole("NoAccess")
	if updated := tenanttest.Do(tenant, tenant.OnDemand()); updated.State != ondemand.Updated || role() != "NoAccess" {
		t.Errorf("updated: %s, the application holds %v", updated.State, role())
	}

	tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
	if gone := tenanttest.Do(tenant, tenant.OnDemand()); gone.State != ondemand.Disabled || gone.Assigned {
		t.Errorf("removed: %s %s", gone.State, gone.Reason)
	}
	if active := held(tenant, "ada@contoso.com")["active"]; active != false {
		t.Errorf("the account's active is %v", active)
	}
}

func TestSomebodyWhoIsNotAssignedIsSkipped(t *testing.T) {
	t.Parallel()
	tenant, _ := tenanttest.WithRole(t, sandbox.WithLag(0))
	err := tenanttest.Fails(tenant, tenant.OnDemand())
	missed, ok := errors.AsType[*ondemand.NotReachedError](err)
	if !ok || missed.Result.State != ondemand.Skipped || !missed.Unassigned() {
		t.Errorf("got %v", err)
	}
}

func TestAMemberOfAnAssignedGroupIsProvisioned(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant, _ := tenanttest.WithRole(t)
		tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Workato Pilots"}})
		task := tenant.OnDemand()
		task.User = "edsger@contoso.com"
		if result := tenanttest.Do(tenant, task); result.State != ondemand.Created || !result.Assigned {
			t.Errorf("result: %s %s, assigned %t", result.State, result.Reason, result.Assigned)
		}
	})
}

func TestOnDemandKeepsToEightRequests(t *testing.T) {
	t.Parallel()
	tenant, setRole := tenanttest.WithRole(t, sandbox.WithLag(0))
	tenant.Assign("ada@contoso.com")
	for _, want := range []ondemand.Outcome{ondemand.Created, ondemand.AlreadyEqual, ondemand.Updated} {
		tenant.ForgetRequests()
		if result := tenanttest.Do(tenant, tenant.OnDemand()); result.State != want {
			t.Errorf("%s instead of %s: %s", result.State, want, result.Reason)
		}
		if n := len(tenant.Requests()); n > 8 {
			t.Errorf("%s took %d requests: %+v", want, n, tenant.Requests())
		}
		if want == ondemand.AlreadyEqual {
			setRole("Operator")
		}
	}
}

func TestAWholeGroupArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant, _ := tenanttest.WithRole(t)
		tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Workato Pilots"}})
		for _, user := range []string{"edsger@contoso.com", "barbara@contoso.com"} {
			task := tenant.OnDemand()
			task.User = user
			tenanttest.Do(tenant, task)
		}
		result := tenanttest.Do(tenant, ondemand.Group{Graph: tenant.Client, App: "Workato", Group: "Workato Pilots"})
		if len(result.Runs) != 1 || len(result.Runs[0].Members) != 2 {
			t.Errorf("runs: %+v", result.Runs)
		}
		view, err := tenant.Snapshot()
		if err != nil || len(view.Groups) != 1 {
			t.Errorf("the application holds the groups %+v, %v", view.Groups, err)
		}
	})
}
