package sandbox

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
	i := slices.IndexFunc(s.operators, func(o operator) bool { return o.name == c.Operator })
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
func (a checkedAttribute) unfilterable(o operator) string {
	takes := slices.ContainsFunc(o.types, func(kind string) bool { return strings.EqualFold(kind, a.Type) })
	switch {
	case a.Multivalued:
		return a.Name + " has several values and cannot be filtered on"
	case slices.Contains(strings.Fields("appRoleAssignments userType manager members IsMemberOf"), a.Name):
		return a.Name + " cannot be filtered on"
	case !takes:
		return fmt.Sprintf("the operator %s does not take %s, which is of type %s", o.name, a.Name, a.Type)
	}
	return ""
}

// checkValues holds the values to the arity of the operator and to what it compares.
func (c checkedClause) checkValues(o operator) string {
	var values []string
	if c.Target != nil {
		values = c.Target.Values
	}
	switch {
	case o.unary && len(values) > 0:
		return "the operator " + o.name + " takes no value"
	case !o.unary && (len(values) == 0 || slices.Contains(values, "")):
		return "the operator " + o.name + " needs a value"
	}
	for _, v := range values {
		if strings.HasSuffix(o.name, "REGEX MATCH") {
			if _, err := expression.CompilePattern(v, 0); err != nil {
				return err.Error()
			}
		}
		if _, err := strconv.ParseUint(v, 10, 63); err != nil && strings.HasPrefix(o.name, "Greater_Than") {
			return fmt.Sprintf("the operator %s compares numbers, and %q is none", o.name, v)
		}
	}
	return ""
}
