package extattr_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestThreeExtensionsAreMadeOnceAndWaitedFor(t *testing.T) {
	inCompany(t, func(c *company) {
		create := extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"workato_role", "workato_role_test", "workato_role_prod"}}
		first, err := create.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		asked := c.asked()
		if posts := count(asked, "POST extensionProperties"); posts != 3 {
			c.Errorf("%d posts", posts)
		}
		if polls := count(asked, "POST getAvailableExtensionProperties"); polls != 2 || len(asked) != 3+3+polls {
			c.Errorf("asked %q", asked)
		}
		appID := c.workato().AppID
		for i, e := range first {
			want := extattr.Created{Name: create.Names[i], FullName: extattr.FullName(appID, create.Names[i]), ID: e.ID, Created: true}
			if diff := cmp.Diff(want, e); diff != "" || e.ID == "" {
				c.Errorf("(-want +got)\n%s", diff)
			}
		}
		c.asked()
		again, err := create.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		if asked := c.asked(); count(asked, "POST extensionProperties") > 0 || len(asked) != 4 {
			c.Errorf("again: asked %q", asked)
		}
		for i := range first {
			first[i].Created = false
		}
		if diff := cmp.Diff(first, again); diff != "" {
			c.Errorf("again (-want +got)\n%s", diff)
		}
	})
}

func TestWhatIsWaitedForIsSaidOnce(t *testing.T) {
	inCompany(t, func(c *company) {
		began := time.Now()
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		if took := time.Since(began); took < time.Minute {
			c.Errorf("took %s", took)
		}
		if len(c.notices) != 1 || !strings.Contains(c.notices[0], "Workato") {
			c.Errorf("notices %q", c.notices)
		}
	}, sandbox.WithLagTime(time.Minute))
}

func TestWaitingHasAnEnd(t *testing.T) {
	inCompany(t, func(c *company) {
		client := c.client(graph.Options{WaitTimeout: time.Minute})
		made, err := extattr.Create{Graph: client, App: "Workato", Names: []string{"badge"}}.Do(c.Context())
		if _, ok := errors.AsType[*graph.NotReplicatedError](err); !ok || len(made) != 1 || !made[0].Created {
			c.Errorf("got %v, %v", made, err)
		}
	}, sandbox.WithLagTime(time.Hour))
}

func TestATypeIsTakenInAnyCase(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"seats"}, DataType: "integer", Target: "user"}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		list, err := extattr.List{Graph: c.graph, App: "Workato"}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want := []extattr.Extension{{
			Name: "seats", FullName: extattr.FullName(c.workato().AppID, "seats"), ID: list[0].ID, DataType: "Integer", TargetObjects: []string{"User"},
		}}
		if diff := cmp.Diff(want, list); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestAnExtensionOfAnotherTypeIsAConflictAndNothingIsMade(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"seats"}, DataType: "Integer"}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		c.asked()
		for _, create := range []extattr.Create{
			{Names: []string{"new", "seats"}},
			{Names: []string{"new", "seats"}, DataType: "Integer", Target: "Group"},
			{Names: []string{"new", "seats"}, DataType: "Integer", MultiValued: true},
		} {
			create.Graph, create.App = c.graph, "Workato"
			_, err := create.Do(c.Context())
			if e, ok := errors.AsType[*extattr.ConflictError](err); !ok || e.Have.DataType != "Integer" {
				c.Errorf("%+v: got %v", create, err)
			}
		}
		if asked := c.asked(); count(asked, "POST") > 0 {
			c.Errorf("asked %q", asked)
		}
	})
}

func TestANameThatCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	inCompany(t, func(c *company) {
		for _, name := range []string{"", "workato role", "workato-role", "rôle", "a\tb", strings.Repeat("x", 300)} {
			_, err := extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"fine", name}}.Do(c.Context())
			if e, ok := errors.AsType[*extattr.NameError](err); !ok || e.Name != name {
				c.Errorf("%q: got %v", name, err)
			}
		}
		for _, create := range []extattr.Create{{DataType: "Text"}, {Target: "Person"}} {
			create.Graph, create.App, create.Names = c.graph, "Workato", []string{"fine"}
			_, err := create.Do(c.Context())
			if !failure.Is(err, failure.Invalid) {
				c.Errorf("got %v", err)
			}
		}
		if asked := c.asked(); len(asked) > 0 {
			c.Errorf("asked %q", asked)
		}
	})
}

func TestAFullNameIsTakenForItsOwnApplicationOnly(t *testing.T) {
	inCompany(t, func(c *company) {
		own := extattr.FullName(c.workato().AppID, "badge")
		made, err := extattr.Create{Graph: c.graph, App: "Workato", Names: []string{own, "badge"}}.Do(c.Context())
		if err != nil || len(made) != 1 || made[0].Name != "badge" || made[0].FullName != own {
			c.Errorf("got %+v, %v", made, err)
		}
		_, err = extattr.Create{Graph: c.graph, App: "Workday Reporting", Names: []string{own}}.Do(c.Context())
		if _, ok := errors.AsType[*extattr.NameError](err); !ok {
			c.Errorf("got %v", err)
		}
	})
}

func TestAnApplicationWithoutAServicePrincipalIsRefused(t *testing.T) {
	inCompany(t, func(c *company) {
		_, err := extattr.Create{Graph: c.graph, App: "Badge Printer", Names: []string{"badge"}}.Do(c.Context())
		if !failure.Is(err, failure.Conflict) {
			c.Errorf("got %v", err)
		}
		if asked := c.asked(); count(asked, "POST") > 0 {
			c.Errorf("asked %q", asked)
		}
	})
}

func TestADryRunMakesNothing(t *testing.T) {
	inCompany(t, func(c *company) {
		client := c.client(graph.Options{DryRun: true})
		made, err := extattr.Create{Graph: client, App: "Workato", Names: []string{"badge"}}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want := []extattr.Created{{Name: "badge", FullName: extattr.FullName(c.workato().AppID, "badge"), Created: true}}
		if diff := cmp.Diff(want, made); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if asked := c.asked(); count(asked, "POST") > 0 || len(c.held) != 1 {
			c.Errorf("asked %q, held %v", asked, c.held)
		}
	})
}

// Graph sometimes confirms an extension and forgets it: here the first POST
// never arrives.
func TestAnExtensionThatIsLostIsMadeAgain(t *testing.T) {
	inCompany(t, func(c *company) {
		lost := 0
		client := c.client(graph.Options{Transport: meddler{c.tenant.Transport(), func(r *http.Request) *http.Response {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/extensionProperties") || lost > 0 {
				return nil
			}
			lost++
			return answer(r, http.StatusCreated, `{"id":"lost","name":"`+extattr.FullName(c.workato().AppID, "badge")+`","dataType":"String","targetObjects":["User"]}`)
		}}})
		made, err := extattr.Create{Graph: client, App: "Workato", Names: []string{"badge"}}.Do(c.Context())
		if err != nil || !made[0].Created || made[0].ID == "lost" || lost != 1 {
			c.Errorf("got %+v, %v", made, err)
		}
	})
}

// Somebody makes the extension after it was looked for: here the first list
// does not show it.
func TestARaceThatEndsAlikeCountsAsSuccess(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		blind := func() *graph.Client {
			lists := 0
			return c.client(graph.Options{Transport: meddler{c.tenant.Transport(), func(r *http.Request) *http.Response {
				if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/extensionProperties") || lists > 0 {
					return nil
				}
				lists++
				return answer(r, http.StatusOK, `{"value":[]}`)
			}}})
		}
		made, err := extattr.Create{Graph: blind(), App: "Workato", Names: []string{"badge"}}.Do(c.Context())
		if err != nil || made[0].Created || made[0].ID == "" {
			c.Errorf("got %+v, %v", made, err)
		}
		_, err = extattr.Create{Graph: blind(), App: "Workato", Names: []string{"badge"}, DataType: "Boolean"}.Do(c.Context())
		if _, ok := errors.AsType[*extattr.ConflictError](err); !ok {
			c.Errorf("got %v", err)
		}
	})
}

// A run that was cut short right after its POST leaves a list that does not
// show the extension yet, and a second run meets both.
func TestAnExtensionThatExistsAndIsNotListedYetIsWaitedFor(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: []string{"badge"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		lists := 0
		client := c.client(graph.Options{Transport: meddler{c.tenant.Transport(), func(r *http.Request) *http.Response {
			if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/extensionProperties") || lists == 3 {
				return nil
			}
			lists++
			return answer(r, http.StatusOK, `{"value":[]}`)
		}}})
		made, err := extattr.Create{Graph: client, App: "Workato", Names: []string{"badge"}}.Do(c.Context())
		if err != nil || made[0].Created || made[0].ID == "" {
			c.Errorf("got %+v, %v", made, err)
		}
	})
}

func answer(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}

func TestWhatARefusalCameBeforeIsNotCalledMade(t *testing.T) {
	inCompany(t, func(c *company) {
		posts := 0
		client := c.client(graph.Options{Transport: meddler{c.tenant.Transport(), func(r *http.Request) *http.Response {
			if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/extensionProperties") {
				return nil
			}
			if posts++; posts == 1 {
				return nil
			}
			return answer(r, http.StatusForbidden, `{"error":{"code":"Authorization_RequestDenied","message":"no"}}`)
		}}})
		made, err := extattr.Create{Graph: client, App: "Workato", Names: []string{"one", "two", "three"}}.Do(c.Context())
		if err == nil || len(made) != 1 || made[0].Name != "one" || !made[0].Created {
			c.Errorf("got %+v, %v", made, err)
		}
	})
}
