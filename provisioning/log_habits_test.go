package provisioning_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/graph/sandbox/scimserver"
	"github.com/scimctl/scimctl/provisioning"
)

// habitual is a tenant whose application has a habit, with Ada provisioned.
func habitual(t *testing.T, habit scimserver.Habit) *tenant {
	t.Helper()
	tenant := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMHabit(habit))
	tenant.running()
	return tenant
}

// cycle has the job run anew.
func (t *tenant) cycle(scopes ...string) {
	t.Helper()
	do(t, provisioning.Restart{Graph: t.client, App: "Workato", Scopes: scopes})
	t.workato()
}

// newest is the explanation of the newest entry.
func (t *tenant) newest(of provisioning.Logs) provisioning.ExplainedLog {
	t.Helper()
	of.Graph, of.App, of.Limit = t.client, "Workato", 1
	for e, err := range do(t, of) {
		if err != nil {
			t.Fatal(err)
		}
		return do(t, provisioning.ShowLog{Graph: t.client, ID: e.ID})
	}
	t.Fatal("there is none")
	return provisioning.ExplainedLog{}
}

func (t *tenant) explains(x provisioning.ExplainedLog, meaning, remedy string) {
	t.Helper()
	if !strings.Contains(x.Meaning, meaning) || !strings.Contains(lines(x.Remedy...), remedy) || meaning == "" && (x.Meaning != "" || len(x.Remedy) > 0) {
		t.Errorf("%s %s\nmeaning %q, want …%s…\nremedy %q, want …%s…", x.Action, x.Status, x.Meaning, meaning, x.Remedy, remedy)
	}
}

func TestWhatAnApplicationDoesNotKeepIsSaidToBeLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := habitual(t, scimserver.Forgets)
		tenant.patch("ada@contoso.com", map[string]any{"jobTitle": "Countess"})
		tenant.cycle()
		first := tenant.newest(provisioning.Logs{User: "ada@contoso.com"})
		tenant.explains(first, "", "") // the service was told that all is well
		if got := tenant.why("ada@contoso.com").Verdict.State; got != provisioning.UserProvisioned {
			t.Errorf("after one update: %s", got)
		}
		tenant.cycle()
		tenant.explains(tenant.newest(provisioning.Logs{User: "ada@contoso.com"}), "that it took title, and did not keep it", "vendor has to fix it")
		tenant.explains(do(tenant, provisioning.ShowLog{Graph: tenant.client, ID: first.ID}), "", "") // not by hindsight
		v := tenant.why("ada@contoso.com").Verdict
		if v.State != provisioning.UserNotKept || !strings.Contains(v.Sentence, "vendor has to fix it") {
			t.Errorf("%+v", v)
		}
	})
}

func TestAGroupThatSomebodyWasTakenOutOfMayBeEmpty(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := habitual(t, scimserver.WipesGroups)
		do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales"}})
		tenant.cycle()
		if also := tenant.why("mary.jackson@contoso.com").Verdict.Also; len(also) != 0 {
			t.Errorf("before: %+v", also)
		}
		do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "dorothy@contoso.com"})
		tenant.cycle()
		tenant.explains(tenant.newest(provisioning.Logs{Group: "Sales", Action: "update"}), "some applications read as everybody", "provision restart --reset Full")
		v := tenant.why("mary.jackson@contoso.com").Verdict
		if v.State != provisioning.UserProvisioned || len(v.Also) != 1 || v.Also[0].State != provisioning.UserGroupAtRisk ||
			!strings.Contains(v.Also[0].Sentence, "took somebody out of Sales") || !strings.Contains(lines(v.Also[0].Fix), "?aadOptscim062020") {
			t.Errorf("%+v", v)
		}
		if also := tenant.why("ada@contoso.com").Verdict.Also; len(also) != 0 {
			t.Errorf("somebody who is not in it: %+v", also)
		}
		do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL + "?aadOptscim062020", Token: scimToken})
		if also := tenant.why("mary.jackson@contoso.com").Verdict.Also; len(also) != 0 {
			t.Errorf("with the flag: %+v", also)
		}
	})
}

func TestATextThatIsRefusedIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // the reports are throttled
		tenant := habitual(t, scimserver.StrictBooleans)
		do(tenant, provisioning.RemoveAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}})
		tenant.cycle()
		x := tenant.newest(provisioning.Logs{User: "ada@contoso.com"})
		tenant.explains(x, `which the service writes as the text "False" or "True"`, "provisioning on demand ignores it")
		if x.Code != "SystemForCrossDomainIdentityManagementBadRequest" || x.Action != "disable" {
			t.Errorf("%s %s", x.Action, x.Code)
		}
		do(tenant, provisioning.SetCredentials{Graph: tenant.client, App: "Workato", URL: sandbox.SCIMURL + "?aadOptscim062020", Token: scimToken})
		results, err := provisioning.OnDemand{Graph: tenant.client, App: "Workato", User: "ada@contoso.com"}.Do(t.Context())
		if err == nil || !strings.Contains(err.Error(), "whatever the tenant URL says") {
			t.Errorf("on demand: %+v, %v", results, err)
		}
		tenant.cycle("Escrows")
		if got := tenant.newest(provisioning.Logs{User: "ada@contoso.com"}); got.Action != "disable" || got.Status != "success" {
			t.Errorf("with the flag: %s %s", got.Action, got.Status)
		}
	})
}
