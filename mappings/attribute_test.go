package mappings_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

func addAttributes(t *testing.T, s *mappings.Schema, a mappings.AddAttributes) ([]mappings.Change, error) {
	t.Helper()
	edit, err := a.Plan(t.Context(), place(s))
	if err != nil {
		return nil, err
	}
	return carry(t, edit, s)
}

func TestAnAttributeIsAddedWithAllThatWasAskedFor(t *testing.T) {
	t.Parallel()
	s := parse(t, text(t))
	ask := mappings.AddAttributes{Names: []string{team, "emails[type eq 'home'].value"}, Type: "integer", Required: true, CaseExact: true}
	got, err := addAttributes(t, s, ask)
	if err != nil || len(got) != 2 {
		t.Fatalf("changed %v, %v", got, err)
	}
	for _, name := range []string{team, `emails[type eq "home"].value`} {
		want := mappings.Attribute{Name: name, Type: "Integer", Required: true, CaseExact: true, Mutability: "ReadWrite"}
		list := object(t, s, mappings.User).TargetAttributes()
		i := slices.IndexFunc(list, func(a mappings.Attribute) bool { return a.Name == name })
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
	if want := "the target attribute " + team + " is there already, as Integer, required, case-exact instead of String, case-exact"; err == nil || err.Error() != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
}

func TestAReferenceNamesTheAnchorOfItsObject(t *testing.T) {
	inCompany(t, func(c *company) {
		update := c.update(c.graph, nil)
		update.Plan = mappings.AddAttributes{Names: []string{"secretary"}, Side: mappings.Source, References: []string{"User"}, NewSource: true}.Plan
		result, err := update.Do(c.Context())
		if err != nil || len(result.Changes) != 1 {
			c.Fatalf("changed %v, %v", result.Changes, err)
		}
		list := object(c, c.schema(), mappings.User).SourceAttributes()
		want := mappings.Attribute{Name: "secretary", Type: "Reference", Mutability: "ReadWrite", References: []string{"User"}}
		if diff := cmp.Diff(want, list[len(list)-1]); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
		if again, err := update.Do(c.Context()); err != nil || len(again.Changes) > 0 {
			c.Errorf("a second time: %v, %v", again, err)
		}
		update.Plan = mappings.AddAttributes{Names: []string{"pet"}, Side: mappings.Source, References: []string{"Animal"}, NewSource: true}.Plan
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
	inCompany(t, func(c *company) {
		c.extensions(extattr.Create{DataType: "Integer"}, "level")
		update := c.update(c.graph, nil)
		update.Plan = mappings.AddAttributes{Names: []string{"level"}, Side: mappings.Source}.Plan
		for _, want := range [][]mappings.Change{{{Object: "user", Kind: mappings.ChangedSourceAttribute, Name: extattr.FullName(c.app.AppID, "level"), New: "Integer"}}, {}} {
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
		s := parse(t, text(t))
		_, err := addAttributes(t, s, c.ask)
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v\nwant %s", c.ask, err, c.want)
		}
	}
}

func TestAnAttributeInUseIsNotRemoved(t *testing.T) {
	inCompany(t, func(c *company) {
		if _, err := c.filtering(mappings.AddFilter{Name: "Engineers", Where: []string{"department equals Engineering"}}).Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		const department = enterpriseUser + ":department"
		for _, test := range []struct {
			side       mappings.Side
			name, want string
		}{
			{mappings.Source, "objectId", "cannot remove objectId: it is the anchor, by which the user is known"},
			{mappings.Source, "surname", "cannot remove surname: it is required"},
			{mappings.Source, "givenName", "the source attribute givenName is used by the mapping name.givenName of users, the mapping name.formatted of users"},
			{mappings.Source, "department", "the source attribute department is used by the mapping " + department + " of users, the filter Engineers of users"},
			{mappings.Target, department, "the target attribute " + department + " is used by the mapping " + department + " of users"},
		} {
			update := c.update(c.graph, nil)
			update.Plan = mappings.RemoveAttributes{Side: test.side, Names: []string{"nickName", "netId", test.name}}.Plan
			if _, err := update.Do(c.Context()); err == nil || err.Error() != test.want {
				c.Errorf("got %v\nwant %s", err, test.want)
			}
		}
		c.puts()
		update := c.update(c.graph, nil)
		for name, side := range map[string]mappings.Side{"departmnt": mappings.Source, "nickNme": mappings.Target} {
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
		if puts, _ := c.puts(); puts != 1 {
			c.Errorf("%d PUTs", puts)
		}
	})
}

func TestAttributesAreListedWithWhatUsesThem(t *testing.T) {
	inCompany(t, func(c *company) {
		list, err := mappings.ListAttributes{Graph: c.graph, App: c.app.Name, Object: mappings.Group, Side: mappings.Target}.Do(c.Context())
		if err != nil {
			c.Fatal(err)
		}
		uses := func(name string) []mappings.Use {
			return []mappings.Use{{Object: mappings.Group, Kind: mappings.UsedByMapping, Name: name}}
		}
		attribute := func(name string) mappings.Attribute {
			return mappings.Attribute{Name: name, Type: "String", Mutability: "ReadWrite", References: []string{}}
		}
		id, displayName, members := attribute("id"), attribute("displayName"), attribute("members")
		id.Anchor, id.Required, displayName.Required = true, true, true
		members.Type, members.Multivalued, members.References = "Reference", true, []string{enterpriseUser}
		want := []mappings.ListedAttribute{
			{Side: mappings.Target, Attribute: id, UsedBy: []mappings.Use{}},
			{Side: mappings.Target, Attribute: displayName, UsedBy: uses("displayName")},
			{Side: mappings.Target, Attribute: attribute("externalId"), UsedBy: uses("externalId")},
			{Side: mappings.Target, Attribute: members, UsedBy: uses("members")},
		}
		if diff := cmp.Diff(want, list); diff != "" {
			c.Errorf("(-want +got)\n%s", diff)
		}
	})
}
