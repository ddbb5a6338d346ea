package assignment_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/users"
)

func TestUsersAndGroupsAreAssignedByName(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	add := assignment.Add{
		Graph: tenant.Client, App: "Workato",
		Users: []string{"ada@contoso.com", "sean.o'brien@contoso.com", "mary_fabrikam.com#EXT#@contoso.com"}, Groups: []string{"Workato Pilots"},
	}
	var got []string
	for _, done := range tenanttest.Do(tenant, add) {
		if done.Already {
			t.Errorf("%s was assigned already", done.Name)
		}
		got = append(got, done.Type+" "+done.Name+": "+done.Role)
	}
	want := []string{
		"User ada@contoso.com: User", "User sean.o'brien@contoso.com: User",
		"User mary_fabrikam.com#EXT#@contoso.com: User", "Group Workato Pilots: User",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("assigned (-want +got):\n%s", diff)
	}
	tenant.ForgetRequests()
	for _, done := range tenanttest.Do(tenant, add) {
		if !done.Already {
			t.Errorf("%s was assigned twice", done.Name)
		}
	}
	if tenant.Writes() != 0 {
		t.Errorf("the second run wrote %d times", tenant.Writes())
	}
}

func TestSomebodyNamedTwiceIsAssignedOnce(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	done := tenanttest.Do(tenant, assignment.Add{
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "Ada@Contoso.com"}, Groups: []string{"Sales", "Sales"},
	})
	if len(done) != 2 || tenant.Writes() != 2 {
		t.Errorf("%d writes for %+v", tenant.Writes(), done)
	}
}

func TestAnotherRoleIsAnotherAssignment(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Assign("ada@contoso.com")
	done := tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access"})
	if done[0].Already || done[0].Role != "msiam_access" {
		t.Errorf("assigned %+v", done)
	}
	rows := tenanttest.Do(tenant, assignment.List{Graph: tenant.Client, App: "Workato"})
	var roles []string
	for _, row := range rows {
		roles = append(roles, row.Principal+": "+row.Role)
	}
	if diff := cmp.Diff([]string{"Ada Lovelace: User", "Ada Lovelace: msiam_access"}, roles); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestAnUnknownRoleIsAnsweredWithTheRoles(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	for _, role := range []string{"Reader", "00000000-0000-0000-0000-000000000000"} {
		err := tenanttest.Fails(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: role})
		none, ok := errors.AsType[*graph.NotFoundError](err)
		if !ok || len(none.All) == 0 || tenant.Writes() != 0 {
			t.Errorf("%s gives %v after %d writes", role, err, tenant.Writes())
		}
	}
}

func TestOneUnknownNameLeavesAllUnassigned(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "nobody@contoso.com"}})
	if !graph.IsNotFound(err) || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestWhatFailsForOneIsDoneForTheOthers(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	done, err := assignment.Add{
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}, Groups: []string{"All Hands News", "Sales"},
	}.Do(t.Context())
	failed, ok := errors.AsType[*provisioning.PartialError](err)
	if !ok || len(failed.Failed) != 1 || failed.Failed[0].Name != "All Hands News" || failed.Total != 3 || len(done) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestAnAssignmentThatSomebodyElseMadeCountsWhenItShows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenant.Assign("ada@contoso.com")
		looks := 0
		tenant.Hide("GET appRoleAssignments", &looks, 1)
		done := tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}})
		if !done[0].Already || looks < 2 {
			t.Errorf("%+v after %d looks", done, looks)
		}
	})
}

func TestRemovingTakesEveryRoleAndSaysWhatFollows(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Assign("ada@contoso.com")
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access"})
	var asked []provisioning.Risk
	remove := assignment.Remove{
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "edsger@contoso.com"},
		Confirm: func(_ context.Context, r provisioning.Risk) error { asked = append(asked, r); return nil },
	}
	done := tenanttest.Do(tenant, remove)
	if len(done[0].Roles) != 2 || done[0].Follows != assignment.FollowsDisable {
		t.Errorf("removed %+v", done[0])
	}
	if !done[1].Already || done[1].Follows != assignment.FollowsNothing {
		t.Errorf("removed %+v", done[1])
	}
	if len(asked) != 1 || asked[0].People != 1 {
		t.Errorf("asked %+v", asked)
	}
	tenant.ForgetRequests()
	if again := tenanttest.Do(tenant, remove); !again[0].Already || tenant.Writes() != 0 || len(asked) != 1 {
		t.Errorf("the second run wrote %d times, asked %d times and says %+v", tenant.Writes(), len(asked), again)
	}
}

func TestOneRoleOfSeveralLeavesTheUserAssigned(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Assign("ada@contoso.com")
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access"})
	done := tenanttest.Do(tenant, assignment.Remove{
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access",
		Confirm: func(_ context.Context, r provisioning.Risk) error { t.Errorf("asked %+v", r); return nil },
	})
	if diff := cmp.Diff([]string{"msiam_access"}, done[0].Roles); diff != "" || done[0].Follows != assignment.FollowsStillThere {
		t.Errorf("removed %+v", done[0])
	}
}

func TestWhoeverDeclinesHasNothingRemoved(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})
	tenant.ForgetRequests()
	declined := errors.New("no")
	err := tenanttest.Fails(tenant, assignment.Remove{
		Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"},
		Confirm: func(_ context.Context, r provisioning.Risk) error {
			if r.People != 5 { // the group within it is nobody's account
				t.Errorf("asked about %d people", r.People)
			}
			return declined
		},
	})
	if !errors.Is(err, declined) || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
}

func TestManyAreAssignedAndRemovedTwentyInOneRequest(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	users := names(tenant)
	tenant.ForgetRequests()
	add := assignment.Add{Graph: tenant.Client, App: "Workato", Users: users, Groups: []string{"Sales"}}
	if done := tenanttest.Do(tenant, add); len(done) != len(users)+1 || tenant.Writes() != len(users)+1 {
		t.Errorf("%d assigned with %d writes", len(done), tenant.Writes())
	}
	if n := len(tenant.Requests()); n != 11 { // application, 2 of names, group, 2 of what they have, nested, 2 of assignments, 2 to verify
		t.Errorf("assigning %d takes %d requests", len(users)+1, n)
	}
	tenant.ForgetRequests()
	done := tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: users, Groups: []string{"Sales"}})
	if n := len(tenant.Requests()); n != 10 || tenant.Writes() != len(users)+1 {
		t.Errorf("removing takes %d requests with %d writes", n, tenant.Writes())
	}
	for _, one := range done {
		if one.Follows == assignment.FollowsStillThere {
			t.Errorf("%s is said to stay by %v, which is removed as well", one.Name, one.Still)
		}
	}
}

// names are the user principal names of all.
func names(t *tenanttest.Tenant) []string {
	t.Helper()
	var names []string
	for _, u := range tenanttest.Do(t, users.List{Graph: t.Client}) {
		names = append(names, u.UserPrincipalName)
	}
	return names
}

func TestWhoIsThrottledIsAssignedAfterTheTimeAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t, sandbox.WithFault(sandbox.Fault{
			Kind: sandbox.Throttled, Method: "POST", Path: "/appRoleAssignedTo", RetryAfter: 20 * time.Second, First: 2,
		}))
		began := time.Now()
		done := tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "betty@contoso.com", "radia@contoso.com"}})
		if took := time.Since(began); len(done) != 3 || took < 20*time.Second || took > 22*time.Second {
			t.Errorf("%+v after %s", done, took)
		}
		if rows := tenanttest.Do(tenant, assignment.List{Graph: tenant.Client, App: "Workato"}); len(rows) != 3 {
			t.Errorf("rows %+v", rows)
		}
	})
}

// The batch is carried out, and its answer lost: it is sent again, and what
// exists already is what was asked for.
func TestAnAnswerToManyThatIsLostDoesNotAssignTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t, sandbox.WithFault(sandbox.Fault{Kind: sandbox.ResetAfter, Path: "/$batch", Skip: 2, First: 1}))
		done := tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "betty@contoso.com"}})
		rows := tenanttest.Do(tenant, assignment.List{Graph: tenant.Client, App: "Workato"})
		if len(done) != 2 || len(rows) != 2 {
			t.Errorf("done %+v, rows %+v", done, rows)
		}
	})
}

func TestEveryNameThatNobodyHasIsTold(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, assignment.Add{
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "nobody@contoso.com", "nix"}, Groups: []string{"Salez"},
	})
	e, ok := errors.AsType[*provisioning.MissingError](err)
	if !ok || tenant.Writes() != 0 {
		t.Fatalf("%v after %d writes", err, tenant.Writes())
	}
	want := `no user named "nobody@contoso.com"; no user named "nix"; no group named "Salez" (near: Sales)`
	if e.Error() != want || !graph.IsNotFound(err) {
		t.Errorf("got %s", e)
	}
}

func TestAWarningTellsWhoIsNotProvisionedThoughAssigned(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	var got remedy.List
	for _, done := range tenanttest.Do(tenant, assignment.Add{
		Graph: tenant.Client, App: "Workato", Users: []string{"ada@contoso.com", "alan@contoso.com"}, Groups: []string{"Sales", "Finance (dynamic)"},
	}) {
		got = append(got, done.Warnings...)
	}
	field, err := directory.FindGroup(t.Context(), tenant.Client, "Sales Field Team")
	if err != nil {
		t.Fatal(err)
	}
	want := remedy.List{
		remedy.Advise("alan@contoso.com is disabled in Entra, and so is not active in the application either"),
		{
			Reason: "Sales contains the group Sales Field Team: provisioning reaches direct members only; to include the others",
			Args:   []string{"assignment", "add", "--group=Sales Field Team"},
			IDs:    map[string]string{"Sales Field Team": field.ID},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestAGroupThatIsNotSecurityEnabledIsRefusedInWords(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	err := tenanttest.Fails(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"All Hands News"}})
	if e, ok := errors.AsType[*assignment.GroupRefusedError](err); !ok || e.Group != "All Hands News" || e.Err != nil || tenant.Writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.Writes())
	}
	tenant.Answer("POST appRoleAssignedTo", tenanttest.With(400, tenanttest.GraphError("Request_BadRequest", "Not a valid reference update.")))
	err = tenanttest.Fails(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Groups: []string{"Sales"}})
	if e, ok := errors.AsType[*assignment.GroupRefusedError](err); !ok || e.Group != "Sales" || e.Err == nil {
		t.Errorf("a group that Graph refuses gives %v", err)
	}
}

func TestTheListTellsWhoIsWhoAndHowManyAreInAGroup(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"john.smith@contoso.com", "john.smith2@contoso.com"}, Groups: []string{"Sales"}})
	tenant.ForgetRequests()
	var got []string
	for _, row := range tenanttest.Do(tenant, assignment.List{Graph: tenant.Client, App: "Workato"}) {
		members := -1
		if row.Members != nil {
			members = *row.Members
		}
		got = append(got, fmt.Sprintf("%s %s %d", row.Principal, row.UserPrincipalName, members))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"John Smith john.smith2@contoso.com -1", "John Smith john.smith@contoso.com -1", "Sales  6"}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if n := len(tenant.Requests()); n != 4 {
		t.Errorf("it takes %d requests", n)
	}
	// A group that is gone has no members, and keeps nobody from being listed.
	sales, err := directory.FindGroup(t.Context(), tenant.Client, "Sales")
	if err != nil {
		t.Fatal(err)
	}
	row := func(id string) any {
		return tenanttest.Object{"id": "row", "principalId": id, "principalType": "Group", "principalDisplayName": "G", "appRoleId": "x"}
	}
	tenant.Answer("GET appRoleAssignedTo", tenanttest.With(200, tenanttest.Object{"value": []any{row(sales.ID), row("11111111-2222-3333-4444-555555555555")}}))
	rows := tenanttest.Do(tenant, assignment.List{Graph: tenant.Client, App: "Workato"})
	if len(rows) != 2 || rows[0].Members == nil || *rows[0].Members != 6 || rows[1].Members != nil {
		t.Errorf("rows %+v", rows)
	}
}

func TestWhoStaysAssignedIsToldHow(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workato", Users: []string{"dorothy@contoso.com"}, Groups: []string{"Sales"}})
	done := tenanttest.Do(tenant, assignment.Remove{Graph: tenant.Client, App: "Workato", Users: []string{"dorothy@contoso.com"}})
	if diff := cmp.Diff([]string{"User through Sales"}, done[0].Still); diff != "" || done[0].Follows != assignment.FollowsStillThere {
		t.Errorf("removed %+v", done[0])
	}
}

// The directory has not heard of a new application everywhere yet: each of the
// answers in a batch says so, and is waited out.
func TestANewApplicationIsAssignedToWhenItIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		tenanttest.Do(tenant, apps.Create{Graph: tenant.Client, Name: "Grid"})
		tries := 0
		tenant.Answer("POST appRoleAssignedTo", func(w http.ResponseWriter, r *http.Request) {
			if tries++; tries < 4 {
				tenanttest.With(404, tenanttest.GraphError("Request_ResourceNotFound", "Resource 'sp' does not exist."))(w, r)
				return
			}
			tenant.Assigning(w, r)
		})
		add := assignment.Add{Graph: tenant.Client, App: "Grid", Users: []string{"ada@contoso.com"}}
		if done := tenanttest.Do(tenant, add); len(done) != 1 || done[0].Already || tries != 4 {
			t.Errorf("%+v after %d tries", done, tries)
		}
		tries = -1 << 30
		add.Users = []string{"betty@contoso.com"}
		if _, ok := errors.AsType[*graph.NotReplicatedError](tenanttest.Fails(tenant, add)); !ok {
			t.Error("what never comes is not told as that")
		}
	})
}
