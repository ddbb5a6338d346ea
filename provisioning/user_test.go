package provisioning_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

func TestAUserIsDeletedAndRestoredOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := newTenant(t)
		var asked provisioning.Risk
		remove := provisioning.DeleteUser{
			Graph: tenant.client, User: "ada@contoso.com", Confirm: func(_ context.Context, r provisioning.Risk) error { asked = r; return nil },
		}
		if done := do(tenant, remove); done.Already || asked.People != 1 {
			t.Errorf("deleted %+v, asked %+v", done, asked)
		}
		if again := do(tenant, remove); !again.Already || again.Deleted.IsZero() {
			t.Errorf("deleted again %+v", again)
		}
		restore := provisioning.RestoreUser{Graph: tenant.client, User: "ada@contoso.com"}
		if done := do(tenant, restore); done.Already || done.UserPrincipalName != "ada@contoso.com" {
			t.Errorf("restored %+v", done)
		}
		if again := do(tenant, restore); !again.Already {
			t.Errorf("restored again %+v", again)
		}
	})
}

// Somebody else deletes the user while the question stands.
func TestAUserWhoIsGoneInTheMeantimeIsDeletedAlready(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	ada, err := tenant.client.FindUser(t.Context(), "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	done := do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "ada@contoso.com", Confirm: func(_ context.Context, _ provisioning.Risk) error {
		return tenant.client.DeleteUser(t.Context(), ada.ID)
	}})
	if !done.Already || done.ID != ada.ID {
		t.Errorf("deleted %+v", done)
	}
}

func TestAnUnknownUserIsNeitherDeletedNorRestored(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	for _, err := range []error{
		fails(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "nobody@contoso.com"}),
		fails(tenant, provisioning.RestoreUser{Graph: tenant.client, User: "nobody@contoso.com"}),
	} {
		if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || none.Name != "nobody@contoso.com" {
			t.Errorf("got %v", err)
		}
	}
}

func TestAUserIsShownWithTheirAssignments(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.assign("ada@contoso.com")
	ada := do(tenant, provisioning.ShowUser{Graph: tenant.client, User: "ada@contoso.com", App: "Workato"})
	if ada.DisplayName != "Ada Lovelace" || len(ada.Assignments) != 1 || ada.Assignments[0].Role != "User" {
		t.Errorf("shown %+v", ada)
	}
	if without := do(tenant, provisioning.ShowUser{Graph: tenant.client, User: "ada@contoso.com"}); without.App != nil || without.Assignments == nil {
		t.Errorf("shown %+v", without)
	}
}

func TestADeletedUserIsListedWithTheirFormerNameAndTheDayOfTheirEnd(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "ada@contoso.com"})
	do(tenant, provisioning.DeleteUser{Graph: tenant.client, User: "betty@contoso.com"})
	for search, want := range map[string]int{"": 2, "BETTY": 1, "ada l": 1, "zz": 0} {
		if users := do(tenant, provisioning.ListUsers{Graph: tenant.client, Deleted: true, Search: search}); len(users) != want || users == nil {
			t.Errorf("%q finds %+v", search, users)
		}
	}
	users := do(tenant, provisioning.ListUsers{Graph: tenant.client, Deleted: true, Top: 1})
	if len(users) != 1 || users[0].Former != "ada@contoso.com" || users[0].Purge.Sub(users[0].Deleted) != 30*24*time.Hour {
		t.Errorf("listed %+v", users)
	}
	err := fails(tenant, provisioning.ShowUser{Graph: tenant.client, User: "ada@contoso.com"})
	if e, ok := errors.AsType[*provisioning.DeletedUserError](err); !ok || e.User.ID != users[0].ID {
		t.Errorf("shown: %v", err)
	}
}

func TestTheQuestionNamesTheApplicationsOfWhoIsDeleted(t *testing.T) {
	t.Parallel()
	tenant := newTenant(t)
	tenant.assign("ada@contoso.com")
	do(tenant, provisioning.AddAssignments{Graph: tenant.client, App: "Workday Reporting", Users: []string{"ada@contoso.com"}})
	var asked provisioning.Risk
	remove := provisioning.DeleteUser{
		Graph: tenant.client, User: "ada@contoso.com", Confirm: func(_ context.Context, r provisioning.Risk) error { asked = r; return errors.New("no") },
	}
	if err := fails(tenant, remove); !strings.Contains(asked.What, "(Workato, Workday Reporting)") {
		t.Errorf("asked %s, %v", asked.What, err)
	}
	// Who may not read assignments may delete all the same.
	tenant.answer("GET appRoleAssignments", with(403, graphError("Authorization_RequestDenied", "Insufficient privileges.")))
	remove.Confirm = func(_ context.Context, r provisioning.Risk) error { asked = r; return nil }
	if done := do(tenant, remove); len(done.Apps) != 0 || !strings.Contains(asked.What, "applications that they are provisioned to") {
		t.Errorf("deleted %+v, asked %s", done, asked.What)
	}
}
