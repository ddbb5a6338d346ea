package engine_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// flowOf is what the mapping of a target yields for a subject in scope.
func flowOf(t *testing.T, r *engine.Rules, s engine.Subject, create bool, target string) (engine.Flow, bool) {
	t.Helper()
	flows, err := r.Flow(s, decision(nil), create)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range flows {
		if f.Target == target {
			return f, true
		}
	}
	return engine.Flow{}, false
}

func given(text string) expression.Value {
	return expression.Value{Outcome: expression.Given, Values: []string{text}}
}

func TestEachMappingFlows(t *testing.T) {
	t.Parallel()
	flows, err := load(t).Flow(group(ada), decision(nil), true)
	if err != nil {
		t.Fatal(err)
	}
	want := []engine.Flow{
		{Target: "displayName", TargetType: "String", Source: "[displayName]", Value: given("Sales"), MatchingPriority: 1},
		{Target: "externalId", TargetType: "String", Source: "[objectId]", Value: given(sales)},
		{Target: "members", TargetType: "Reference", Source: "[members]", Value: given(ada), Reference: true},
	}
	if diff := cmp.Diff(want, flows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestIsSoftDeletedFollowsFromTheDecision(t *testing.T) {
	t.Parallel()
	for _, access := range []engine.Access{assigned(ada), {}} {
		d := decide(t, load(t), user(nil), access)
		flows, err := load(t).Flow(user(map[string][]string{"IsSoftDeleted": {"nonsense"}}), d, false)
		if err != nil {
			t.Fatal(err)
		}
		active := map[bool]string{true: "True", false: "False"}[d.InScope]
		want := engine.Flow{
			Target: "active", TargetType: "Boolean", Source: `Switch([IsSoftDeleted], , "False", "True", "True", "False")`, Value: given(active),
		}
		if diff := cmp.Diff(want, flows[1]); diff != "" {
			t.Errorf("in scope %t (-want +got):\n%s", d.InScope, diff)
		}
	}
}

func TestAGuestsNameLosesTheTenantsPart(t *testing.T) {
	t.Parallel()
	const upn = "grace_fabrikam.com#EXT#@contoso.com"
	guest := user(map[string][]string{"userPrincipalName": {upn}})
	r := load(t, with("nickName", map[string]any{"source": function(`Join("", [originalUserPrincipalName])`)}))
	name, _ := flowOf(t, r, guest, true, "userName")
	whole, _ := flowOf(t, r, guest, true, "nickName")
	if diff := cmp.Diff([]string{"grace_fabrikam.com", upn}, []string{name.Value.Text(), whole.Value.Text()}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	matches, err := r.Matches(guest)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]engine.Match{{Target: "userName", Value: "grace_fabrikam.com"}}, matches); diff != "" {
		t.Errorf("matches (-want +got):\n%s", diff)
	}
	if guest.Attributes["userPrincipalName"][0] != upn {
		t.Error("the subject itself was changed")
	}
}

func TestADefaultStandsInOnCreateAlone(t *testing.T) {
	t.Parallel()
	without := user(map[string][]string{"jobTitle": nil})
	r := load(t, func(mapping map[string]any) {
		with("title", map[string]any{"defaultValue": "Clerk"})(mapping)
		with("userType", map[string]any{"defaultValue": "Person", "source": nil})(mapping)
		with("nickName", map[string]any{"defaultValue": "x", "source": function(`IgnoreFlowIfNullOrEmpty([absent])`)})(mapping)
		with("locale", map[string]any{"defaultValue": "x", "source": function(`ToLower(&HF7)`)})(mapping)
		with("empty", map[string]any{"defaultValue": "x", "source": function(`Join("", [absent])`)})(mapping)
	})
	for _, test := range []struct {
		subject engine.Subject
		create  bool
		target  string
		want    expression.Value
		byWay   bool
	}{
		{without, true, "title", given("Clerk"), true},
		{without, false, "title", expression.Value{Outcome: expression.Null}, false},
		{user(nil), true, "title", given("Analyst"), false},
		{without, true, "userType", given("Person"), true},
		{without, false, "userType", expression.Value{Outcome: expression.Null}, false},
		{without, true, "nickName", expression.Value{Outcome: expression.Dropped}, false},
		{without, true, "locale", expression.Value{Outcome: expression.Unsupported}, false},
		{without, true, "empty", given("x"), true},
	} {
		f, _ := flowOf(t, r, test.subject, test.create, test.target)
		if diff := cmp.Diff(test.want, f.Value); diff != "" || f.Default != test.byWay {
			t.Errorf("%s, create %t, default %t (-want +got):\n%s", test.target, test.create, f.Default, diff)
		}
	}
}

func TestWhatAppliesOnCreateAloneDoesNotFlowLater(t *testing.T) {
	t.Parallel()
	r := load(t, with("title", map[string]any{"flowType": "ObjectAddOnly"}))
	if f, flows := flowOf(t, r, user(nil), true, "title"); !flows || !f.CreateOnly || f.Value.Text() != "Analyst" {
		t.Errorf("on create: %+v", f)
	}
	if _, flows := flowOf(t, r, user(nil), false, "title"); flows {
		t.Error("it flows on update")
	}
}

func TestAMappingThatCannotBeEvaluatedSaysWhy(t *testing.T) {
	t.Parallel()
	r := load(t, func(mapping map[string]any) {
		with("title", map[string]any{"source": function(`Join("`)})(mapping)
		with("nickName", map[string]any{"source": function(`ToLower(&HF7)`)})(mapping)
		with("locale", map[string]any{"flowType": "ValueAddOnly", "source": nil})(mapping)
		with("timezone", map[string]any{"source": map[string]any{"type": "Mystery"}})(mapping)
	})
	for target, check := range map[string]func(error) bool{
		"title":    is[*expression.SyntaxError],
		"nickName": is[*expression.UnsupportedError],
		"locale":   is[*engine.FlowTypeError],
		"timezone": func(err error) bool { return err != nil },
	} {
		f, _ := flowOf(t, r, user(nil), true, target)
		if !check(f.Err) || f.Value.Outcome != expression.Unsupported {
			t.Errorf("%s: %v, %v", target, f.Value, f.Err)
		}
	}
	p := plan(t, r, user(nil), assigned(ada), engine.Target{})
	if len(p.Unsupported()) != 4 || p.Action != engine.Create || p.Resource["nickName"] != nil {
		t.Errorf("planned %s with %d unsupported", p.Action, len(p.Unsupported()))
	}
}

func TestAConstantFlows(t *testing.T) {
	t.Parallel()
	source := map[string]any{"expression": `"Employee"`, "name": "Employee", "type": "Constant", "parameters": []any{}}
	f, _ := flowOf(t, load(t, with("userType", map[string]any{"source": source})), user(nil), false, "userType")
	if f.Value.Text() != "Employee" || f.Source != `"Employee"` {
		t.Errorf("%+v", f)
	}
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestWhatFlowsAlwaysIsSentAgain(t *testing.T) {
	t.Parallel()
	r := load(t, with("title", map[string]any{"flowBehavior": "FlowAlways"}))
	there := engine.Target{Resource: resource(t, inTarget), IDs: ids()}
	p := plan(t, r, user(nil), assigned(ada), there)
	if p.Action != engine.Update || len(p.Modified) != 0 {
		t.Errorf("%s %s, modified %v", p.Action, p.Code, p.Modified)
	}
	patches(t, `{"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "Replace", "path": "title", "value": "Analyst"}]}`, p.Changes)
}

func TestAFlowTypeForListsIsForListsAlone(t *testing.T) {
	t.Parallel()
	for target, known := range map[string]bool{"members": true, "externalId": false} {
		r := load(t, nil, with(target, map[string]any{"flowType": "MultiValueAddOnly"}))
		f, _ := flowOf(t, r, group(ada), false, target)
		if known != (f.Err == nil) || !known && !is[*engine.FlowTypeError](f.Err) {
			t.Errorf("%s: %v", target, f.Err)
		}
	}
	r := load(t, nil, with("members", map[string]any{"flowType": "MultiValueAddOnly"}))
	target := engine.Target{Resource: resource(t, salesInTarget), IDs: ids(), Listed: []string{ada, charles}}
	if p := plan(t, r, group(ada), assigned(sales), target); len(p.AddMembers) != 1 || len(p.RemoveMembers) != 0 {
		t.Errorf("%v are added and %v taken out", p.AddMembers, p.RemoveMembers)
	}
}

func TestExpressionsSeeTheClockAndTheTenant(t *testing.T) {
	t.Parallel()
	r := load(t, with("nickName", map[string]any{"source": function(`Join("@", FormatDateTime(Now(), , "M/d/yyyy h:mm:ss tt", "yyyy"), DefaultDomain())`)}))
	r.Now, r.DefaultDomain = time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC), "contoso.com"
	if f, _ := flowOf(t, r, user(nil), true, "nickName"); f.Value.Text() != "2031@contoso.com" {
		t.Errorf("%+v", f)
	}
}
