package schema

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

type checkedFilter struct {
	Name    string          `json:"name"`
	Clauses []checkedClause `json:"clauses"`
}

type checkedClause struct {
	Operator string `json:"operatorName"`
	Source   string `json:"sourceOperandName"`
	Target   *struct {
		Values []string `json:"values"`
	} `json:"targetOperand"`
}

// checkFilters says why scoping filters are not saved. What can be filtered on
// is documented; that the service refuses the rest when it is saved is the
// stricter reading.
// https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func (s *checkedSchema) checkFilters(source place, filters []checkedFilter) string {
	for _, f := range filters {
		for _, c := range f.Clauses {
			if problem := s.checkClause(source, c); problem != "" {
				return fmt.Sprintf("the scoping filter %q: %s", f.Name, problem)
			}
		}
	}
	return ""
}

func (s *checkedSchema) checkClause(source place, c checkedClause) string {
	i := slices.IndexFunc(s.operators, func(o Operator) bool { return o.Name == c.Operator })
	if i < 0 {
		return fmt.Sprintf("the operator %q is not known", c.Operator)
	}
	a, exists := s.attribute(place{source[0], source[1], c.Source})
	if !exists {
		return "the source attribute " + c.Source + " is not in the attribute list of " + source[0]
	}
	if problem := a.unfilterable(s.operators[i]); problem != "" {
		return problem
	}
	return c.checkValues(s.operators[i])
}

// unfilterable says why an attribute is not filtered on by an operator.
func (a checkedAttribute) unfilterable(o Operator) string {
	takes := slices.ContainsFunc(o.Types, func(kind string) bool { return strings.EqualFold(kind, a.Type) })
	switch {
	case a.Multivalued:
		return a.Name + " has several values and cannot be filtered on"
	case slices.Contains(strings.Fields("appRoleAssignments userType manager members IsMemberOf"), a.Name):
		return a.Name + " cannot be filtered on"
	case !takes:
		return fmt.Sprintf("the operator %s does not take %s, which is of type %s", o.Name, a.Name, a.Type)
	}
	return ""
}

// checkValues holds the values to the arity of the operator and to what it compares.
func (c checkedClause) checkValues(o Operator) string {
	var values []string
	if c.Target != nil {
		values = c.Target.Values
	}
	switch {
	case o.Unary && len(values) > 0:
		return "the operator " + o.Name + " takes no value"
	case !o.Unary && (len(values) == 0 || slices.Contains(values, "")):
		return "the operator " + o.Name + " needs a value"
	}
	for _, v := range values {
		if strings.HasSuffix(o.Name, "REGEX MATCH") {
			if _, err := expression.CompilePattern(v, 0); err != nil {
				return err.Error()
			}
		}
		if _, err := strconv.ParseUint(v, 10, 63); err != nil && strings.HasPrefix(o.Name, "Greater_Than") {
			return fmt.Sprintf("the operator %s compares numbers, and %q is none", o.Name, v)
		}
	}
	return ""
}

// An Operator is one of those of scoping filters.
type Operator struct {
	Name  string
	Unary bool
	Types []string // of the attributes that it takes
}

// Operators are those that filterOperators lists, and no others are saved: the
// eight documented ones, or all.
// The types of the newer ones are the sandbox's own: what they are compared as
// is documented, and the attributes of the source are texts nearly all.
// https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func Operators(all bool) []Operator {
	number, every := []string{"Integer", "String"}, []string{"String", "Integer", "Binary", "Boolean"}
	eight := []Operator{
		{"EQUALS", false, number},
		{"NOT EQUALS", false, number},
		{"REGEX MATCH", false, number},
		{"NOT REGEX MATCH", false, number},
		{"IS TRUE", true, []string{"Boolean"}},
		{"IS FALSE", true, []string{"Boolean"}},
		{"IS NULL", true, every},
		{"IS NOT NULL", true, every},
	}
	if !all {
		return eight
	}
	return append(eight,
		Operator{"Greater_Than", false, number},
		Operator{"Greater_Than_OR_EQUALS", false, number},
		Operator{"Includes", false, []string{"String"}},
		Operator{"ENDS_WITH", false, []string{"String"}},
		Operator{"&", false, number},
		Operator{"!&", false, number},
	)
}
