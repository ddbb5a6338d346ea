package mappings_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

func TestAnObjectIsFoundByItsSourceOutOfEntra(t *testing.T) {
	t.Parallel()
	o := object(t, parse(t, text(t)), mappings.User)
	got := []string{o.Kind(), o.SourceName(), o.TargetName(), o.RuleID()}
	want := []string{"user", "User", enterpriseUser, "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnObjectThatIsNotThereIsNotFound(t *testing.T) {
	t.Parallel()
	_, err := parse(t, text(t)).Object("device")
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
	got := object(t, parse(t, text(t)), mappings.User).Mappings()
	want := []mappings.Mapping{
		{Target: "userName", Kind: mappings.Direct, Source: "userPrincipalName", Match: 1, Apply: mappings.Always},
		{Target: "active", Kind: mappings.Expression, Source: `Switch([IsSoftDeleted], , "False", "True", "True", "False")`, Apply: mappings.Always},
		{Target: "preferredLanguage", Kind: mappings.None, Default: "en-US", Apply: mappings.OnCreate},
		{Target: "userType", Kind: mappings.Constant, Source: "Employee", Apply: mappings.Always},
		{Target: `emails[type eq "work"].value`, Kind: mappings.Direct, Source: "mail", Apply: mappings.Always},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAttributeListsAreRead(t *testing.T) {
	t.Parallel()
	o := object(t, parse(t, text(t)), mappings.Group)
	want := []mappings.Attribute{{Name: "displayName", Type: "String"}}
	if diff := cmp.Diff(want, o.SourceAttributes()); diff != "" {
		t.Errorf("source (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(want, o.TargetAttributes()); diff != "" {
		t.Errorf("target (-want +got)\n%s", diff)
	}
}

// carry makes an edit, and tells what it changed.
func carry(t *testing.T, edit mappings.Edit, s *mappings.Schema) ([]mappings.Change, error) {
	t.Helper()
	before, err := mappings.Parse(s.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	err = edit(s)
	return mappings.Diff(before, s), err
}

func TestUsersCannotBeDisabled(t *testing.T) {
	t.Parallel()
	s := parse(t, text(t))
	_, err := carry(t, mappings.SetEnabled(mappings.User, false), s)
	if _, ok := errors.AsType[*mappings.RefusedError](err); !ok {
		t.Errorf("got %v", err)
	}
	changes, err := carry(t, mappings.SetEnabled(mappings.Group, false), s)
	if err != nil {
		t.Fatal(err)
	}
	want := []mappings.Change{{Object: "group", Kind: mappings.ChangedEnabled, Old: "true", New: "false"}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if object(t, s, mappings.Group).Enabled() {
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
		{mappings.User, []string{"update"}, nil, []string{"create", "update", "delete"}, `"Add, Update, Delete"`},
		{mappings.User, []string{"create", "update"}, []string{"delete"}, []string{"create", "update"}, `"Add, Update"`},
		{mappings.User, []string{"delete"}, nil, []string{"create", "delete"}, ""},
		{mappings.Group, nil, []string{"delete"}, []string{"create", "update"}, `"Add,Update"`},
		{mappings.Group, nil, []string{"create", "update", "delete"}, []string{}, `"None"`},
	} {
		s := parse(t, text(t))
		changes, err := carry(t, mappings.ChangeActions(c.kind, c.enable, c.disable), s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.actions, object(t, s, c.kind).Actions()); diff != "" {
			t.Errorf("%+v (-want +got)\n%s", c, diff)
		}
		if (len(changes) == 0) != (c.flowTypes == "") || (len(changes) == 0) != (string(s.Bytes()) == string(text(t))) {
			t.Errorf("%+v: changes %v", c, changes)
		}
		if c.flowTypes != "" && !strings.Contains(string(s.Bytes()), `"flowTypes": `+c.flowTypes) {
			t.Errorf("%+v: flow types are written otherwise", c)
		}
	}
}

func TestActionsKeepFlowTypesThatNobodyKnows(t *testing.T) {
	t.Parallel()
	s := parse(t, []byte(strings.Replace(string(text(t)), `"Add,Update,Delete"`, `"Add,Update,Rename,Delete"`, 1)))
	changes, err := carry(t, mappings.ChangeActions(mappings.Group, nil, []string{"delete"}), s)
	if err != nil || len(changes) != 1 || !strings.Contains(string(s.Bytes()), `"flowTypes": "Add,Update,Rename"`) {
		t.Errorf("changes %v, error %v", changes, err)
	}
}

// A definition that is written otherwise than Graph documents is there all the
// same: a second one of its name would be wrong.
func TestAnAttributeWithStrangeMembersIsNotAddedAgain(t *testing.T) {
	t.Parallel()
	s := parse(t, []byte(`{"synchronizationRules":[{"sourceDirectoryName":"Azure Active Directory","targetDirectoryName":"customappsso","objectMappings":[
		{"sourceObjectName":"User","targetObjectName":"U","attributeMappings":[]}]}],
		"directories":[{"name":"Microsoft Entra ID","objects":[{"name":"User","attributes":[{"name":"city","type":0,"multivalued":"false","required":null,"mutability":"ReadOnly"}]}]},
		{"name":"customappsso","objects":[{"name":"U","attributes":[]}]}]}`))
	o := object(t, s, mappings.User)
	if diff := cmp.Diff([]mappings.Attribute{{Name: "city", Mutability: "ReadOnly"}}, o.SourceAttributes()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	before := string(s.Bytes())
	if err := o.AddAttribute(mappings.Source, mappings.Attribute{Name: "city"}); err != nil || string(s.Bytes()) != before {
		t.Errorf("added again: %v", err)
	}
}

func TestActionsThatContradictOrDoNotExistAreRefused(t *testing.T) {
	t.Parallel()
	s := parse(t, text(t))
	_, err := carry(t, mappings.ChangeActions(mappings.User, []string{"create"}, []string{"create"}), s)
	if _, ok := errors.AsType[*mappings.RefusedError](err); !ok {
		t.Errorf("got %v", err)
	}
	for _, edit := range []mappings.Edit{
		mappings.ChangeActions(mappings.User, []string{"add"}, nil), mappings.ChangeActions(mappings.User, nil, []string{"remove"}),
	} {
		err = edit(s)
		if _, ok := errors.AsType[*mappings.UnknownActionError](err); !ok {
			t.Errorf("got %v", err)
		}
	}
	if string(s.Bytes()) != string(text(t)) {
		t.Error("the schema was changed")
	}
}
