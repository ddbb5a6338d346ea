package engine_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/engine"
)

func clause(attribute, operator string, values ...string) map[string]any {
	c := map[string]any{"sourceOperandName": attribute, "operatorName": operator, "targetOperand": nil}
	if len(values) > 0 {
		c["targetOperand"] = map[string]any{"values": values}
	}
	return c
}

// scope is one filter of all the clauses.
func scope(clauses ...map[string]any) map[string]any {
	return map[string]any{
		"categoryFilterGroups": []any{}, "inputFilterGroups": []any{},
		"groups": []any{map[string]any{"name": "Filter", "clauses": clauses}},
	}
}

func TestOperatorsOfScopingFilters(t *testing.T) {
	t.Parallel()
	ada := user(map[string][]string{"flag": {"True"}, "off": {"False"}, "empty": {""}})
	for _, test := range []struct {
		clause map[string]any
		want   bool
	}{
		{clause("department", "EQUALS", "Engines"), true},
		{clause("department", "EQUALS", "engines"), false},
		{clause("department", "NOT EQUALS", "Sales"), true},
		{clause("department", "NOT EQUALS", "Engines"), false},
		{clause("absent", "NOT EQUALS", "Engines"), false},
		{clause("flag", "IS TRUE"), true},
		{clause("off", "IS TRUE"), false},
		{clause("absent", "IS TRUE"), false},
		{clause("off", "IS FALSE"), true},
		{clause("flag", "IS FALSE"), false},
		{clause("absent", "IS FALSE"), false},
		{clause("absent", "IS NULL"), true},
		{clause("empty", "IS NULL"), true},
		{clause("department", "IS NULL"), false},
		{clause("department", "IS NOT NULL"), true},
		{clause("empty", "IS NOT NULL"), false},
		{clause("mail", "REGEX MATCH", `.*@contoso\.com`), true},
		{clause("mail", "REGEX MATCH", `^ada@`+`.*$`), true},
		{clause("mail", "REGEX MATCH", `.*@fabrikam\.com`), false},
		{clause("absent", "REGEX MATCH", `.*`), false},
		{clause("mail", "NOT REGEX MATCH", `.*@fabrikam\.com`), true},
		{clause("mail", "NOT REGEX MATCH", `.*@contoso\.com`), false},
		{clause("absent", "NOT REGEX MATCH", `x`), false},
		{clause("mail", "REGEX MATCH", `^(?!bob)(?<name>\w+)@\w+\.com$`), true},
		{clause("mail", "REGEX MATCH", `^(?!ada).*$`), false},
		{clause("employeeId", "Greater_Than", "6"), true},
		{clause("employeeId", "Greater_Than", "7"), false},
		{clause("employeeId", "GREATER_THAN_OR_EQUALS", "7"), true},
		{clause("employeeId", "Greater_Than_OR_EQUALS", "8"), false},
		{clause("employeeId", "greater than or equals", "10"), false},
		{clause("absent", "Greater_Than", "0"), false},
		{clause("department", "Includes", "gin"), true},
		{clause("department", "INCLUDES", "GIN"), false},
		{clause("department", "Includes", "Sales;Eng"), true},
		{clause("department", "Includes", "Sales", "Eng"), true},
		{clause("department", "Includes", "Sales", "IT;"), false},
		{clause("absent", "Includes", "a"), false},
		{clause("mail", "ENDS_WITH", "@contoso.com"), true},
		{clause("mail", "ENDS_WITH", "@CONTOSO.com"), false},
		{clause("absent", "ends with", "x"), false},
	} {
		d := decide(t, load(t, set("scope", scope(test.clause))), ada, assigned(ada.ID))
		if d.FilterPassed != test.want || d.InScope != test.want || len(d.Clauses) != 1 || d.Clauses[0].Passed != test.want {
			t.Errorf("%v: %+v, want %t", test.clause, d, test.want)
		}
	}
}

func TestClausesAreAllNeededAndOneFilterIsEnough(t *testing.T) {
	t.Parallel()
	yes, no := clause("department", "EQUALS", "Engines"), clause("department", "EQUALS", "Sales")
	filters := func(groups ...[]map[string]any) map[string]any {
		var all []any
		for _, clauses := range groups {
			all = append(all, map[string]any{"name": "f", "clauses": clauses})
		}
		return map[string]any{"groups": all}
	}
	for _, test := range []struct {
		scope map[string]any
		want  []bool // of the clauses, then the verdict
	}{
		{filters(), []bool{true}},
		{filters([]map[string]any{yes, yes}), []bool{true, true, true}},
		{filters([]map[string]any{yes, no}), []bool{true, false, false}},
		{filters([]map[string]any{yes, no}, []map[string]any{yes}), []bool{true, false, true, true}},
		{filters([]map[string]any{no}, []map[string]any{no}), []bool{false, false, false}},
	} {
		d := decide(t, load(t, set("scope", test.scope)), user(nil), assigned(ada))
		var got []bool
		for _, c := range d.Clauses {
			got = append(got, c.Passed)
		}
		if diff := cmp.Diff(test.want, append(got, d.FilterPassed)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", test.scope, diff)
		}
	}
}

func TestAFilterThatIsNotEvaluatedIsSaidToBe(t *testing.T) {
	t.Parallel()
	for want, filter := range map[string]map[string]any{
		`scoping filter "Filter", department EQUALS: it has 2 values to compare with, and what that means is not documented`:                                                            scope(clause("department", "EQUALS", "a", "b")),
		`scoping filter "Filter", department EQUALS: it has 0 values to compare with, and what that means is not documented`:                                                            scope(clause("department", "EQUALS")),
		`scoping filter "Filter", department REGEX MATCH: the pattern Eng fits a part of the value alone, and whether that is enough is not documented: write ^ and $, or .* around it`: scope(clause("department", "REGEX MATCH", "Eng")),
		`scoping filter "Filter", many EQUALS: many has several values, which filters do not take`:                                                                                      scope(clause("many", "EQUALS", "a")),
		`scoping filter "Filter", department &: what this operator compares is not documented well enough to evaluate it`:                                                               scope(clause("department", "&", "4")),
		`scoping filter "Filter", department !&: what this operator compares is not documented well enough to evaluate it`:                                                              scope(clause("department", "!&", "4")),
		`scoping filter "Filter", department LIKE: scimctl does not evaluate this operator`:                                                                                             scope(clause("department", "LIKE", "4")),
		`scoping filter "Filter", department Includes: it has no value to look for`:                                                                                                     scope(clause("department", "Includes", ";")),
		`scoping filter "Filter", employeeId Greater_Than: it compares numbers, and "x" is no whole number`:                                                                             scope(clause("employeeId", "Greater_Than", "x")),
		`scoping filter "Filter", department Greater_Than: it compares numbers, and the value "Engines" of department is no whole number`:                                               scope(clause("department", "Greater_Than", "4")),
		`scoping filter "Filter", manager IS NULL: the service does not filter on manager`:                                                                                              scope(clause("manager", "IS NULL")),
		`scoping filter "Filter", userType EQUALS: the service does not filter on userType`:                                                                                             scope(clause("userType", "EQUALS", "Guest")),
		`scoping filter "Filter", appRoleAssignments EQUALS: the service does not filter on appRoleAssignments`:                                                                         scope(clause("appRoleAssignments", "EQUALS", "x")),
		`scoping filter: categoryFilterGroups are not evaluated by scimctl`:                                                                                                             {"groups": []any{}, "categoryFilterGroups": []any{map[string]any{"name": "x"}}},
	} {
		_, err := load(t, set("scope", filter)).Decide(user(map[string][]string{"many": {"a", "b"}}), assigned(ada))
		if _, ok := errors.AsType[*engine.UnsupportedFilterError](err); !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestAPatternThatIsNoneIsSaidToBe(t *testing.T) {
	t.Parallel()
	_, err := load(t, set("scope", scope(clause("department", "REGEX MATCH", ")(")))).Decide(user(nil), assigned(ada))
	fault, ok := errors.AsType[*engine.UnsupportedFilterError](err)
	if !ok || !strings.HasPrefix(fault.Reason, `")(" is no regular expression: `) {
		t.Errorf("got %v", err)
	}
}

// A pattern that backtracks without end costs no more than it may.
func TestARegularExpressionMayTakeSoLong(t *testing.T) {
	t.Parallel()
	r := load(t, set("scope", scope(clause("department", "REGEX MATCH", `^(a+)+$`))))
	r.RegexLimit = 50 * time.Millisecond
	_, err := r.Decide(user(map[string][]string{"department": {strings.Repeat("a", 40) + "!"}}), assigned(ada))
	if _, ok := errors.AsType[*engine.UnsupportedFilterError](err); !ok {
		t.Errorf("got %v, want an *UnsupportedFilterError", err)
	}
}

func TestWhatHasSeveralValuesInTheSourceIsNotFilteredOn(t *testing.T) {
	t.Parallel()
	for name, member := range map[string]map[string]any{
		"multivalued": {"name": "jobTitle", "type": "String", "multivalued": true},
		"a date":      {"name": "jobTitle", "type": "DateTime"},
	} {
		r := loadWhole(t, func(schema map[string]any) {
			schema["directories"] = append(schema["directories"].([]any), map[string]any{
				"name": "Microsoft Entra ID", "objects": []any{map[string]any{"name": "User", "attributes": []any{member}}},
			})
		}, set("scope", scope(clause("jobTitle", "IS NOT NULL"))))
		if _, err := r.Decide(user(nil), assigned(ada)); !is[*engine.UnsupportedFilterError](err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWhatAnInputFilterDropsIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	filter := map[string]any{"groups": []any{}, "inputFilterGroups": []any{
		map[string]any{"name": "Input", "clauses": []any{clause("department", "EQUALS", "Engines")}},
	}}
	r := load(t, set("scope", filter))
	if d := decide(t, r, user(nil), assigned(ada)); !d.InScope || d.Dropped || len(d.InputClauses) != 1 {
		t.Errorf("%+v", d)
	}
	left := user(map[string][]string{"department": {"Sales"}})
	if d := decide(t, r, left, assigned(ada)); d.InScope || !d.Dropped {
		t.Errorf("%+v", d)
	}
	p := plan(t, r, left, assigned(ada), engine.Target{Resource: resource(t, inTarget)})
	if p.Action != engine.Skip || p.Code != engine.EntrySynchronizationSkipped {
		t.Errorf("%s %s", p.Action, p.Code)
	}
	preview, err := r.Preview(left, assigned(ada))
	if err != nil || preview.Disable != nil || preview.Create != nil {
		t.Errorf("%+v, %v", preview, err)
	}
}
