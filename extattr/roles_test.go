package extattr_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// roles makes the three attributes of the guide.
func (c *company) roles() {
	c.Helper()
	names := []string{"workato_role", "workato_role_test", "workato_role_prod"}
	if _, err := (extattr.Create{Graph: c.graph, App: "Workato", Names: names}).Do(c.Context()); err != nil {
		c.Fatal(err)
	}
	c.asked()
	c.notices = nil
}

var ignoreFullNames = cmp.Options{
	cmpopts.IgnoreFields(extattr.ValueChange{}, "FullName"), cmpopts.IgnoreFields(extattr.Value{}, "FullName"), cmpopts.IgnoreFields(extattr.UserValues{}, "ID"),
}

func TestRolesOfAllEnvironmentsAreWrittenAtOnce(t *testing.T) {
	inCompany(t, func(c *company) {
		c.roles()
		set := extattr.SetRole{
			Graph: c.graph, App: "Workato", User: "ada@contoso.com", Role: "Admin",
			Env: []extattr.EnvRole{{Env: "test", Role: "Analyst"}, {Env: "prod", Role: "Operator"}},
		}
		got, err := set.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want := []extattr.ValueChange{
			{Name: "workato_role", New: "Admin", Changed: true},
			{Name: "workato_role_prod", New: "Operator", Changed: true},
			{Name: "workato_role_test", New: "Analyst", Changed: true},
		}
		if diff := cmp.Diff(want, got, ignoreFullNames); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if asked := c.asked(); count(asked, "PATCH") != 1 || len(asked) > 4 {
			c.Errorf("asked %q", asked)
		}
		if _, err := set.Do(c.Context()); err != nil || count(c.asked(), "PATCH") > 0 {
			c.Errorf("again: %v", err)
		}
		set.Role, set.Env = "", []extattr.EnvRole{{Env: "prod", Role: "NoAccess"}}
		got, err = set.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want = []extattr.ValueChange{{Name: "workato_role_prod", Old: "Operator", New: "NoAccess", Changed: true}}
		if diff := cmp.Diff(want, got, ignoreFullNames); diff != "" {
			c.Errorf("update (-want +got)\n%s", diff)
		}
	}, sandbox.WithLag(0))
}

func TestARoleThatCannotBeIsRefusedBeforeAnythingIsSent(t *testing.T) {
	inCompany(t, func(c *company) {
		for _, set := range []extattr.SetRole{
			{Role: strings.Repeat("r", 257)},
			{Env: []extattr.EnvRole{{Env: "test", Role: ""}}},
			{Role: "Admin", Env: []extattr.EnvRole{{Env: "dev", Role: "Analyst"}}},
			{},
		} {
			set.Graph, set.App, set.User = c.graph, "Workato", "ada@contoso.com"
			if _, err := set.Do(c.Context()); !isValueError(err) {
				c.Errorf("got %v", err)
			}
		}
		for _, env := range []string{"", "my env"} {
			set := extattr.SetRole{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Env: []extattr.EnvRole{{Env: env, Role: "Admin"}}}
			_, err := set.Do(c.Context())
			if _, ok := errors.AsType[*extattr.NameError](err); !ok {
				c.Errorf("got %v", err)
			}
		}
		if asked := c.asked(); len(asked) > 0 {
			c.Errorf("asked %q", asked)
		}
	})
}

func isValueError(err error) bool {
	_, ok := errors.AsType[*extattr.ValueError](err)
	return ok
}

func TestARoleForAnAttributeThatDoesNotExistNamesThoseNearIt(t *testing.T) {
	inCompany(t, func(c *company) {
		c.roles()
		want := &graph.NotFoundError{Kind: "extension property", Name: "workato_role_tset", Near: []string{"workato_role_test", "workato_role_prod"}}
		for _, client := range []*graph.Client{c.graph, c.client(graph.Options{DryRun: true})} {
			set := extattr.SetRole{Graph: client, App: "Workato", User: "ada@contoso.com", Env: []extattr.EnvRole{{Env: "tset", Role: "Analyst"}}}
			_, err := set.Do(c.Context())
			if diff := cmp.Diff(error(want), err); diff != "" {
				c.Errorf("(-want +got)\n%s", diff)
			}
		}
		if len(c.notices)+len(c.held) > 0 {
			c.Errorf("notices %q, held %v", c.notices, c.held)
		}
	})
}

func TestARoleWaitsForAnAttributeThatIsNew(t *testing.T) {
	inCompany(t, func(c *company) {
		app := c.workato()
		if _, err := applications.CreateExtension(c.Context(), c.graph, app.ApplicationID, applications.ExtensionProperty{
			Name: "workato_role", DataType: "String", TargetObjects: []string{"User"},
		}); err != nil {
			c.Fatal(err)
		}
		set := extattr.SetRole{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Role: "Admin"}
		changes, err := set.Do(c.Context())
		if err != nil || !changes[0].Changed || len(c.notices) != 1 {
			c.Errorf("got %+v, %v; notices %q", changes, err, c.notices)
		}
	}, sandbox.WithLagTime(30*time.Second))
}

func TestADryRunGivesNoRole(t *testing.T) {
	inCompany(t, func(c *company) {
		c.roles()
		set := extattr.SetRole{Graph: c.client(graph.Options{DryRun: true}), App: "Workato", User: "ada@contoso.com", Role: "Admin"}
		changes, err := set.Do(c.Context())
		if err != nil || !changes[0].Changed || len(c.held) != 1 || count(c.asked(), "PATCH") > 0 {
			c.Errorf("got %+v, %v; held %v", changes, err, c.held)
		}
	})
}

func TestRolesAreReadAndClearedByEnvironment(t *testing.T) {
	inCompany(t, func(c *company) {
		c.roles()
		set := extattr.SetRole{
			Graph: c.graph, App: "Workato", User: "ada@contoso.com", Role: "Admin", Env: []extattr.EnvRole{{Env: "prod", Role: "Operator"}},
		}
		if _, err := set.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		expect := func(values ...string) {
			c.Helper()
			got, err := extattr.GetRole{Graph: c.graph, App: "Workato", Users: []string{"ada@contoso.com"}}.Do(c.Context())
			if err != nil {
				c.Fatal(err)
			}
			want := []extattr.UserValues{{User: "ada@contoso.com", Values: []extattr.Value{
				{Name: "workato_role", Value: values[0]}, {Name: "workato_role_prod", Value: values[1]}, {Name: "workato_role_test", Value: values[2]},
			}}}
			if diff := cmp.Diff(want, got, ignoreFullNames); diff != "" {
				c.Errorf("(-want +got)\n%s", diff)
			}
		}
		expect("Admin", "Operator", "")
		clearing := extattr.ClearRole{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Envs: []string{"dev"}}
		if changes, err := clearing.Do(c.Context()); err != nil || len(changes) != 1 {
			c.Errorf("got %+v, %v", changes, err)
		}
		expect("", "Operator", "")
		clearing.Envs = nil
		if changes, err := clearing.Do(c.Context()); err != nil || len(changes) != 3 {
			c.Errorf("got %+v, %v", changes, err)
		}
		expect("", "", "")
	}, sandbox.WithLag(0))
}

func TestAnApplicationWithoutRolesIsNotFoundOut(t *testing.T) {
	inCompany(t, func(c *company) {
		_, err := extattr.GetRole{Graph: c.graph, App: "Workato", Users: []string{"ada@contoso.com"}}.Do(c.Context())
		if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
			c.Errorf("got %v", err)
		}
		_, err = extattr.ClearRole{Graph: c.graph, App: "Workato", User: "ada@contoso.com"}.Do(c.Context())
		if _, ok := errors.AsType[*graph.NotFoundError](err); !ok {
			c.Errorf("got %v", err)
		}
	})
}

func TestTheRoleAttributeMayBeGivenByItsFullName(t *testing.T) {
	inCompany(t, func(c *company) {
		c.roles()
		full := extattr.FullName(c.workato().AppID, "workato_role")
		env := []extattr.EnvRole{{Env: "prod", Role: "Operator"}}
		set := extattr.SetRole{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Attribute: full, Role: "Admin", Env: env}
		if _, err := set.Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		got, err := extattr.GetRole{Graph: c.graph, App: "Workato", Users: []string{"ada@contoso.com"}, Attribute: full}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		want := []extattr.UserValues{{User: "ada@contoso.com", Values: []extattr.Value{
			{Name: "workato_role", Value: "Admin"}, {Name: "workato_role_prod", Value: "Operator"}, {Name: "workato_role_test"},
		}}}
		if diff := cmp.Diff(want, got, ignoreFullNames); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		cleared, err := extattr.ClearRole{Graph: c.graph, App: "Workato", User: "ada@contoso.com", Attribute: full, Envs: []string{"prod"}}.Do(c.Context())
		if err != nil || len(cleared) != 1 || cleared[0].Name != "workato_role_prod" || !cleared[0].Changed {
			c.Errorf("cleared %+v, %v", cleared, err)
		}
	}, sandbox.WithLag(0))
}
