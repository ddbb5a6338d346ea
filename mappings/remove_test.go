package mappings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

// remove carries a Remove out on the schema.
func remove(t *testing.T, s *schema.Schema, targets ...string) ([]diff.Change, error) {
	t.Helper()
	edit, err := mappings.Remove{Targets: targets}.Plan(t.Context(), schematest.Place(s))
	if err != nil {
		return nil, err
	}
	return schematest.Carry(t, edit, s)
}

func TestMappingsAreRemovedAndAgainIsNoError(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	changes, err := remove(t, s, "emails[type eq 'work'].value", "userType")
	want := []diff.Change{
		{Object: "user", Kind: diff.ChangedMapping, Name: "userType", Old: `"Employee"`},
		{Object: "user", Kind: diff.ChangedMapping, Name: `emails[type eq "work"].value`, Old: "[mail]"},
	}
	if diff := cmp.Diff(want, changes); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if again, err := remove(t, s, "emails[type eq 'work'].value", "userType", "title", "neverHeardOf"); err != nil || len(again) > 0 {
		t.Errorf("again: %v, %v", again, err)
	}
}

func TestATargetThatIsLikelyMisspeltIsNotFound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"userTpe", "usertpe"} {
		_, err := remove(t, schematest.Parse(t, schematest.Text(t)), name)
		if diff := cmp.Diff(&graph.NotFoundError{Kind: "mapping", Name: name, Near: []string{"userType"}}, err); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

func TestAMappingThatMustStayIsNotRemoved(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	_, err := remove(t, s, "userType", "userName")
	if e, ok := errors.AsType[*schema.RefusedError](err); !ok || !strings.Contains(err.Error(), "the application requires it") {
		t.Errorf("got %v", e)
	}
	if _, mapped := schematest.Object(t, s, schema.User).Mapping("userType"); !mapped {
		t.Error("the other one is removed")
	}
	edit, err := mappings.Remove{Object: schema.Group, Targets: []string{"displayName"}}.Plan(t.Context(), schematest.Place(s))
	if err != nil {
		t.Fatal(err)
	}
	if err := edit(s); err == nil || !strings.Contains(err.Error(), "accounts are matched by nothing else") {
		t.Errorf("got %v", err)
	}
}

// risks are those of an edit of the schema.
func risks(t *testing.T, plan func(*schema.Schema) ([]diff.Change, error)) []string {
	t.Helper()
	whole := []byte(strings.Replace(string(schematest.Text(t)), `"Add, Delete"`, `"Add, Update, Delete"`, 1))
	before, after := schematest.Parse(t, whole), schematest.Parse(t, whole)
	changes, err := plan(after)
	if err != nil {
		t.Fatal(err)
	}
	return diff.Risks(before, after, changes)
}

func TestWhatIsDangerousIsNamed(t *testing.T) {
	t.Parallel()
	setting := func(s schema.Setting) func(*schema.Schema) ([]diff.Change, error) {
		return func(schema *schema.Schema) ([]diff.Change, error) { return schematest.Set(t, schema, s) }
	}
	removing := func(targets ...string) func(*schema.Schema) ([]diff.Change, error) {
		return func(schema *schema.Schema) ([]diff.Change, error) { return remove(t, schema, targets...) }
	}
	acting := func(disable []string) func(*schema.Schema) ([]diff.Change, error) {
		return func(document *schema.Schema) ([]diff.Change, error) {
			return schematest.Carry(t, mappings.ChangeActions(schema.User, nil, disable), document)
		}
	}
	for _, c := range []struct {
		name string
		plan func(*schema.Schema) ([]diff.Change, error)
		want []string
	}{
		{"a default", setting(schema.Setting{Mapping: schema.Mapping{Target: "preferredLanguage", Default: "de"}}), []string{}},
		{"a mapping", setting(schema.Setting{Mapping: schema.Mapping{Target: "title", Source: "jobTitle"}}), []string{}},
		{
			"the source of a matching attribute", setting(schema.Setting{Mapping: schema.Mapping{Target: "userName", Source: "mail"}}),
			[]string{"accounts of users are matched by userName from [mail] instead of userName from [userPrincipalName]: who is not found by that gets a second account"},
		},
		{"the default of a matching attribute", setting(schema.Setting{Mapping: schema.Mapping{Target: "userName", Default: "x"}}), []string{}},
		{
			"a second matching attribute", setting(schema.Setting{Mapping: schema.Mapping{Target: "externalId", Source: "mail", Match: 2}}),
			[]string{"accounts of users are matched by userName from [userPrincipalName], then externalId from [mail] instead of userName from [userPrincipalName]: who is not found by that gets a second account"},
		},
		{"a removal", removing("userType"), []string{"userType is no longer sent, and the application keeps the last value"}},
		{
			"the removal of what disables", removing("active", "userType"),
			[]string{
				"IsSoftDeleted is mapped no longer: nobody is disabled in the application any more, whoever leaves keeps the account",
				"active, userType are no longer sent, and the application keeps the last values",
			},
		},
		{
			"another source of what disables", setting(schema.Setting{Mapping: schema.Mapping{Target: "active", Kind: schema.Constant, Source: "True"}}),
			[]string{"IsSoftDeleted is mapped no longer: nobody is disabled in the application any more, whoever leaves keeps the account"},
		},
		{
			"no updates, with which the service disables", acting([]string{"update"}),
			[]string{"accounts are updated no longer: nobody is disabled in the application any more, whoever leaves keeps the account"},
		},
		{"no deletions", acting([]string{"delete"}), []string{}},
	} {
		if diff := cmp.Diff(c.want, risks(t, c.plan)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestWhatRevokesARoleIsNamed(t *testing.T) {
	t.Parallel()
	const role = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role_prod"
	before := schematest.Parse(t, schematest.Text(t))
	if _, err := schematest.Add(t, before, mappings.Add{Mappings: []schema.Mapping{{Target: role, Source: "mail"}}}); err != nil {
		t.Fatal(err)
	}
	after := schematest.Parse(t, before.Bytes())
	changes, err := remove(t, after, role)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{role + " is no longer sent, and the application keeps the last value; what revokes a role is to provision NoAccess before"}
	if diff := cmp.Diff(want, diff.Risks(before, after, changes)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMappingsAreRemovedInOneWrite(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		u := c.Update(c.Graph, nil)
		u.Plan = mappings.Remove{Targets: []string{"title", "nickName", "externalId"}}.Plan
		result, err := u.Do(c.Context())
		if err != nil || len(result.Changes) != 2 {
			c.Errorf("got %+v, %v", result, err)
		}
		if puts, all := c.Puts(); puts != 1 || all != 6 {
			c.Errorf("%d requests, %d of them write", all, puts)
		}
	})
}
