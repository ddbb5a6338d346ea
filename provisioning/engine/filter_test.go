package engine_test

import (
	"errors"
	"testing"

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
		`scoping filter "Filter", department ENDS_WITH: scimctl does not evaluate this operator`:                                                                                        scope(clause("department", "ENDS_WITH", "s")),
		`scoping filter "Filter", department EQUALS: it has 2 values to compare with, and what that means is not documented`:                                                            scope(clause("department", "EQUALS", "a", "b")),
		`scoping filter "Filter", department EQUALS: it has 0 values to compare with, and what that means is not documented`:                                                            scope(clause("department", "EQUALS")),
		`scoping filter "Filter", department REGEX MATCH: scimctl cannot evaluate the pattern (?=x)`:                                                                                    scope(clause("department", "REGEX MATCH", "(?=x)")),
		`scoping filter "Filter", department REGEX MATCH: scimctl cannot evaluate the pattern )(`:                                                                                       scope(clause("department", "REGEX MATCH", ")(")),
		`scoping filter "Filter", department REGEX MATCH: the pattern Eng fits a part of the value alone, and whether that is enough is not documented: write ^ and $, or .* around it`: scope(clause("department", "REGEX MATCH", "Eng")),
		`scoping filter "Filter", many EQUALS: many has several values, which filters do not take`:                                                                                      scope(clause("many", "EQUALS", "a")),
		`scoping filter: inputFilterGroups are not evaluated by scimctl`:                                                                                                                {"groups": []any{}, "inputFilterGroups": []any{map[string]any{"name": "x"}}},
		`scoping filter: categoryFilterGroups are not evaluated by scimctl`:                                                                                                             {"groups": []any{}, "categoryFilterGroups": []any{map[string]any{"name": "x"}}},
	} {
		_, err := load(t, set("scope", filter)).Decide(user(map[string][]string{"many": {"a", "b"}}), assigned(ada))
		if _, ok := errors.AsType[*engine.UnsupportedFilterError](err); !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
