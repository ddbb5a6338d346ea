package assignment_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/users"
)

// audit is what an audit of Workato finds, a line for each finding.
func audit(t *tenanttest.Tenant) []string {
	t.Helper()
	var lines []string
	for _, f := range tenanttest.Do(t, assignment.Audit{Graph: t.Client, App: "Workato"}) {
		lines = append(lines, strings.Join([]string{string(f.Severity), string(f.Code), f.Principal, f.Problem}, "|"))
	}
	return lines
}

func TestAnAuditNamesWhomProvisioningMissesAndWhoIsReachedTwice(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	if got := audit(tenant); len(got) != 0 {
		t.Errorf("with nobody assigned it finds %q", got)
	}
	tenanttest.Do(tenant, assignment.Add{
		Graph: tenant.Client, App: "Workato", Users: []string{"alan@contoso.com", "dorothy@contoso.com"}, Groups: []string{"Sales", "Engineering"},
	})
	want := []string{
		"warning|nestedGroups|Sales|holds the group Sales Field Team, which provisioning does not go into: it misses hedy@contoso.com, john.smith2@contoso.com",
		"info|userDisabled|alan@contoso.com|disabled in Entra: not active in the application either",
		"info|reachedTwice|alan@contoso.com|assigned directly and by the group Engineering: stays when one of them is taken away",
		"info|reachedTwice|dorothy@contoso.com|assigned directly and by the group Sales: stays when one of them is taken away",
	}
	if diff := cmp.Diff(want, audit(tenant)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	// Who is brought in otherwise is not missed.
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales Field Team"}})
	want[0] = "info|nestedGroups|Sales|holds the group Sales Field Team, which provisioning does not go into"
	got := audit(tenant)
	if !strings.Contains(strings.Join(got, "\n"), want[0]) || strings.Contains(strings.Join(got, "\n"), "misses") {
		t.Errorf("with the nested group assigned as well: %q", got)
	}
}

// What the simulation does not keep: Graph's lists may name those who are gone,
// groups that were security-enabled once, and default access.
func TestAnAuditNamesWhoIsDeletedAndWhatIsNoSecurityGroup(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	betty, err := directory.FindUser(t.Context(), tenant.Client, "betty@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	news, err := directory.FindGroup(t.Context(), tenant.Client, "All Hands News")
	if err != nil {
		t.Fatal(err)
	}
	ada, err := directory.FindUser(t.Context(), tenant.Client, "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "betty@contoso.com"})
	const gone, nobody = "11111111-2222-3333-4444-555555555555", "00000000-0000-0000-0000-000000000000"
	row := func(id, kind, role string) any {
		return tenanttest.Object{"id": "row-" + id, "principalId": id, "principalType": kind, "appRoleId": role}
	}
	tenant.Answer("GET appRoleAssignedTo", tenanttest.With(200, tenanttest.Object{"value": []any{
		row(betty.ID, "User", "x"), row(gone, "User", "x"), row(news.ID, "Group", "x"), row(ada.ID, "User", nobody),
	}}))
	got := strings.Join(audit(tenant), "\n")
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
	tenant.Answer("DELETE row-"+gone, func(w http.ResponseWriter, _ *http.Request) {
		tenant.Answer("GET appRoleAssignedTo", tenanttest.With(200, tenanttest.Object{"value": []any{row(betty.ID, "User", "x")}}))
		w.WriteHeader(http.StatusNoContent)
	})
	done := tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{gone}})
	if len(done) != 1 || len(done[0].Roles) != 1 || done[0].Name != gone || len(tenant.Sent("DELETE row-"+gone)) != 1 {
		t.Errorf("removed %+v", done)
	}
	err = tenanttest.Fails(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{gone[:35] + "6"}})
	if !graph.IsNotFound(err) {
		t.Errorf("whoever was never assigned gives %v", err)
	}
}

func TestAnAuditIsStrictAboutWarningsAlone(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"alan@contoso.com"}})
	findings := tenanttest.Do(tenant, assignment.Audit{Graph: tenant.Client, App: "Workato"})
	if err := assignment.AuditResult("Workato", findings, true); err != nil || len(findings) != 1 {
		t.Errorf("%+v gives %v", findings, err)
	}
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})
	findings = tenanttest.Do(tenant, assignment.Audit{Graph: tenant.Client, App: "Workato"})
	if e, ok := errors.AsType[*assignment.AuditError](assignment.AuditResult("Workato", findings, true)); !ok || e.Warnings != 1 {
		t.Errorf("got %v", e)
	}
	if err := assignment.AuditResult("Workato", findings, false); err != nil {
		t.Errorf("when it is not strict: %v", err)
	}
}

// The application, two pages of assignments, four readings of users, and of the
// groups one each for themselves, their members, and those within.
func TestAThousandAssignmentsAreAuditedInTenRequests(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	tenant.Crowd(1000)
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales", "Engineering"}})
	tenant.ForgetRequests()
	if got := audit(tenant); len(got) != 1 {
		t.Errorf("it finds %q", got)
	}
	if asked := tenant.Requests(); len(asked) != 10 {
		t.Errorf("it takes %d requests: %+v", len(asked), asked)
	}
}
