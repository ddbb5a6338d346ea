package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A filter is one group of clauses, all of which have to pass.
type filter struct {
	title   string
	clauses []clause
}

type clause struct {
	attribute, operator string
	values              []string
	pattern             *pattern // of the regular expressions
}

// filter evaluates all scoping filters: one that passes is enough, and none
// at all lets everything pass. The rules are those of
// https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts.
func (o *object) filter(s Subject, filters []filter, limit time.Duration) (passed bool, results []ClauseResult, err error) {
	if o.unsupportedFilters != "" {
		return false, nil, &UnsupportedFilterError{Reason: o.unsupportedFilters + " are not evaluated by scimctl"}
	}
	passed = len(filters) == 0
	for _, f := range filters {
		all := true
		for _, c := range f.clauses {
			err := o.filterable(c.attribute)
			var ok bool
			if err == nil {
				ok, err = c.passes(s, limit)
			}
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

// filterable is an error for what the service does not filter on.
func (o *object) filterable(name string) error {
	a := o.sourceAttributes[name]
	switch {
	case slices.Contains([]string{"appRoleAssignments", "userType", "manager", "members", "IsMemberOf"}, name):
		return fmt.Errorf("the service does not filter on %s", name)
	case a.multivalued:
		return fmt.Errorf("%s has several values, which filters do not take", name)
	case a.kind == "DateTime" || a.kind == "Reference":
		return fmt.Errorf("%s is of type %s, on which the service does not filter", name, a.kind)
	default:
		return nil
	}
}

// passes evaluates a clause. On an attribute without a value all but IS NULL
// are false, the negated ones included.
func (c clause) passes(s Subject, limit time.Duration) (bool, error) {
	values := slices.DeleteFunc(slices.Clone(s.Attributes[c.attribute]), func(v string) bool { return v == "" })
	if len(values) > 1 {
		return false, fmt.Errorf("%s has several values, which filters do not take", c.attribute)
	}
	value := strings.Join(values, "")
	switch operator := normal(c.operator); operator {
	case "IS NULL":
		return value == "", nil
	case "IS NOT NULL":
		return value != "", nil
	case "IS TRUE":
		return strings.EqualFold(value, "True"), nil
	case "IS FALSE":
		return isFalse(value), nil
	case "&", "!&":
		return false, errors.New("what this operator compares is not documented well enough to evaluate it")
	case "INCLUDES":
		return c.includes(value)
	default:
		return c.compares(operator, value, limit)
	}
}

// normal is an operator in capitals with blanks. How Graph spells the newer
// ones (Greater_Than, ENDS_WITH, Includes) is not documented.
func normal(operator string) string {
	return strings.ToUpper(strings.Join(strings.FieldsFunc(operator, func(r rune) bool { return r == '_' || r == ' ' }), " "))
}
