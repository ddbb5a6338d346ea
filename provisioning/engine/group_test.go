package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

const salesInTarget = `{"id": "70", "displayName": "Sales", "externalId": "` + sales + `"}`

func TestAGroupIsCreatedAndThenGetsItsMembers(t *testing.T) {
	t.Parallel()
	p := plan(t, load(t), group(ada, charles, admin), assigned(sales), engine.Target{IDs: ids()})
	if p.Action != engine.Create {
		t.Fatalf("%s %s: %s", p.Action, p.Code, p.Reason)
	}
	same(t, `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId": "33333333-3333-3333-3333-333333333333", "displayName": "Sales", "meta": {"resourceType": "Group"}}`, p.Resource)
	same(t, `[{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "42"}, {"$ref": null, "value": "40"}]}]`,
		scim.AddMembers(scim.Legacy, p.AddMembers...))
	if diff := cmp.Diff([]string{admin}, p.Unresolved); diff != "" {
		t.Errorf("unresolved (-want +got):\n%s", diff)
	}
}

func TestARenamedGroupIsUpdated(t *testing.T) {
	t.Parallel()
	renamed := group()
	renamed.Attributes["displayName"] = []string{"Marketing"}
	p := plan(t, load(t), renamed, assigned(sales), engine.Target{Resource: resource(t, salesInTarget)})
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "displayName", "value": "Marketing"}]}`, p.Changes)
}

func TestListedMembersAreAddedOrTakenOut(t *testing.T) {
	t.Parallel()
	there := resource(t, salesInTarget)
	type members struct{ Add, Remove, Unresolved []string }
	for name, test := range map[string]struct {
		group  engine.Subject
		target engine.Target
		want   members
	}{
		"who is a member is added":              {group(ada, charles), engine.Target{Listed: []string{ada}}, members{Add: []string{"42"}}},
		"who has left is taken out":             {group(ada), engine.Target{Listed: []string{charles}}, members{Remove: []string{"40"}}},
		"the last one too":                      {group(), engine.Target{Listed: []string{charles}}, members{Remove: []string{"40"}}},
		"without a list, members are added":     {group(ada, charles), engine.Target{}, members{Add: []string{"42", "40"}}},
		"what the target has is not sent":       {group(ada, charles), engine.Target{Members: []string{"42"}}, members{Add: []string{"40"}}},
		"who is not there is not taken out":     {group(), engine.Target{Members: []string{}, Listed: []string{charles}}, members{}},
		"an empty list is nobody":               {group(ada), engine.Target{Listed: []string{}}, members{}},
		"who is not in the target has to wait":  {group(admin), engine.Target{}, members{Unresolved: []string{admin}}},
		"who never was and has left is nothing": {group(), engine.Target{Listed: []string{admin}}, members{}},
	} {
		test.target.Resource, test.target.IDs = there, ids()
		p := plan(t, load(t), test.group, assigned(sales), test.target)
		if diff := cmp.Diff(test.want, members{p.AddMembers, p.RemoveMembers, p.Unresolved}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if nothing := len(test.want.Add)+len(test.want.Remove) == 0; nothing != (p.Code == engine.RedundantExport) {
			t.Errorf("%s: %s %s", name, p.Action, p.Code)
		}
		if len(p.Modified) != len(p.AddMembers)+len(p.RemoveMembers) {
			t.Errorf("%s: modified %v", name, p.Modified)
		}
	}
}

func TestAGroupThatIsNotAssignedIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	p := plan(t, load(t), group(ada), engine.Access{}, engine.Target{Resource: resource(t, salesInTarget), IDs: ids()})
	if p.Action != engine.Skip || p.Code != engine.EntrySynchronizationSkipped || len(p.AddMembers) != 0 {
		t.Errorf("%s %s: %s", p.Action, p.Code, p.Reason)
	}
}
