package mappings_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func addAttributes(t *testing.T, s *schema.Schema, a mappings.AddAttributes) ([]diff.Change, error) {
	t.Helper()
	edit, err := a.Plan(t.Context(), schematest.Place(s))
	if err != nil {
		return nil, err
	}
	return schematest.Carry(t, edit, s)
}

func TestAnAttributeIsAddedWithAllThatWasAskedFor(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	ask := mappings.AddAttributes{Names: []string{schematest.Team, "emails[type eq 'home'].value"}, Type: "integer", Required: true, CaseExact: true}
	got, err := addAttributes(t, s, ask)
	if err != nil || len(got) != 2 {
		t.Fatalf("changed %v, %v", got, err)
	}
	for _, name := range []string{schematest.Team, `emails[type eq "home"].value`} {
		want := schema.Attribute{Name: name, Type: "Integer", Required: true, CaseExact: true, Mutability: "ReadWrite"}
		list := schematest.Object(t, s, schema.User).TargetAttributes()
		i := slices.IndexFunc(list, func(a schema.Attribute) bool { return a.Name == name })
		if i < 0 {
			t.Fatalf("no %s in %v", name, list)
		}
		if diff := cmp.Diff(want, list[i]); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
	if again, err := addAttributes(t, s, ask); err != nil || len(again) > 0 {
		t.Errorf("a second time: %v, %v", again, err)
	}
	ask.Required, ask.Type = false, ""
	_, err = addAttributes(t, s, ask)
	if want := "the target attribute " + schematest.Team + " is there already, as Integer, required, case-exact instead of String, case-exact"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestAReferenceNamesTheAnchorOfItsObject(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		update := c.Update(c.Graph, nil)
		update.Plan = mappings.AddAttributes{Names: []string{"secretary"}, Side: schema.Source, References: []string{"User"}, NewSource: true}.Plan
		result, err := update.Do(c.Context())
		if err != nil || len(result.Changes) != 1 {
			c.Fatalf("changed %v, %v", result.Changes, err)
		}
		list := schematest.Object(c, c.Schema(), schema.User).SourceAttributes()
		want := schema.Attribute{Name: "secretary", Type: "Reference", Mutability: "ReadWrite", References: []string{"User"}}
		if diff := cmp.Diff(want, list[len(list)-1]); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if again, err := update.Do(c.Context()); err != nil || len(again.Changes) > 0 {
			c.Errorf("a second time: %v, %v", again, err)
		}
		update.Plan = mappings.AddAttributes{Names: []string{"pet"}, Side: schema.Source, References: []string{"Animal"}, NewSource: true}.Plan
		_, err = update.Do(c.Context())
		missing, ok := errors.AsType[*graph.NotFoundError](err)
		if !ok {
			c.Fatalf("got %v", err)
		}
		if diff := cmp.Diff([]string{"User", "Group"}, missing.Near); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestASourceAttributeHasTheTypeOfItsExtension(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		c.Extensions(extattr.Create{DataType: "Integer"}, "level")
		update := c.Update(c.Graph, nil)
		update.Plan = mappings.AddAttributes{Names: []string{"level"}, Side: schema.Source}.Plan
		for _, want := range [][]diff.Change{{{Object: "user", Kind: diff.ChangedSourceAttribute, Name: extattr.FullName(c.App.AppID, "level"), New: "Integer"}}, {}} {
			result, err := update.Do(c.Context())
			if diff := cmp.Diff(want, result.Changes); diff != "" || err != nil {
				c.Errorf("%v (-want +got)\n%s", err, diff)
			}
		}
	})
}

func TestAnAttributeThatWouldNotWorkIsRefused(t *testing.T) {
	t.Parallel()
	const role = "urn:ietf:params:scim:schemas:extension:contoso:2.0:User:role"
	simple := ", and an application that is not from the gallery takes custom attributes only when they are single-valued and simple"
	for _, c := range []struct {
		ask  mappings.AddAttributes
		want string
	}{
		{mappings.AddAttributes{Names: []string{""}}, "cannot add an attribute: it needs a name"},
		{mappings.AddAttributes{Names: []string{"x"}, Type: "Text"}, `unknown type "Text": an attribute is String, Integer, Boolean, DateTime, Reference, Binary`},
		{mappings.AddAttributes{Names: []string{"x"}, Type: "Reference"}, "cannot add x: a Reference names the object that it points to, and other types none"},
		{mappings.AddAttributes{Names: []string{"x"}, Type: "String", References: []string{"User"}}, "cannot add x: a Reference names the object that it points to, and other types none"},
		{mappings.AddAttributes{Names: []string{role}, Multivalued: true}, "cannot add " + role + ": it is multi-valued" + simple},
		{mappings.AddAttributes{Names: []string{role}, References: []string{"User"}}, "cannot add " + role + ": it is a reference" + simple},
		{mappings.AddAttributes{Names: []string{role + ".value"}}, "cannot add " + role + ".value: it is complex" + simple},
		{mappings.AddAttributes{Names: []string{"usrName"}}, `no target attribute "usrName"; near it: userName`},
		{mappings.AddAttributes{Names: []string{"x"}, Object: "device"}, `no object mapping named "device"; those there are: group, user`},
	} {
		s := schematest.Parse(t, schematest.Text(t))
		_, err := addAttributes(t, s, c.ask)
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v\nwant %s", c.ask, err, c.want)
		}
	}
}

func TestAnAttributeInUseIsNotRemoved(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		if _, err := filtering(c, mappings.AddFilter{Name: "Engineers", Where: []string{"department equals Engineering"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		const department = schematest.EnterpriseUser + ":department"
		for _, test := range []struct {
			side       schema.Side
			name, want string
		}{
			{schema.Source, "objectId", "cannot remove objectId: it is the anchor, by which the user is known"},
			{schema.Source, "surname", "cannot remove surname: it is required"},
			{schema.Source, "givenName", "the source attribute givenName is used by the mapping name.givenName of users, the mapping name.formatted of users"},
			{schema.Source, "department", "the source attribute department is used by the mapping " + department + " of users, the filter Engineers of users"},
			{schema.Target, department, "the target attribute " + department + " is used by the mapping " + department + " of users"},
		} {
			update := c.Update(c.Graph, nil)
			update.Plan = mappings.RemoveAttributes{Side: test.side, Names: []string{"nickName", "netId", test.name}}.Plan
			if _, err := update.Do(c.Context()); err == nil || err.Error() != test.want {
				c.Errorf("got %v\nwant %s", err, test.want)
			}
		}
		c.Puts()
		update := c.Update(c.Graph, nil)
		for name, side := range map[string]schema.Side{"departmnt": schema.Source, "nickNme": schema.Target} {
			update.Plan = mappings.RemoveAttributes{Side: side, Names: []string{name}}.Plan
			_, err := update.Do(c.Context())
			if none, ok := errors.AsType[*graph.NotFoundError](err); !ok || len(none.Near) != 1 {
				c.Errorf("%s: %v", name, err)
			}
		}
		update.Plan = mappings.RemoveAttributes{Names: []string{"nickName", "absent", "emails[type eq 'home'].value"}}.Plan
		for _, want := range []int{2, 0} {
			if result, err := update.Do(c.Context()); err != nil || len(result.Changes) != want {
				c.Errorf("removed %v, %v", result.Changes, err)
			}
		}
		if puts, _ := c.Puts(); puts != 1 {
			c.Errorf("%d PUTs", puts)
		}
	})
}

func TestAttributesAreListedWithWhatUsesThem(t *testing.T) {
	schematest.InCompany(t, func(c *schematest.Company) {
		list, err := mappings.ListAttributes{Graph: c.Graph, App: c.App.Name, Object: schema.Group, Side: schema.Target}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		uses := func(name string) []schema.Use {
			return []schema.Use{{Object: schema.Group, Kind: schema.UsedByMapping, Name: name}}
		}
		attribute := func(name string) schema.Attribute {
			return schema.Attribute{Name: name, Type: "String", Mutability: "ReadWrite", References: []string{}}
		}
		id, displayName, members := attribute("id"), attribute("displayName"), attribute("members")
		id.Anchor, id.Required, displayName.Required = true, true, true
		members.Type, members.Multivalued, members.References = "Reference", true, []string{schematest.EnterpriseUser}
		want := []mappings.ListedAttribute{
			{Side: schema.Target, Attribute: id, UsedBy: []schema.Use{}},
			{Side: schema.Target, Attribute: displayName, UsedBy: uses("displayName")},
			{Side: schema.Target, Attribute: attribute("externalId"), UsedBy: uses("externalId")},
			{Side: schema.Target, Attribute: members, UsedBy: uses("members")},
		}
		if diff := cmp.Diff(want, list); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}
