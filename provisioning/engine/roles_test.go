package engine_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

const primaryRole = `roles[primary eq "True"].value`

// withRoles maps the roles by a function and gives the user two of them, or
// the first alone.
func withRoles(t *testing.T, target, name string, both bool) (*engine.Rules, engine.Subject) {
	t.Helper()
	s := user(map[string][]string{"appRoleAssignments": {"Editor"}})
	s.Roles = []scim.Role{{ID: "06b0", Value: "25", DisplayName: "Editor"}}
	if both {
		s.Attributes["appRoleAssignments"] = []string{"Editor", "Viewer"}
		s.Roles = append(s.Roles, scim.Role{ID: "06b1", Value: "26", DisplayName: "Viewer"})
	}
	return load(t, with(target, map[string]any{"source": function(name + "([appRoleAssignments])")})), s
}

func TestRolesAreSentInTheFormOfTheirFunction(t *testing.T) {
	t.Parallel()
	const packed = `{"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"06b0\",\"value\":\"25\",\"displayName\":\"Editor\"}"}]}`
	for name, test := range map[string]struct {
		target, function          string
		both                      bool
		create, legacy, compliant string
	}{
		"one, the primary": {
			primaryRole, "SingleAppRoleAssignment", false,
			`[{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Editor"}]`,
			`[` + packed + `]`,
			`[{"op": "add", "path": "roles", "value": [{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Editor"}]}]`,
		},
		"all, added": {
			"roles", "AppRoleAssignmentsComplex", true,
			`[{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "25", "displayName": "Editor"},
			  {"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "26", "displayName": "Viewer"}]`,
			`[{"op": "Add", "path": "roles", "value": [
				{"value": "{\"id\":\"06b0\",\"value\":\"25\",\"displayName\":\"Editor\"}"},
				{"value": "{\"id\":\"06b1\",\"value\":\"26\",\"displayName\":\"Viewer\"}"}]}]`,
			`[{"op": "add", "path": "roles", "value": [
				{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "25", "displayName": "Editor"},
				{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "26", "displayName": "Viewer"}]}]`,
		},
		"all, asserted": {
			"roles", "AssertiveAppRoleAssignmentsComplex", false,
			`[{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "25", "display": "Editor"}]`,
			`[{"op": "replace", "path": "roles", "value": [{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "25", "display": "Editor"}]}]`,
			`[{"op": "replace", "path": "roles", "value": [{"primary": false, "type": "WindowsAzureActiveDirectoryRole", "value": "25", "display": "Editor"}]}]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, s := withRoles(t, test.target, test.function, test.both)
			created := plan(t, r, s, assigned(ada), engine.Target{})
			same(t, test.create, created.Resource["roles"])
			updated := plan(t, r, s, assigned(ada), engine.Target{Resource: resource(t, inTarget), IDs: ids()})
			for dialect, want := range map[scim.Dialect]string{scim.Legacy: test.legacy, scim.Compliant: test.compliant} {
				ops, err := scim.Patch(dialect, updated.Changes)
				if err != nil {
					t.Fatal(err)
				}
				same(t, want, ops)
			}
		})
	}
}

func TestRolesThatTheTargetHasAreNotSentAgain(t *testing.T) {
	t.Parallel()
	there := func(roles string) engine.Target {
		return engine.Target{Resource: resource(t, inTarget[:len(inTarget)-1]+`, "roles": `+roles+`}`), IDs: ids()}
	}
	const posted, patched, more = `[{"value": "25"}]`, `[{"value": "{\"id\":\"06b0\",\"value\":\"25\"}"}]`, `[{"value": "25"}, {"value": "99"}]`
	for _, test := range []struct {
		target, function, roles string
		want                    engine.Action
	}{
		{primaryRole, "SingleAppRoleAssignment", posted, engine.Skip},
		{primaryRole, "SingleAppRoleAssignment", `[{"value": "Editor"}]`, engine.Skip},
		{primaryRole, "SingleAppRoleAssignment", patched, engine.Skip},
		{primaryRole, "SingleAppRoleAssignment", `[{"value": "99"}]`, engine.Update},
		{"roles", "AppRoleAssignmentsComplex", patched, engine.Skip},
		{"roles", "AppRoleAssignmentsComplex", more, engine.Skip},
		{"roles", "AppRoleAssignmentsComplex", `[]`, engine.Update},
		{"roles", "AssertiveAppRoleAssignmentsComplex", posted, engine.Skip},
		{"roles", "AssertiveAppRoleAssignmentsComplex", more, engine.Update},
	} {
		r, s := withRoles(t, test.target, test.function, false)
		if p := plan(t, r, s, assigned(ada), there(test.roles)); p.Action != test.want {
			t.Errorf("%s with %s: %s %s", test.function, test.roles, p.Action, p.Code)
		}
	}
}

func TestProvisioningOnDemandSendsNoRoles(t *testing.T) {
	t.Parallel()
	r, s := withRoles(t, "roles", "AppRoleAssignmentsComplex", true)
	for _, target := range []engine.Target{{OnDemand: true}, {OnDemand: true, Resource: resource(t, inTarget), IDs: ids()}} {
		p := plan(t, r, s, assigned(ada), target)
		var left []string
		for _, f := range p.LeftOut {
			left = append(left, f.Target)
		}
		want := []string{"roles"}
		if target.Resource == nil {
			want = []string{roleAt, "roles"}
		}
		if diff := cmp.Diff(want, left); diff != "" || len(p.Changes) != 0 {
			t.Errorf("%s, %v (-want +got):\n%s", p.Action, p.Changes, diff)
		}
	}
}

func TestSeveralRolesForAFunctionOfOneAreSaidToFail(t *testing.T) {
	t.Parallel()
	r, s := withRoles(t, primaryRole, "SingleAppRoleAssignment", true)
	if f, _ := flowOf(t, r, s, true, primaryRole); f.Err == nil || !f.Value.Blank() {
		t.Errorf("%+v", f)
	}
}
