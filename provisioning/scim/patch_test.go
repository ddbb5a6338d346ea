package scim_test

import (
	"errors"
	"testing"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// changes are those of the documentation's example, and an added attribute.
func changes() []scim.Change {
	change := func(path, value string, had bool) scim.Change {
		return scim.Change{Attribute: scim.Attribute{Path: path, Values: []string{value}}, Had: had}
	}
	return []scim.Change{
		change("displayName", "Ada L.", true),
		change(`emails[type eq "work"].value`, "ada@fabrikam.com", true),
		change("name.givenName", "Ada", true),
		change(enterprise+"employeeNumber", "8", true),
		change("nickName", "Babs", false),
	}
}

func active(text string) []scim.Change {
	return []scim.Change{{Attribute: scim.Attribute{Path: "active", Type: "Boolean", Values: []string{text}}, Had: true}}
}

func TestTheLegacyDialectSendsOneOperationForEachAttribute(t *testing.T) {
	t.Parallel()
	patched(t, scim.Legacy, changes(), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "displayName", "value": "Ada L."},
		{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@fabrikam.com"},
		{"op": "Replace", "path": "name.givenName", "value": "Ada"},
		{"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "8"},
		{"op": "Add", "path": "nickName", "value": "Babs"}]}`)
}

func TestTheCompliantDialectGathersWhatItReplaces(t *testing.T) {
	t.Parallel()
	patched(t, scim.Compliant, changes(), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "ada@fabrikam.com"},
		{"op": "add", "path": "nickName", "value": "Babs"},
		{"op": "replace", "value": {"displayName": "Ada L.", "name.givenName": "Ada",
			"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber": "8"}}]}`)
}

func TestTheLegacyDialectDisablesWithAText(t *testing.T) {
	t.Parallel()
	patched(t, scim.Legacy, active("False"), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [{"op": "Replace", "path": "active", "value": "False"}]}`)
	patched(t, scim.Legacy, active("false"), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [{"op": "Replace", "path": "active", "value": "false"}]}`)
}

func TestTheCompliantDialectDisablesWithABoolean(t *testing.T) {
	t.Parallel()
	patched(t, scim.Compliant, active("False"), `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [{"op": "replace", "path": "active", "value": false}]}`)
}

func TestSeveralValuesAreAddedAndNeverReplaced(t *testing.T) {
	t.Parallel()
	list := []scim.Change{{Attribute: scim.Attribute{Path: "urn:example:x:department_ids", Values: []string{"1", "2"}, Multi: true}, Had: true}}
	patched(t, scim.Legacy, list, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
		"Operations": [{"op": "Add", "path": "urn:example:x:department_ids", "value": [{"value": "1"}, {"value": "2"}]}]}`)
}

func TestAClearedValueIsNeverSent(t *testing.T) {
	t.Parallel()
	_, err := scim.Patch(scim.Legacy, []scim.Change{{Attribute: scim.Attribute{Path: "title"}, Had: true}})
	if _, ok := errors.AsType[*scim.PathError](err); !ok {
		t.Errorf("got %v, want a *PathError", err)
	}
}

func TestMembersAreAddedByTheirIDsInTheTarget(t *testing.T) {
	t.Parallel()
	operations(t, scim.AddMembers(scim.Legacy, "1", "2"),
		`[{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "1"}, {"$ref": null, "value": "2"}]}]`)
	operations(t, scim.AddMembers(scim.Compliant, "1"),
		`[{"op": "add", "path": "members", "value": [{"$ref": null, "value": "1"}]}]`)
}

func TestMembersAreRemovedInTheFormOfTheDialect(t *testing.T) {
	t.Parallel()
	operations(t, scim.RemoveMembers(scim.Legacy, "1"),
		`[{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "1"}]}]`)
	operations(t, scim.RemoveMembers(scim.Compliant, "1", `2"`),
		`[{"op": "remove", "path": "members[value eq \"1\"]"}, {"op": "remove", "path": "members[value eq \"2\\\"\"]"}]`)
	if ops := append(scim.RemoveMembers(scim.Legacy), scim.AddMembers(scim.Compliant)...); len(ops) != 0 {
		t.Errorf("nobody is %v", ops)
	}
}

func patched(t *testing.T, d scim.Dialect, changes []scim.Change, want string) {
	t.Helper()
	ops, err := scim.Patch(d, changes)
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, scim.NewPatchRequest(ops))
}

func operations(t *testing.T, ops []scim.Operation, want string) {
	t.Helper()
	same(t, want, ops)
}
