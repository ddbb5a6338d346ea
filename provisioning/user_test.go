package provisioning_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

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
