package check_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/check"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// checked is what a check of the Workato application finds, in lines.
func checked(t *tenanttest.Tenant) []string {
	t.Helper()
	lines := []string{}
	for _, f := range tenanttest.Do(t, check.Check{Graph: t.Client, App: "Workato"}) {
		lines = append(lines, string(f.Code)+": "+f.String())
	}
	return lines
}

// mapped adds a mapping of users.
func mapped(t *tenanttest.Tenant, target, expression string) {
	t.Helper()
	add := mappings.Add{Mappings: []schema.Mapping{{Target: target, Kind: schema.Expression, Source: expression}}, NewSource: true, NewTarget: true}
	tenanttest.Do(t, mappings.Update{Graph: t.Client, App: "Workato", Plan: add.Plan, Reason: "test", History: history.History{Dir: t.TempDir()}})
}

const oneRole = `roles[primary eq "True"].value`

func TestADefaultApplicationHasNothingWrong(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Provisioned()
	tenant.Assign("ada@contoso.com")
	tenant.ForgetRequests()
	if diff := cmp.Diff([]string{}, checked(tenant)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if n := len(tenant.Requests()); n > 7 {
		t.Errorf("%d requests", n)
	}
}

func TestWhoHasSeveralRolesIsNamed(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	mapped(tenant, oneRole, "SingleAppRoleAssignment([appRoleAssignments])")
	add := assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "betty@contoso.com", "dorothy@contoso.com"}}
	tenanttest.Do(tenant, add)
	add.Users, add.Role = []string{"ada@contoso.com"}, "msiam_access"
	tenanttest.Do(tenant, add)
	add.Users, add.Groups = nil, []string{"Sales"} // of which Dorothy is a member
	tenanttest.Do(tenant, add)
	got := checked(tenant)
	i := slices.IndexFunc(got, func(line string) bool { return strings.HasPrefix(line, string(check.CodeSeveralRoles)) })
	if i < 0 {
		t.Fatalf("got %q", got)
	}
	want := "severalRoles: warning: user: " + oneRole + ": SingleAppRoleAssignment sends one role, and which one is arbitrary for those who have several: Ada Lovelace (User, msiam_access), Dorothy Vaughan (User, msiam_access)"
	if diff := cmp.Diff(want, got[i]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// With one role in the whole application nobody can have two, and no group is
// looked into.
func TestMembersAreReadOnlyWhenThereAreSeveralRoles(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	mapped(tenant, oneRole, "SingleAppRoleAssignment([appRoleAssignments])")
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"dorothy@contoso.com"}, Groups: []string{"Sales"}})
	tenant.ForgetRequests()
	checked(tenant)
	for _, r := range tenant.Requests() {
		if strings.HasSuffix(r.Path, "/members") {
			t.Errorf("asked for %s", r.Path)
		}
	}
}

func TestThatGroupsWereNotLookedIntoIsTold(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	mapped(tenant, oneRole, "SingleAppRoleAssignment([appRoleAssignments])")
	rows := []applications.Assignment{}
	for i := range 51 {
		rows = append(rows, applications.Assignment{ID: fmt.Sprint(i), PrincipalID: fmt.Sprintf("group-%02d", i), PrincipalType: "Group", AppRoleID: fmt.Sprintf("role-%d", i%2)})
	}
	var looked atomic.Int32
	tenant.Answer("GET appRoleAssignedTo", tenanttest.With(200, map[string]any{"value": rows}))
	tenant.Answer("GET members", func(w http.ResponseWriter, r *http.Request) {
		looked.Add(1)
		tenanttest.With(200, map[string]any{"value": []any{}})(w, r)
	})
	want := "groupsNotRead: info: user: of 51 assigned groups, 50 were looked at for people with several roles"
	if got := checked(tenant); !slices.Contains(got, want) || looked.Load() != 50 {
		t.Errorf("%d looked into, got %q", looked.Load(), got)
	}
}

func TestRolesDoNotGoWithTheScopeAll(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	mapped(tenant, "roles", "AppRoleAssignmentsComplex([appRoleAssignments])")
	tenant.Answer("GET secrets", tenanttest.With(200, map[string]any{"value": []synchronization.KeyValue{
		{Key: "BaseAddress", Value: sandbox.SCIMURL}, {Key: "SecretToken", Value: "*"}, {Key: "SyncAll", Value: "true"},
	}}))
	want := []string{
		"rolesOfAll: error: user: roles: AppRoleAssignmentsComplex does not go with the scope all: nobody needs a role then",
		"rolesOnDemand: info: user: roles: provision on-demand does not send app roles",
		"rolesInText: info: user: roles: an update sends roles as JSON in a text, unlike a create",
	}
	if diff := cmp.Diff(want, checked(tenant)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	tenant.Answer("GET secrets", tenanttest.With(200, map[string]any{"value": []synchronization.KeyValue{
		{Key: "BaseAddress", Value: sandbox.SCIMURL + "?aadOptscim062020"}, {Key: "SecretToken", Value: "*"}, {Key: "SyncAll", Value: "false"},
	}}))
	if diff := cmp.Diff(want[1:2], checked(tenant)); diff != "" {
		t.Errorf("with the flag (-want +got)\n%s", diff)
	}
}

func TestAnExtensionThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	tenant, _ := tenanttest.WithRole(t, sandbox.WithLag(0))
	for _, line := range checked(tenant) {
		if strings.HasPrefix(line, "extension") {
			t.Errorf("while it is there: %s", line)
		}
	}
	tenant.Answer("POST getAvailableExtensionProperties", tenanttest.With(200, map[string]any{"value": []any{}}))
	got := checked(tenant)
	want := "extensionGone: error: user: " + tenanttest.RoleURN + ": the tenant does not offer the extension property extension_"
	if len(got) == 0 || !strings.HasPrefix(got[len(got)-1], want) {
		t.Errorf("got %q", got)
	}
}

func TestAnExtensionThatNothingReadsIsTold(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	app, err := applications.FindRegistration(t.Context(), tenant.Client, "Workato")
	if err != nil {
		t.Fatal(err)
	}
	made, err := applications.CreateExtension(t.Context(), tenant.Client, app.ApplicationID, applications.ExtensionProperty{Name: "workato_role", DataType: "String", TargetObjects: []string{"User"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"extensionUnmapped: info: attribute " + made.Name + ": the application has this extension property, and nothing is mapped from it"}
	if diff := cmp.Diff(want, checked(tenant)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTheServiceIsAskedForStrangeFunctions(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t, sandbox.WithLag(0))
	tenant.Provisioned()
	schema, err := synchronization.Schema(t.Context(), tenant.Client, jobOf(tenant))
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(schema), `Join(\" \", [givenName], [surname])`, `Rot13([givenName])`, 1)
	changed = strings.Replace(changed, `"name":"Join"`, `"name":"Rot13"`, 1)
	if changed == string(schema) {
		t.Fatal("the schema has no Join")
	}
	tenant.Answer("GET schema", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, changed)
	})
	if got := checked(tenant); !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, "unknownFunction: error: user: name.formatted") }) {
		t.Errorf("got %q", got)
	}
	tenant.Answer("GET functions", tenanttest.With(200, map[string]any{"value": []any{map[string]any{"name": "Rot13"}}}))
	for _, line := range checked(tenant) {
		if strings.HasPrefix(line, "unknownFunction") {
			t.Error(line)
		}
	}
}

func jobOf(t *tenanttest.Tenant) synchronization.JobRef {
	t.Helper()
	found, err := provisioning.FindJob(t.Context(), t.Client, "Workato", "")
	if err != nil {
		t.Fatal(err)
	}
	return found.Ref()
}
