package schema_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/internal/schematest"
	"github.com/scimctl/scimctl/mappings/schema"
)

func TestAnObjectIsFoundByItsSourceOutOfEntra(t *testing.T) {
	t.Parallel()
	o := schematest.Object(t, schematest.Parse(t, schematest.Text(t)), schema.User)
	got := []string{o.Kind(), o.SourceName(), o.TargetName(), o.RuleID()}
	want := []string{"user", "User", schematest.EnterpriseUser, "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnObjectThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := schematest.Parse(t, schematest.Text(t)).Object("device")
	e, ok := errors.AsType[*graph.NotFoundError](err)
	if !ok {
		t.Fatalf("got %v", err)
	}
	if diff := cmp.Diff([]string{"group", "user"}, e.All); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMappingsAreReadByKind(t *testing.T) {
	t.Parallel()
	got := schematest.Object(t, schematest.Parse(t, schematest.Text(t)), schema.User).Mappings()
	want := []schema.Mapping{
		{Target: "userName", Kind: schema.Direct, Source: "userPrincipalName", Match: 1, Apply: schema.Always},
		{Target: "active", Kind: schema.Expression, Source: `Switch([IsSoftDeleted], , "False", "True", "True", "False")`, Apply: schema.Always},
		{Target: "preferredLanguage", Kind: schema.None, Default: "en-US", Apply: schema.OnCreate},
		{Target: "userType", Kind: schema.Constant, Source: "Employee", Apply: schema.Always},
		{Target: `emails[type eq "work"].value`, Kind: schema.Direct, Source: "mail", Apply: schema.Always},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAttributeListsAreRead(t *testing.T) {
	t.Parallel()
	o := schematest.Object(t, schematest.Parse(t, schematest.Text(t)), schema.Group)
	want := []schema.Attribute{{Name: "displayName", Type: "String"}}
	if diff := cmp.Diff(want, o.SourceAttributes()); diff != "" {
		t.Errorf("source (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want, o.TargetAttributes()); diff != "" {
		t.Errorf("target (-want +got)\n%s", diff)
	}
}

func TestUsersCannotBeDisabled(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	_, err := schematest.Carry(t, mappings.SetEnabled(schema.User, false), s)
	if _, ok := errors.AsType[*schema.RefusedError](err); !ok {
		t.Errorf("got %v", err)
	}
	changes, err := schematest.Carry(t, mappings.SetEnabled(schema.Group, false), s)
	if err != nil {
		t.Fatal(err)
	}
	want := []diff.Change{{Object: "group", Kind: diff.ChangedEnabled, Old: "true", New: "false"}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if schematest.Object(t, s, schema.Group).Enabled() {
		t.Error("groups are still enabled")
	}
}

func TestActionsChangeOnlyWhatIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind            string
		enable, disable []string
		actions         []string
		flowTypes       string // as written; "" when nothing changes
	}{
		{schema.User, []string{"update"}, nil, []string{"create", "update", "delete"}, `"Add, Update, Delete"`},
		{schema.User, []string{"create", "update"}, []string{"delete"}, []string{"create", "update"}, `"Add, Update"`},
		{schema.User, []string{"delete"}, nil, []string{"create", "delete"}, ""},
		{schema.Group, nil, []string{"delete"}, []string{"create", "update"}, `"Add,Update"`},
		{schema.Group, nil, []string{"create", "update", "delete"}, []string{}, `"None"`},
	} {
		s := schematest.Parse(t, schematest.Text(t))
		changes, err := schematest.Carry(t, mappings.ChangeActions(c.kind, c.enable, c.disable), s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.actions, schematest.Object(t, s, c.kind).Actions()); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", c, diff)
		}
		if (len(changes) == 0) != (c.flowTypes == "") || (len(changes) == 0) != (string(s.Bytes()) == string(schematest.Text(t))) {
			t.Errorf("%+v: changes %v", c, changes)
		}
		if c.flowTypes != "" && !strings.Contains(string(s.Bytes()), `"flowTypes": `+c.flowTypes) {
			t.Errorf("%+v: flow types are written otherwise", c)
		}
	}
}

func TestActionsKeepFlowTypesThatNobodyKnows(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, []byte(strings.Replace(string(schematest.Text(t)), `"Add,Update,Delete"`, `"Add,Update,Rename,Delete"`, 1)))
	changes, err := schematest.Carry(t, mappings.ChangeActions(schema.Group, nil, []string{"delete"}), s)
	if err != nil || len(changes) != 1 || !strings.Contains(string(s.Bytes()), `"flowTypes": "Add,Update,Rename"`) {
		t.Errorf("changes %v, error %v", changes, err)
	}
}

// A definition that is written otherwise than Graph documents is there all the
// same: a second one of its name would be wrong.
func TestAnAttributeWithStrangeMembersIsNotAddedAgain(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, []byte(`{"synchronizationRules":[{"sourceDirectoryName":"Azure Active Directory","targetDirectoryName":"customappsso","objectMappings":[
		{"sourceObjectName":"User","targetObjectName":"U","attributeMappings":[]}]}],
		"directories":[{"name":"Microsoft Entra ID","objects":[{"name":"User","attributes":[{"name":"city","type":0,"multivalued":"false","required":null,"mutability":"ReadOnly"}]}]},
		{"name":"customappsso","objects":[{"name":"U","attributes":[]}]}]}`))
	o := schematest.Object(t, s, schema.User)
	if diff := cmp.Diff([]schema.Attribute{{Name: "city", Mutability: "ReadOnly"}}, o.SourceAttributes()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	before := string(s.Bytes())
	if err := o.AddAttribute(schema.Source, schema.Attribute{Name: "city"}); err != nil || string(s.Bytes()) != before {
		t.Errorf("added again: %v", err)
	}
}

func TestActionsThatContradictOrDoNotExistAreRefused(t *testing.T) {
	t.Parallel()
	s := schematest.Parse(t, schematest.Text(t))
	_, err := schematest.Carry(t, mappings.ChangeActions(schema.User, []string{"create"}, []string{"create"}), s)
	if _, ok := errors.AsType[*schema.RefusedError](err); !ok {
		t.Errorf("got %v", err)
	}
	for _, edit := range []mappings.Edit{
		mappings.ChangeActions(schema.User, []string{"add"}, nil), mappings.ChangeActions(schema.User, nil, []string{"remove"}),
	} {
		err = edit(s)
		if !failure.Is(err, failure.Invalid) {
			t.Errorf("got %v", err)
		}
	}
	if string(s.Bytes()) != string(schematest.Text(t)) {
		t.Error("the schema was changed")
	}
}
