package engine

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A filter is one group of clauses, all of which have to pass.
type filter struct {
	title   string
	clauses []clause
}

type clause struct {
	attribute, operator string
	values              []string
}

// filter evaluates all scoping filters: one that passes is enough, and none
// at all lets everything pass. The rules are those of
// https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts.
func (o *object) filter(s Subject) (passed bool, results []ClauseResult, err error) {
	if o.unsupportedFilters != "" {
		return false, nil, &UnsupportedFilterError{Reason: o.unsupportedFilters + " are not evaluated by scimctl"}
	}
	passed = len(o.filters) == 0
	for _, f := range o.filters {
		all := true
		for _, c := range f.clauses {
			ok, err := c.passes(s)
			if err != nil {
				return false, results, &UnsupportedFilterError{f.title, c.attribute, c.operator, err.Error()}
			}
			results = append(results, ClauseResult{f.title, c.attribute, c.operator, c.values, ok})
			all = all && ok
		}
		passed = passed || all
	}
	return passed, results, nil
}

// passes evaluates a clause. On an attribute without a value all but IS NULL
// are false, the negated ones included.
func (c clause) passes(s Subject) (bool, error) {
	values := slices.DeleteFunc(slices.Clone(s.Attributes[c.attribute]), func(v string) bool { return v == "" })
	if len(values) > 1 {
		return false, fmt.Errorf("%s has several values, which filters do not take", c.attribute)
	}
	value := strings.Join(values, "")
	switch c.operator {
	case "IS NULL":
		return value == "", nil
	case "IS NOT NULL":
		return value != "", nil
	case "IS TRUE":
		return strings.EqualFold(value, "True"), nil
	case "IS FALSE":
		return isFalse(value), nil
	case "EQUALS", "NOT EQUALS", "REGEX MATCH", "NOT REGEX MATCH":
		return c.compares(value)
	default:
		return false, errors.New("scimctl does not evaluate this operator")
	}
}

// compares evaluates the operators that have a value on their right.
func (c clause) compares(value string) (bool, error) {
	if len(c.values) != 1 {
		return false, fmt.Errorf("it has %d values to compare with, and what that means is not documented", len(c.values))
	}
	operator, negated := strings.CutPrefix(c.operator, "NOT ")
	equal := value == c.values[0]
	if operator == "REGEX MATCH" {
		var err error
		if equal, err = fits(c.values[0], value); err != nil {
			return false, err
		}
	}
	return value != "" && equal != negated, nil
}

// fits matches a pattern. Whether it has to fit the whole value or a part of
// it is not documented, so a value for which that matters is not decided.
func fits(pattern, value string) (bool, error) {
	part, err := regexp.Compile(pattern)
	if err != nil {
		return false, fmt.Errorf("scimctl cannot evaluate the pattern %s", pattern)
	}
	whole, err := regexp.Compile(`\A(?:` + pattern + `)\z`)
	if err != nil {
		return false, fmt.Errorf("scimctl cannot evaluate the pattern %s", pattern)
	}
	if part.MatchString(value) != whole.MatchString(value) {
		return false, fmt.Errorf("the pattern %s fits a part of the value alone, and whether that is enough is not documented: "+
			"write ^ and $, or .* around it", pattern)
	}
	return part.MatchString(value), nil
}
