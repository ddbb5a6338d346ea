package provisioning_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/sandbox"
	"github.com/scimctl/scimctl/provisioning"
)

// audit is what an audit of Workato finds, a line for each finding.
func (t *tenant) audit() []string {
	t.Helper()
	var lines []string
	for _, f := range do(t, provisioning.Audit{Graph: t.client, App: "Workato"}) {
		lines = append(lines, strings.Join([]string{string(f.Severity), string(f.Code), f.Principal, f.Problem}, "|"))
	}
	return lines
}

func TestAnAuditNamesWhomProvisioningMissesAndWhoIsReachedTwice(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	if got := tenant.audit(); len(got) != 0 {
		t.Errorf("with nobody assigned it finds %q", got)
	}
	do(tenant, provisioning.AddAssignments{
		Graph: tenant.client, App: "Workato", Users: []string{"alan@contoso.com", "dorothy@contoso.com"}, Groups: []string{"Sales", "Engineering"},
	})
	want := []string{
		"warning|nestedGroups|Sales|holds the group Sales Field Team, which provisioning does not go into: it misses hedy@contoso.com, john.smith2@contoso.com",
		"info|userDisabled|alan@contoso.com|disabled in Entra: not active in the application either",
		"info|reachedTwice|alan@contoso.com|assigned directly and by the group Engineering: stays when one of them is taken away",
		"info|reachedTwice|dorothy@contoso.com|assigned directly and by the group Sales: stays when one of them is taken away",
	}
	if diff := cmp.Diff(want, tenant.audit()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	// Who is brought in otherwise is not missed.
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales Field Team"}})
	want[0] = "info|nestedGroups|Sales|holds the group Sales Field Team, which provisioning does not go into"
	got := tenant.audit()
	if !strings.Contains(strings.Join(got, "\n"), want[0]) || strings.Contains(strings.Join(got, "\n"), "misses") {
		t.Errorf("with the nested group assigned as well: %q", got)
	}
}

// What the simulation does not keep: Graph's lists may name those who are gone,
// groups that were security-enabled once, and default access.
func TestAnAuditNamesWhoIsDeletedAndWhatIsNoSecurityGroup(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	betty, err := tenant.client.FindUser(t.Context(), "betty@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	news, err := tenant.client.FindGroup(t.Context(), "All Hands News")
	if err != nil {
		t.Fatal(err)
	}
	ada, err := tenant.client.FindUser(t.Context(), "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "betty@contoso.com"})
	const gone, nobody = "11111111-2222-3333-4444-555555555555", "00000000-0000-0000-0000-000000000000"
	row := func(id, kind, role string) any {
		return object{"id": "row-" + id, "principalId": id, "principalType": kind, "appRoleId": role}
	}
	tenant.answer("GET appRoleAssignedTo", with(200, object{"value": []any{
		row(betty.ID, "User", "x"), row(gone, "User", "x"), row(news.ID, "Group", "x"), row(ada.ID, "User", nobody),
	}}))
	got := strings.Join(tenant.audit(), "\n")
	for _, want := range []string{
		"warning|notSecurityEnabled|All Hands News|the group is not security-enabled: its members are not provisioned",
		"warning|principalDeleted|betty@contoso.com|deleted on ",
		"warning|principalDeleted|" + gone + "|no longer in the directory",
		"info|defaultAccess|ada@contoso.com|assigned without a role (Default Access): since 2020",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in\n%s", want, got)
		}
	}
	if strings.Contains(got, "reachedTwice") {
		t.Errorf("a group that is not looked into brings somebody in:\n%s", got)
	}

	// The remedy works: who is gone is removed by the id.
	tenant.answer("DELETE row-"+gone, func(w http.ResponseWriter, _ *http.Request) {
		tenant.answer("GET appRoleAssignedTo", with(200, object{"value": []any{row(betty.ID, "User", "x")}}))
		w.WriteHeader(http.StatusNoContent)
	})
	done := do(tenant, provisioning.RemoveAssignments{Graph: tenant.client, App: "Workato", Users: []string{gone}})
	if len(done) != 1 || len(done[0].Roles) != 1 || done[0].Name != gone || len(tenant.sent("DELETE row-"+gone)) != 1 {
		t.Errorf("removed %+v", done)
	}
	err = fails(tenant, provisioning.RemoveAssignments{Graph: tenant.client, App: "Workato", Users: []string{gone[:35] + "6"}})
	if !graph.IsNotFound(err) {
		t.Errorf("whoever was never assigned gives %v", err)
	}
}

func TestAnAuditIsStrictAboutWarningsAlone(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"alan@contoso.com"}})
	findings := do(tenant, provisioning.Audit{Graph: tenant.client, App: "Workato"})
	if err := provisioning.JudgeAudit("Workato", findings, true); err != nil || len(findings) != 1 {
		t.Errorf("%+v gives %v", findings, err)
	}
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales"}})
	findings = do(tenant, provisioning.Audit{Graph: tenant.client, App: "Workato"})
	if e, ok := errors.AsType[*provisioning.AuditError](provisioning.JudgeAudit("Workato", findings, true)); !ok || e.Warnings != 1 {
		t.Errorf("got %v", e)
	}
	if err := provisioning.JudgeAudit("Workato", findings, false); err != nil {
		t.Errorf("when it is not strict: %v", err)
	}
}

// The application, two pages of assignments, four readings of users, and of the
// groups one each for themselves, their members, and those within.
func TestAThousandAssignmentsAreAuditedInTenRequests(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t, sandbox.WithLag(0))
	tenant.provisioned()
	tenant.crowd(1000)
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales", "Engineering"}})
	tenant.ForgetRequests()
	if got := tenant.audit(); len(got) != 1 {
		t.Errorf("it finds %q", got)
	}
	if asked := tenant.Requests(); len(asked) != 10 {
		t.Errorf("it takes %d requests: %+v", len(asked), asked)
	}
}
