package logs_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/logs"
	"github.com/scimctl/scimctl/provisioning/ondemand"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
	"github.com/scimctl/scimctl/provisioning/users"
	"github.com/scimctl/scimctl/provisioning/why"
)

// habitual is a tenant whose application has a habit, with Ada provisioned.
func habitual(t *testing.T, habit scimserver.Habit) *tenanttest.Tenant {
	t.Helper()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0), sandbox.WithSCIMHabit(habit))
	tenant.Running()
	return tenant
}

// cycle has the job run anew.
func cycle(t *tenanttest.Tenant, scopes ...string) {
	t.Helper()
	tenanttest.Do(t, job.Restart{Graph: t.Client, App: "Workato", Scopes: scopes})
	t.Workato()
}

// newest is the explanation of the newest entry.
func newest(t *tenanttest.Tenant, of logs.Query) logs.Explained {
	t.Helper()
	of.Graph, of.App, of.Limit = t.Client, "Workato", 1
	for e, err := range tenanttest.Do(t, of) {
		if err != nil {
			t.Fatal(err)
		}
		return tenanttest.Do(t, logs.Show{Graph: t.Client, ID: e.ID})
	}
	t.Fatal("there is none")
	return logs.Explained{}
}

func explains(t *tenanttest.Tenant, x logs.Explained, meaning, remedy string) {
	t.Helper()
	if !strings.Contains(x.Meaning, meaning) || !strings.Contains(tenanttest.RemedyLines(x.Remedy...), remedy) || meaning == "" && (x.Meaning != "" || len(x.Remedy) > 0) {
		t.Errorf("%s %s\nmeaning %q, want …%s…\nremedy %q, want …%s…", x.Action, x.Status, x.Meaning, meaning, x.Remedy, remedy)
	}
}

func TestWhatAnApplicationDoesNotKeepIsSaidToBeLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := habitual(t, scimserver.Forgets)
		tenant.Patch("ada@contoso.com", map[string]any{"jobTitle": "Countess"})
		cycle(tenant)
		first := newest(tenant, logs.Query{User: "ada@contoso.com"})
		explains(tenant, first, "", "") // the service was told that all is well
		if got := tenant.Why("ada@contoso.com").Verdict.State; got != why.UserProvisioned {
			t.Errorf("after one update: %s", got)
		}
		cycle(tenant)
		explains(tenant, newest(tenant, logs.Query{User: "ada@contoso.com"}), "that it took title, and did not keep it", "vendor has to fix it")
		explains(tenant, tenanttest.Do(tenant, logs.Show{Graph: tenant.Client, ID: first.ID}), "", "") // not by hindsight
		v := tenant.Why("ada@contoso.com").Verdict
		if v.State != why.UserNotKept || !strings.Contains(v.Sentence, "vendor has to fix it") {
			t.Errorf("%+v", v)
		}
	})
}

func TestAGroupThatSomebodyWasTakenOutOfMayBeEmpty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := habitual(t, scimserver.WipesGroups)
		tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})
		cycle(tenant)
		if also := tenant.Why("mary.jackson@contoso.com").Verdict.Also; len(also) != 0 {
			t.Errorf("before: %+v", also)
		}
		tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "dorothy@contoso.com"})
		cycle(tenant)
		explains(tenant, newest(tenant, logs.Query{Group: "Sales", Action: "update"}), "some applications read as everybody", "provision restart --reset Full")
		v := tenant.Why("mary.jackson@contoso.com").Verdict
		if v.State != why.UserProvisioned || len(v.Also) != 1 || v.Also[0].State != why.UserGroupAtRisk ||
			!strings.Contains(v.Also[0].Sentence, "took somebody out of Sales") || !strings.Contains(tenanttest.RemedyLines(v.Also[0].Fix), "?aadOptscim062020") {
			t.Errorf("%+v", v)
		}
		if also := tenant.Why("ada@contoso.com").Verdict.Also; len(also) != 0 {
			t.Errorf("somebody who is not in it: %+v", also)
		}
		tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL + "?aadOptscim062020", Token: tenanttest.SCIMToken})
		if also := tenant.Why("mary.jackson@contoso.com").Verdict.Also; len(also) != 0 {
			t.Errorf("with the flag: %+v", also)
		}
	})
}

func TestATextThatIsRefusedIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := habitual(t, scimserver.StrictBooleans)
		tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
		cycle(tenant)
		x := newest(tenant, logs.Query{User: "ada@contoso.com"})
		explains(tenant, x, `which the service writes as the text "False" or "True"`, "provisioning on demand ignores it")
		if x.Code != "SystemForCrossDomainIdentityManagementBadRequest" || x.Action != "disable" {
			t.Errorf("%s %s", x.Action, x.Code)
		}
		tenanttest.Do(tenant, credentials.Set{Graph: tenant.Client, App: "Workato", URL: sandbox.SCIMURL + "?aadOptscim062020", Token: tenanttest.SCIMToken})
		results, err := ondemand.User{Graph: tenant.Client, App: "Workato", User: "ada@contoso.com"}.Do(t.Context())
		if err == nil || !strings.Contains(err.Error(), "whatever the tenant URL says") {
			t.Errorf("on demand: %+v, %v", results, err)
		}
		cycle(tenant, "Escrows")
		if got := newest(tenant, logs.Query{User: "ada@contoso.com"}); got.Action != "disable" || got.Status != "success" {
			t.Errorf("with the flag: %s %s", got.Action, got.Status)
		}
	})
}
