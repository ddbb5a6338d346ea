package engine_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

const (
	ada      = "11111111-1111-1111-1111-111111111111"
	charles  = "22222222-2222-2222-2222-222222222222"
	sales    = "33333333-3333-3333-3333-333333333333"
	admin    = "44444444-4444-4444-4444-444444444444" // a role
	roleName = "extension_0123456789abcdef0123456789abcdef_workato_role"
	roleAt   = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role"
	manager  = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
)

// An edit changes an object mapping of the schema before it is loaded.
type edit func(mapping map[string]any)

// load reads the schema of a non-gallery application: the first edit is for
// its users, the second for its groups.
func load(t *testing.T, edits ...edit) *engine.Rules {
	t.Helper()
	return loadWhole(t, nil, edits...)
}

// loadWhole is load with an edit of the document itself before the others.
func loadWhole(t *testing.T, whole func(schema map[string]any), edits ...edit) *engine.Rules {
	t.Helper()
	schema, err := os.ReadFile(filepath.Join("testdata", "schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var document map[string]any
	if err := json.Unmarshal(schema, &document); err != nil {
		t.Fatal(err)
	}
	if whole != nil {
		whole(document)
	}
	rule := document["synchronizationRules"].([]any)[1].(map[string]any)
	for i, change := range edits {
		if change != nil {
			change(rule["objectMappings"].([]any)[i].(map[string]any))
		}
	}
	edited, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := engine.Load(edited)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

// with sets members of the mapping of one target attribute, making it when there is none.
func with(target string, members map[string]any) edit {
	return func(mapping map[string]any) {
		for _, m := range mapping["attributeMappings"].([]any) {
			if m := m.(map[string]any); m["targetAttributeName"] == target {
				maps.Copy(m, members)
				return
			}
		}
		members["targetAttributeName"] = target
		mapping["attributeMappings"] = append(mapping["attributeMappings"].([]any), members)
	}
}

func function(expression string) map[string]any {
	return map[string]any{"expression": expression, "name": "", "type": "Function", "parameters": []any{}}
}

// set sets a member of the object mapping itself.
func set(name string, value any) edit { return func(mapping map[string]any) { mapping[name] = value } }

// user is Ada with some attributes replaced; none given clears one.
func user(changes map[string][]string) engine.Subject {
	attributes := map[string][]string{
		"objectId": {ada}, "accountEnabled": {"True"}, "userPrincipalName": {"ada@contoso.com"}, "displayName": {"Ada Lovelace"},
		"givenName": {"Ada"}, "surname": {"Lovelace"}, "mail": {"ada@contoso.com"}, "mailNickname": {"ada"}, "jobTitle": {"Analyst"},
		"department": {"Engines"}, "employeeId": {"7"}, "streetAddress": {"1 High Street"}, "city": {"London"}, "mobile": {"+44 1"},
		"manager": {charles}, roleName: {"Admin"},
	}
	maps.Copy(attributes, changes)
	return engine.Subject{ID: ada, Type: engine.User, Attributes: attributes}
}

func group(members ...string) engine.Subject {
	return engine.Subject{ID: sales, Type: engine.Group, Attributes: map[string][]string{
		"objectId": {sales}, "displayName": {"Sales"}, "members": members,
	}}
}

// assigned is the access of whoever has the principal id.
func assigned(principal string) engine.Access {
	return engine.Access{Assignments: []engine.Assignment{{PrincipalID: principal, PrincipalName: "x", RoleID: admin}}}
}

func decide(t *testing.T, r *engine.Rules, s engine.Subject, a engine.Access) engine.Decision {
	t.Helper()
	d, err := r.Decide(s, a)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// plan plans for a subject that is assigned, or not.
func plan(t *testing.T, r *engine.Rules, s engine.Subject, a engine.Access, target engine.Target) engine.Plan {
	t.Helper()
	p, err := r.Plan(s, decide(t, r, s, a), target)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func resource(t *testing.T, text string) scim.Resource {
	t.Helper()
	var r scim.Resource
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// same compares JSON without regard to the order of members.
func same(t *testing.T, want string, got any) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%s: %v", want, err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// patches compares the PATCH that changes make in the legacy dialect.
func patches(t *testing.T, want string, changes []scim.Change) {
	t.Helper()
	ops, err := scim.Patch(scim.Legacy, changes)
	if err != nil {
		t.Fatal(err)
	}
	same(t, want, scim.NewPatchRequest(ops))
}
