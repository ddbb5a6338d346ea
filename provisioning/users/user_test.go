package users_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/users"
)

func TestAUserIsDeletedAndRestoredOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tenant := tenanttest.NewTenant(t)
		var asked provisioning.Risk
		remove := users.Delete{
			Graph: tenant.Client, User: "ada@contoso.com", Confirm: func(_ context.Context, r provisioning.Risk) error { asked = r; return nil },
		}
		if done := tenanttest.Do(tenant, remove); done.Already || asked.People != 1 {
			t.Errorf("deleted %+v, asked %+v", done, asked)
		}
		if again := tenanttest.Do(tenant, remove); !again.Already || again.Deleted.IsZero() {
			t.Errorf("deleted again %+v", again)
		}
		restore := users.Restore{Graph: tenant.Client, User: "ada@contoso.com"}
		if done := tenanttest.Do(tenant, restore); done.Already || done.UserPrincipalName != "ada@contoso.com" {
			t.Errorf("restored %+v", done)
		}
		if again := tenanttest.Do(tenant, restore); !again.Already {
			t.Errorf("restored again %+v", again)
		}
	})
}

// Somebody else deletes the user while the question stands.
func TestAUserWhoIsGoneInTheMeantimeIsDeletedAlready(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	ada, err := directory.FindUser(t.Context(), tenant.Client, "ada@contoso.com")
	if err != nil {
		t.Fatal(err)
	}
	done := tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "ada@contoso.com", Confirm: func(_ context.Context, _ provisioning.Risk) error {
		return directory.DeleteUser(t.Context(), tenant.Client, ada.ID)
	}})
	if !done.Already || done.ID != ada.ID {
		t.Errorf("deleted %+v", done)
	}
}

func TestAnUnknownUserIsNeitherDeletedNorRestored(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	for _, err := range []error{
		tenanttest.Fails(tenant, users.Delete{Graph: tenant.Client, User: "nobody@contoso.com"}),
		tenanttest.Fails(tenant, users.Restore{Graph: tenant.Client, User: "nobody@contoso.com"}),
	} {
		if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || none.Name != "nobody@contoso.com" {
			t.Errorf("got %v", err)
		}
	}
}

func TestAUserIsShownWithTheirAssignments(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Assign("ada@contoso.com")
	ada := tenanttest.Do(tenant, users.Show{Graph: tenant.Client, User: "ada@contoso.com", App: "Workato"})
	if ada.DisplayName != "Ada Lovelace" || len(ada.Assignments) != 1 || ada.Assignments[0].Role != "User" {
		t.Errorf("shown %+v", ada)
	}
	if without := tenanttest.Do(tenant, users.Show{Graph: tenant.Client, User: "ada@contoso.com"}); without.App != nil || without.Assignments == nil {
		t.Errorf("shown %+v", without)
	}
}

func TestADeletedUserIsListedWithTheirFormerNameAndTheDayOfTheirEnd(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "ada@contoso.com"})
	tenanttest.Do(tenant, users.Delete{Graph: tenant.Client, User: "betty@contoso.com"})
	for search, want := range map[string]int{"": 2, "BETTY": 1, "ada l": 1, "zz": 0} {
		if users := tenanttest.Do(tenant, users.List{Graph: tenant.Client, Deleted: true, Search: search}); len(users) != want || users == nil {
			t.Errorf("%q finds %+v", search, users)
		}
	}
	people := tenanttest.Do(tenant, users.List{Graph: tenant.Client, Deleted: true, Top: 1})
	if len(people) != 1 || people[0].Former != "ada@contoso.com" || people[0].Purge.Sub(people[0].Deleted) != 30*24*time.Hour {
		t.Errorf("listed %+v", people)
	}
	err := tenanttest.Fails(tenant, users.Show{Graph: tenant.Client, User: "ada@contoso.com"})
	if e, ok := errors.AsType[*users.DeletedUserError](err); !ok || e.User.ID != people[0].ID {
		t.Errorf("shown: %v", err)
	}
}

func TestTheQuestionNamesTheApplicationsOfWhoIsDeleted(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Assign("ada@contoso.com")
	tenanttest.Do(tenant, assignment.Add{Graph: tenant.Client, App: "Workday Reporting", Users: []string{"ada@contoso.com"}})
	var asked provisioning.Risk
	remove := users.Delete{
		Graph: tenant.Client, User: "ada@contoso.com", Confirm: func(_ context.Context, r provisioning.Risk) error { asked = r; return errors.New("no") },
	}
	if err := tenanttest.Fails(tenant, remove); !strings.Contains(asked.What, "(Workato, Workday Reporting)") {
		t.Errorf("asked %s, %v", asked.What, err)
	}
	// Who may not read assignments may delete all the same.
	tenant.Answer("GET appRoleAssignments", tenanttest.With(403, tenanttest.GraphError("Authorization_RequestDenied", "Insufficient privileges.")))
	remove.Confirm = func(_ context.Context, r provisioning.Risk) error { asked = r; return nil }
	if done := tenanttest.Do(tenant, remove); len(done.Apps) != 0 || !strings.Contains(asked.What, "applications that they are provisioned to") {
		t.Errorf("deleted %+v, asked %s", done, asked.What)
	}
}
