package engine_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// inTarget is Ada as the target has her after a create and the update that follows.
const inTarget = `{"id": "42", "userName": "ada@contoso.com", "active": true, "displayName": "Ada Lovelace", "title": "Analyst", "externalId": "ada",
	"name": {"formatted": "Ada Lovelace", "givenName": "Ada", "familyName": "Lovelace"},
	"emails": [{"type": "work", "primary": true, "value": "ada@contoso.com"}], "phoneNumbers": [{"type": "mobile", "value": "+44 1"}],
	"addresses": [{"type": "work", "streetAddress": "1 High Street", "locality": "London"}],
	"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "7", "department": "Engines", "manager": {"value": "40"}},
	"urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole": {"workato_role": "Admin"}}`

// ids are who the target has.
func ids() map[string]string { return map[string]string{charles: "40", ada: "42"} }

func TestWhoIsNotInTheTargetIsCreated(t *testing.T) {
	t.Parallel()
	p := plan(t, load(t), user(map[string][]string{"mobile": nil}), assigned(ada), engine.Target{IDs: ids()})
	if p.Action != engine.Create {
		t.Fatalf("%s %s: %s", p.Action, p.Code, p.Reason)
	}
	same(t, `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"userName": "ada@contoso.com", "active": true, "displayName": "Ada Lovelace", "title": "Analyst", "externalId": "ada",
		"emails": [{"primary": true, "type": "work", "value": "ada@contoso.com"}],
		"name": {"formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada"},
		"addresses": [{"type": "work", "streetAddress": "1 High Street", "locality": "London"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"employeeNumber": "7", "department": "Engines"},
		"meta": {"resourceType": "User"}, "roles": []}`, p.Resource)
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Add", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "40"}]}`, p.References)
	if len(p.Modified) != 14 {
		t.Errorf("%d properties are modified", len(p.Modified))
	}
	same(t, `[{"Name": "userName", "Old": null, "New": "ada@contoso.com"}, {"Name": "active", "Old": null, "New": "True"}]`, p.Modified[:2])
	same(t, `[{"Name": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "Old": null, "New": "40"}]`, p.Modified[13:])
}

func TestACustomAttributeOutsideThePatternFollowsTheCreate(t *testing.T) {
	t.Parallel()
	r := load(t)
	p := plan(t, r, user(nil), assigned(ada), engine.Target{IDs: ids()})
	if len(p.LeftOut) != 1 || p.LeftOut[0].Target != roleAt || p.LeftOut[0].Value.Text() != "Admin" {
		t.Errorf("left out %v", p.LeftOut)
	}
	for _, m := range p.Modified {
		if m.Name == roleAt {
			t.Error("what is left out counts as modified")
		}
	}
	p.Resource["id"] = "42"
	stored, err := scim.NewUser([]scim.Attribute{{Path: manager, Values: []string{"40"}}})
	if err != nil {
		t.Fatal(err)
	}
	const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	p.Resource[enterprise].(map[string]any)["manager"] = stored[enterprise].(map[string]any)["manager"]

	next := plan(t, r, user(nil), assigned(ada), engine.Target{Resource: p.Resource, IDs: ids()})
	if next.Action != engine.Update {
		t.Fatalf("%s %s: %s", next.Action, next.Code, next.Reason)
	}
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Add", "path": "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role", "value": "Admin"}]}`, next.Changes)
}

func TestWhatDiffersIsUpdated(t *testing.T) {
	t.Parallel()
	moved := user(map[string][]string{
		"displayName": {"Ada Byron"}, "mail": {"ada@fabrikam.com"}, "givenName": {"A."}, "employeeId": {"8"}, "department": nil, "jobTitle": {""},
	})
	before := resource(t, inTarget)
	delete(before, "phoneNumbers")
	p := plan(t, load(t), moved, assigned(ada), engine.Target{Resource: before, IDs: ids()})
	if p.Action != engine.Update {
		t.Fatalf("%s %s: %s", p.Action, p.Code, p.Reason)
	}
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "displayName", "value": "Ada Byron"},
		{"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@fabrikam.com"},
		{"op": "Replace", "path": "name.givenName", "value": "A."},
		{"op": "Replace", "path": "name.formatted", "value": "A. Lovelace"},
		{"op": "Add", "path": "phoneNumbers[type eq \"mobile\"].value", "value": "+44 1"},
		{"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "value": "8"}]}`, p.Changes)
	same(t, `[
		{"Name": "displayName", "Old": "Ada Lovelace", "New": "Ada Byron"},
		{"Name": "emails[type eq \"work\"].value", "Old": "ada@contoso.com", "New": "ada@fabrikam.com"},
		{"Name": "name.givenName", "Old": "Ada", "New": "A."},
		{"Name": "name.formatted", "Old": "Ada Lovelace", "New": "A. Lovelace"},
		{"Name": "phoneNumbers[type eq \"mobile\"].value", "Old": null, "New": "+44 1"},
		{"Name": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber", "Old": "7", "New": "8"}]`, p.Modified)
}

func TestAChangeOfCaseIsSentOnlyWhereTheTargetMindsIt(t *testing.T) {
	t.Parallel()
	louder := user(map[string][]string{"displayName": {"ADA LOVELACE"}, "jobTitle": {"ANALYST"}})
	p := plan(t, load(t), louder, assigned(ada), engine.Target{Resource: resource(t, inTarget), IDs: ids()})
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "title", "value": "ANALYST"}]}`, p.Changes)
}

func TestANewManagerIsAReferenceOfItsOwn(t *testing.T) {
	t.Parallel()
	target := engine.Target{Resource: resource(t, inTarget), IDs: map[string]string{charles: "99"}}
	p := plan(t, load(t), user(nil), assigned(ada), target)
	if p.Action != engine.Update || len(p.Changes) != 0 {
		t.Fatalf("%s with %v", p.Action, p.Changes)
	}
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager", "value": "99"}]}`, p.References)

	p = plan(t, load(t), user(nil), assigned(ada), engine.Target{Resource: resource(t, inTarget)})
	if diff := cmp.Diff([]string{charles}, p.Unresolved); diff != "" || p.Code != engine.RedundantExport {
		t.Errorf("%s, unresolved (-want +got):\n%s", p.Code, diff)
	}
}

func TestWhoLeavesTheScopeIsDisabledAndNothingElse(t *testing.T) {
	t.Parallel()
	moved := user(map[string][]string{"displayName": {"Somebody else"}})
	p := plan(t, load(t), moved, engine.Access{}, engine.Target{Resource: resource(t, inTarget), IDs: map[string]string{charles: "99"}})
	if p.Action != engine.Disable {
		t.Fatalf("%s %s: %s", p.Action, p.Code, p.Reason)
	}
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "active", "value": "False"}]}`, p.Changes)
	same(t, `[{"Name": "active", "Old": "True", "New": "False"}]`, p.Modified)
	if len(p.References) != 0 {
		t.Errorf("references %v", p.References)
	}
}

func TestWhoComesBackIsEnabled(t *testing.T) {
	t.Parallel()
	before := resource(t, inTarget)
	before["active"] = false
	p := plan(t, load(t), user(nil), assigned(ada), engine.Target{Resource: before, IDs: ids()})
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
		{"op": "Replace", "path": "active", "value": "True"}]}`, p.Changes)
}

func TestWhatIsSkippedSaysWhy(t *testing.T) {
	t.Parallel()
	there, gone := resource(t, inTarget), engine.Target{}
	inactive := resource(t, inTarget)
	inactive["active"] = "false"
	purged := user(nil)
	purged.Purged = true
	noActive := with("active", map[string]any{"source": nil})
	only := func(flows string) edit { return set("flowTypes", flows) }
	elsewhere := set("scope", scope(clause("department", "EQUALS", "Sales")))
	denied := assigned(ada)
	denied.Assignments[0].RoleID, denied.DefaultAccessDenied = engine.DefaultAccess, true

	tests := map[string]struct {
		rules   *engine.Rules
		subject engine.Subject
		access  engine.Access
		target  engine.Target
		want    string
	}{
		"as it should be":      {load(t), user(nil), assigned(ada), engine.Target{Resource: there, IDs: ids()}, "RedundantExport: the target is as it should be"},
		"not assigned":         {load(t), user(nil), engine.Access{}, gone, "NotEffectivelyEntitled: it is not assigned to the application"},
		"without a role":       {load(t), user(nil), denied, gone, "NotEffectivelyEntitled: its assignment carries no role that counts"},
		"disabled":             {load(t), user(map[string][]string{"accountEnabled": {"False"}}), assigned(ada), gone, "NotEffectivelyEntitled: it is disabled or deleted in the source"},
		"filtered":             {load(t, elsewhere), user(nil), assigned(ada), gone, "EntrySynchronizationSkipped: the scoping filters leave it out"},
		"no matching value":    {load(t), user(map[string][]string{"userPrincipalName": {""}}), assigned(ada), gone, "ImportSkipped: it has no value for a matching attribute"},
		"disabled before":      {load(t), user(nil), engine.Access{}, engine.Target{Resource: inactive}, "RedundantExport: the target has it disabled already"},
		"active is not mapped": {load(t, noActive), user(nil), engine.Access{}, engine.Target{Resource: there}, "EntrySynchronizationSkipped: no attribute is mapped from IsSoftDeleted, so nothing tells the target"},
		"flag":                 {load(t), user(nil), engine.Access{}, engine.Target{Resource: there, SkipOutOfScopeDeletions: true}, "EntrySynchronizationSkipped: SkipOutOfScopeDeletions is set, so leaving the scope changes nothing in the target"},
		"no create":            {load(t, only("Update")), user(nil), assigned(ada), gone, "EntrySynchronizationSkipped: Create is not among the target object actions"},
		"no update":            {load(t, only("Add")), user(nil), assigned(ada), engine.Target{Resource: there}, "EntrySynchronizationSkipped: Update is not among the target object actions"},
		"no disabling":         {load(t, only("Add,Delete")), user(nil), engine.Access{}, engine.Target{Resource: there}, "EntrySynchronizationSkipped: Update is not among the target object actions"},
		"no delete":            {load(t, only("Add")), purged, engine.Access{}, engine.Target{Resource: there}, "EntrySynchronizationSkipped: Delete is not among the target object actions"},
		"flag, purged":         {load(t), purged, engine.Access{}, engine.Target{Resource: there, SkipOutOfScopeDeletions: true}, "EntrySynchronizationSkipped: SkipOutOfScopeDeletions is set, so leaving the scope changes nothing in the target"},
		"purged and gone":      {load(t), purged, engine.Access{}, gone, "RedundantExport: it is gone from the source and the target"},
		"groups are off":       {load(t, nil, set("enabled", false)), group(), assigned(sales), gone, "EntrySynchronizationSkipped: the mapping of Group objects is switched off"},
	}
	for name, test := range tests {
		p := plan(t, test.rules, test.subject, test.access, test.target)
		if diff := cmp.Diff("Skip "+test.want, string(p.Action)+" "+p.Code+": "+p.Reason); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if p.Resource != nil || len(p.Changes)+len(p.References)+len(p.Modified) > 0 {
			t.Errorf("%s: something is sent: %+v", name, p)
		}
	}
}

func TestWhoIsGoneForGoodIsDeleted(t *testing.T) {
	t.Parallel()
	purged := user(nil)
	purged.Purged = true
	if p := plan(t, load(t), purged, engine.Access{}, engine.Target{Resource: resource(t, inTarget)}); p.Action != engine.Delete {
		t.Errorf("%s %s: %s", p.Action, p.Code, p.Reason)
	}
}

func TestSeveralValuesForATargetThatTakesOneFail(t *testing.T) {
	t.Parallel()
	many := user(map[string][]string{"displayName": {"a", "b"}})
	for _, target := range []engine.Target{{}, {Resource: resource(t, inTarget)}} {
		p := plan(t, load(t), many, assigned(ada), target)
		if p.Action != engine.Fail || p.Code != engine.SchemaPropertyCanOnlyAcceptValue || p.Resource != nil || len(p.Changes)+len(p.Modified) > 0 {
			t.Errorf("%+v", p)
		}
		if diff := cmp.Diff("displayName takes one value and its source has 2", p.Reason); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestATargetThatIsNoPathIsAnError(t *testing.T) {
	t.Parallel()
	r := load(t, with("title", map[string]any{"targetAttributeName": "title["}))
	for _, target := range []engine.Target{{}, {Resource: resource(t, inTarget)}} {
		_, err := r.Plan(user(nil), decision(nil), target)
		if fault, ok := errors.AsType[*scim.PathError](err); !ok || fault.Path != "title[" {
			t.Errorf("got %v, want a *PathError", err)
		}
	}
}
