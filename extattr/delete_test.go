package extattr_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
)

func TestAnExtensionIsDeletedByItsShortOrFullName(t *testing.T) {
	inCompany(t, func(c *company) {
		made, err := extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge", "seats"}}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		for _, name := range []string{"badge", made[1].FullName} {
			var asked extattr.Extension
			confirm := func(_ context.Context, e extattr.Extension) error { asked = e; return nil }
			gone, err := extattr.Delete{Graph: c.graph, App: "Workato", Name: name, Confirm: confirm}.Do(c.Context())
			if err != nil || !cmp.Equal(gone, asked) || gone.FullName == "" {
				c.Errorf("%s: got %+v, %v", name, gone, err)
			}
		}
		list, err := extattr.List{Graph: c.graph, App: "Workato"}.Do(c.Context())
		if err != nil || list == nil || len(list) > 0 {
			c.Errorf("left %v, %v", list, err)
		}
	})
}

func TestAnExtensionThatIsNotThereIsNotFoundWithNamesNearIt(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		_, err := extattr.Delete{Graph: c.graph, App: "Workato", Name: "badges"}.Do(c.Context())
		want := &graph.NotFoundError{Kind: "extension property", Name: "badges", Near: []string{"badge"}}
		if diff := cmp.Diff(error(want), err); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestNothingIsDeletedUnlessConfirmed(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		no := errors.New("no")
		_, err := extattr.Delete{Graph: c.graph, App: "Workato", Name: "badge", Confirm: func(context.Context, extattr.Extension) error { return no }}.Do(c.Context())
		if !errors.Is(err, no) || count(c.asked(), "DELETE") > 0 {
			c.Errorf("got %v", err)
		}
	})
}

func TestAnExtensionFromOnPremisesIsNotDeleted(t *testing.T) {
	inCompany(t, func(c *company) {
		synced := `{"value":[{"id":"1","name":"` + extattr.FullName(c.workato().AppID, "badge") + `","dataType":"String","targetObjects":["User"],"isSyncedFromOnPremises":true}]}`
		client := c.client(graph.Options{Transport: meddler{c.tenant.Transport(), func(r *http.Request) *http.Response {
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/extensionProperties") {
				return answer(r, http.StatusOK, synced)
			}
			return nil
		}}})
		_, err := extattr.Delete{Graph: client, App: "Workato", Name: "badge"}.Do(c.Context())
		if !failure.Is(err, failure.Conflict) || count(c.asked(), "DELETE") > 0 {
			c.Errorf("got %v", err)
		}
	})
}

// Somebody else deletes it after it was looked for, or Graph's answer to the
// first try was lost.
func TestAnExtensionThatIsGoneInTheMeantimeIsDeleted(t *testing.T) {
	inCompany(t, func(c *company) {
		made, err := extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge"}}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		meanwhile := func(ctx context.Context, e extattr.Extension) error {
			return applications.DeleteExtension(ctx, c.graph, c.workato().ApplicationID, e.ID)
		}
		gone, err := extattr.Delete{Graph: c.graph, App: "Workato", Name: "badge", Confirm: meanwhile}.Do(c.Context())
		if err != nil || gone.ID != made[0].ID {
			c.Errorf("got %+v, %v", gone, err)
		}
	})
}
