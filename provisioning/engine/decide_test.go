package engine_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
)

func TestWhoIsInScopeAndWhy(t *testing.T) {
	t.Parallel()
	viaGroup := assigned(sales)
	viaGroup.Groups = []string{charles, sales}
	byDefault := engine.Access{Assignments: []engine.Assignment{{PrincipalID: ada, PrincipalName: "Ada", RoleID: engine.DefaultAccess}}}
	denied := byDefault
	denied.DefaultAccessDenied = true
	both := denied
	both.Groups = []string{sales}
	both.Assignments = append(viaGroup.Assignments, denied.Assignments...)
	deleted := user(nil)
	deleted.Deleted = true
	nested := group()
	nested.ID = charles

	tests := map[string]struct {
		subject engine.Subject
		access  engine.Access
		want    engine.Decision
	}{
		"assigned directly":                  {user(nil), assigned(ada), decision(nil)},
		"through a group":                    {user(nil), viaGroup, decision(nil)},
		"the group's assignment, not in it":  {user(nil), assigned(sales), decision(func(d *engine.Decision) { d.Assigned, d.Entitled = false, false })},
		"not assigned":                       {user(nil), engine.Access{}, decision(func(d *engine.Decision) { d.Assigned, d.Entitled = false, false })},
		"not assigned, but everybody is":     {user(nil), engine.Access{SyncAll: true}, decision(func(d *engine.Decision) { d.SyncAll, d.Assigned = true, false })},
		"with default access":                {user(nil), byDefault, decision(nil)},
		"with default access that is denied": {user(nil), denied, decision(func(d *engine.Decision) { d.Entitled = false })},
		"with default access and a role":     {user(nil), both, decision(nil)},
		"disabled":                           {user(map[string][]string{"accountEnabled": {"False"}}), assigned(ada), decision(func(d *engine.Decision) { d.Active = false })},
		"in the recycle bin":                 {deleted, assigned(ada), decision(func(d *engine.Decision) { d.Active = false })},
		"without a matching value":           {user(map[string][]string{"userPrincipalName": nil}), assigned(ada), decision(func(d *engine.Decision) { d.Imported = false })},
		"an assigned group":                  {group(), assigned(sales), decision(nil)},
		"a group in an assigned group":       {nested, viaGroup, decision(func(d *engine.Decision) { d.Assigned, d.Entitled = false, false })},
	}
	for name, test := range tests {
		got := decide(t, load(t), test.subject, test.access)
		if got.Assigned != (len(got.AssignedBy) > 0) {
			t.Errorf("%s: assigned by %v", name, got.AssignedBy)
		}
		got.AssignedBy = nil
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if got.SoftDeleted() == got.InScope {
			t.Errorf("%s: IsSoftDeleted is %t", name, got.SoftDeleted())
		}
	}
}

func TestADecisionNamesWhatAssigns(t *testing.T) {
	t.Parallel()
	access := engine.Access{Groups: []string{sales}, Assignments: []engine.Assignment{
		{PrincipalID: charles, PrincipalName: "Charles", RoleID: admin},
		{PrincipalID: sales, PrincipalName: "Sales", RoleID: admin},
	}}
	got := decide(t, load(t), user(nil), access).AssignedBy
	want := []engine.Assignment{{PrincipalID: sales, PrincipalName: "Sales", RoleID: admin}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAMappingThatIsSwitchedOffTakesAllOutOfScope(t *testing.T) {
	t.Parallel()
	d := decide(t, load(t, nil, set("enabled", false)), group(), assigned(sales))
	if d.InScope || d.MappingEnabled {
		t.Errorf("decided %+v", d)
	}
}

func TestDetailsAreInTheServicesWords(t *testing.T) {
	t.Parallel()
	filter := scope(clause("department", "EQUALS", "Research & <Engines>"), clause("city", "IS NOT NULL"))
	d := decide(t, load(t, set("scope", filter)), user(nil), assigned(ada))
	want := map[string]string{
		"Active in the source system":      "True",
		"Assigned to the application":      "True",
		"User has the required role":       "True",
		"Scoping filter evaluation passed": "False",
		"ScopeEvaluationResult":            `{"Filter.department EQUALS 'Research & <Engines>'":false,"Filter.city IS NOT NULL":true}`,
	}
	if diff := cmp.Diff(want, d.Details()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := decide(t, load(t), user(nil), assigned(ada)).ScopeEvaluationResult(); got != "{}" {
		t.Errorf("without filters it is %s", got)
	}
}

func TestWhatIsNotMappedCannotBeDecided(t *testing.T) {
	t.Parallel()
	device := engine.Subject{Type: "Device"}
	_, err1 := load(t).Decide(device, engine.Access{})
	_, err2 := load(t).Flow(device, engine.Decision{}, true)
	_, err3 := load(t).Plan(device, engine.Decision{}, engine.Target{})
	for _, err := range []error{err1, err2, err3} {
		if missing, ok := errors.AsType[*engine.NoMappingError](err); !ok || missing.Type != "Device" {
			t.Errorf("got %v, want a *NoMappingError", err)
		}
	}
}

func TestAMatchingExpressionThatIsNotEvaluatedIsAnError(t *testing.T) {
	t.Parallel()
	r := load(t, with("userName", map[string]any{"source": function(`ToLower(&HF7)`)}))
	_, err := r.Decide(user(nil), assigned(ada))
	if _, ok := errors.AsType[*expression.UnsupportedError](err); !ok {
		t.Errorf("got %v, want an *UnsupportedError", err)
	}
}

func TestMatchesComeInTheirPrecedence(t *testing.T) {
	t.Parallel()
	r := load(t, func(mapping map[string]any) {
		with("userName", map[string]any{"matchingPriority": 2})(mapping)
		with("externalId", map[string]any{"matchingPriority": 1})(mapping)
	})
	for _, test := range []struct {
		subject engine.Subject
		want    []engine.Match
	}{
		{user(nil), []engine.Match{{Target: "externalId", Value: "ada"}, {Target: "userName", Value: "ada@contoso.com"}}},
		{user(map[string][]string{"mailNickname": {""}}), []engine.Match{{Target: "userName", Value: "ada@contoso.com"}}},
	} {
		got, err := r.Matches(test.subject)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// decision is that of an assigned user in scope, changed.
func decision(change func(*engine.Decision)) engine.Decision {
	d := engine.Decision{Imported: true, MappingEnabled: true, Active: true, Assigned: true, Entitled: true, FilterPassed: true}
	if change != nil {
		change(&d)
	}
	d.InScope = d.Imported && d.MappingEnabled && d.Active && d.Entitled && d.FilterPassed
	return d
}
