package scim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/scim"
)

func roles(form scim.RoleForm, path string, all ...scim.Role) scim.Change {
	values := make([]string, 0, len(all))
	for _, r := range all {
		values = append(values, r.Value)
	}
	return scim.Change{Attribute: scim.Attribute{Path: path, Values: values, Form: form, Roles: all}, Had: true}
}

// The ids, values and names are those of Microsoft's own examples.
func TestRolesGoIntoALegacyPatchAsTexts(t *testing.T) {
	t.Parallel()
	patched(t, scim.Legacy, []scim.Change{
		roles(scim.PrimaryRole, `roles[primary eq "True"].value`, scim.Role{ID: "06b07648-ecfe-589f-9d2f-6325724a46ee", Value: "25", DisplayName: "Role1234"}),
		roles(scim.PrimaryRole, `roles[primary eq "True"].display`, scim.Role{ID: "06b07648-ecfe-589f-9d2f-6325724a46ee", Value: "25", DisplayName: "Role1234"}),
	}, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"06b07648-ecfe-589f-9d2f-6325724a46ee\",\"value\":\"25\",\"displayName\":\"Role1234\"}"}]}]}`)
	patched(t, scim.Legacy, []scim.Change{roles(scim.AddedRoles, "roles", scim.Role{ID: "1", Value: "R&D <x>", DisplayName: "R&D"}, scim.Role{Value: "User"})},
		`{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"1\",\"value\":\"R&D <x>\",\"displayName\":\"R&D\"}"}, {"value": "{\"value\":\"User\"}"}]}]}`)
}

func TestTheCompliantDialectWritesRolesAsACreateDoes(t *testing.T) {
	t.Parallel()
	primary := []scim.Change{
		roles(scim.PrimaryRole, `roles[primary eq "True"].value`, scim.Role{Value: "Admin"}),
		roles(scim.PrimaryRole, `roles[primary eq "True"].display`, scim.Role{Value: "Admin"}),
	}
	patched(t, scim.Compliant, primary, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "add", "path": "roles", "value": [{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin", "display": "Admin"}]}]}`)
	body, err := scim.NewUser([]scim.Attribute{primary[0].Attribute, primary[1].Attribute})
	if err != nil {
		t.Fatal(err)
	}
	same(t, `[{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin", "display": "Admin"}]`, body["roles"])
}

func TestAssertedRolesReplaceTheListInBothDialects(t *testing.T) {
	t.Parallel()
	for _, dialect := range []scim.Dialect{scim.Legacy, scim.Compliant} {
		patched(t, dialect, []scim.Change{roles(scim.AssertedRoles, "roles", scim.Role{Value: "User", DisplayName: "User"}, scim.Role{Value: "Test", DisplayName: "Test"})},
			`{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "replace", "path": "roles", "value": [
			{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "display": "User", "value": "User"},
			{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "display": "Test", "value": "Test"}]}]}`)
	}
}

func TestRolesAreReadWhicheverWayTheyCame(t *testing.T) {
	t.Parallel()
	r := scim.Resource{"roles": []any{
		map[string]any{"value": "Admin"}, map[string]any{"value": `{"id":"1","value":"25"}`}, map[string]any{"value": "{odd"},
	}}
	if diff := cmp.Diff([]string{"Admin", "25", "{odd"}, r.RoleValues()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
