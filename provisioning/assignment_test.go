package provisioning_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

func TestUsersAndGroupsAreAssignedByName(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	add := provisioning.AddAssignments{
		Graph: tenant.client, App: "Workato",
		Users: []string{"ada@contoso.com", "sean.o'brien@contoso.com", "mary_fabrikam.com#EXT#@contoso.com"}, Groups: []string{"Workato Pilots"},
	}
	var got []string
	for _, done := range do(tenant, add) {
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
	for _, done := range do(tenant, add) {
		if !done.Already {
			t.Errorf("%s was assigned twice", done.Name)
		}
	}
	if tenant.writes() != 0 {
		t.Errorf("the second run wrote %d times", tenant.writes())
	}
}

func TestSomebodyNamedTwiceIsAssignedOnce(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	done := do(tenant, provisioning.AddAssignments{
		Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "Ada@Contoso.com"}, Groups: []string{"Sales", "Sales"},
	})
	if len(done) != 2 || tenant.writes() != 2 {
		t.Errorf("%d writes for %+v", tenant.writes(), done)
	}
}

func TestAnotherRoleIsAnotherAssignment(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.assign("ada@contoso.com")
	done := do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access"})
	if done[0].Already || done[0].Role != "msiam_access" {
		t.Errorf("assigned %+v", done)
	}
	rows := do(tenant, provisioning.ListAssignments{Graph: tenant.client, App: "Workato"})
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
	tenant := newTenant(t)
	for _, role := range []string{"Reader", "00000000-0000-0000-0000-000000000000"} {
		err := fails(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: role})
		none, ok := errors.AsType[*graph.NotFoundError](err)
		if !ok || len(none.Near) == 0 || tenant.writes() != 0 {
			t.Errorf("%s gives %v after %d writes", role, err, tenant.writes())
		}
	}
}

func TestOneUnknownNameLeavesAllUnassigned(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	err := fails(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "nobody@contoso.com"}})
	if !graph.IsNotFound(err) || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}

func TestWhatFailsForOneIsDoneForTheOthers(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	done, err := provisioning.AddAssignments{
		Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}, Groups: []string{"All Hands News", "Sales"},
	}.Do(t.Context())
	failed, ok := errors.AsType[*provisioning.PartialError](err)
	if !ok || len(failed.Failed) != 1 || failed.Failed[0].Name != "All Hands News" || failed.Total != 3 || len(done) != 2 {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestAnAssignmentThatSomebodyElseMadeCountsWhenItShows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		tenant.assign("ada@contoso.com")
		looks := 0
		tenant.hide("GET appRoleAssignments", &looks, 1)
		done := do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}})
		if !done[0].Already || looks < 2 {
			t.Errorf("%+v after %d looks", done, looks)
		}
	})
}

func TestRemovingTakesEveryRoleAndSaysWhatFollows(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.assign("ada@contoso.com")
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access"})
	var asked []provisioning.Risk
	remove := provisioning.RemoveAssignments{
		Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com", "edsger@contoso.com"},
		Confirm: func(_ context.Context, r provisioning.Risk) error { asked = append(asked, r); return nil },
	}
	done := do(tenant, remove)
	if len(done[0].Roles) != 2 || done[0].Follows != provisioning.FollowsDisable {
		t.Errorf("removed %+v", done[0])
	}
	if !done[1].Already || done[1].Follows != provisioning.FollowsNothing {
		t.Errorf("removed %+v", done[1])
	}
	if len(asked) != 1 || asked[0].People != 1 {
		t.Errorf("asked %+v", asked)
	}
	tenant.ForgetRequests()
	if again := do(tenant, remove); !again[0].Already || tenant.writes() != 0 || len(asked) != 1 {
		t.Errorf("the second run wrote %d times, asked %d times and says %+v", tenant.writes(), len(asked), again)
	}
}

func TestOneRoleOfSeveralLeavesTheUserAssigned(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.assign("ada@contoso.com")
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access"})
	done := do(tenant, provisioning.RemoveAssignments{
		Graph: tenant.client, App: "Workato", Users: []string{"ada@contoso.com"}, Role: "msiam_access",
		Confirm: func(_ context.Context, r provisioning.Risk) error { t.Errorf("asked %+v", r); return nil },
	})
	if diff := cmp.Diff([]string{"msiam_access"}, done[0].Roles); diff != "" || done[0].Follows != provisioning.FollowsStillThere {
		t.Errorf("removed %+v", done[0])
	}
}

func TestWhoeverDeclinesHasNothingRemoved(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workato", Groups: []string{"Sales"}})
	tenant.ForgetRequests()
	declined := errors.New("no")
	err := fails(tenant, provisioning.RemoveAssignments{
		Graph: tenant.client, App: "Workato", Groups: []string{"Sales"},
		Confirm: func(_ context.Context, r provisioning.Risk) error {
			if r.People != 6 {
				t.Errorf("asked about %d people", r.People)
			}
			return declined
		},
	})
	if !errors.Is(err, declined) || tenant.writes() != 0 {
		t.Errorf("%v after %d writes", err, tenant.writes())
	}
}
