package mappings

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/expression"
)

// unfilterable says why the service filters on no attribute of that name,
// whatever the attribute list says; "" when it may.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func unfilterable(attribute string) string {
	switch strings.ToLower(attribute) {
	case "approleassignments":
		return "scoping filters do not take app roles; assign the users or groups that should be in scope instead"
	case "usertype", "manager":
		return "scoping filters do not take this attribute"
	case "members", "memberof", "ismemberof":
		return "scoping filters do not take memberships; assign the group instead"
	}
	return ""
}

// permits says whether the service evaluates the clause over this attribute.
// The error is a *[RefusedError] or an *[InvalidClauseError].
func permits(c Clause, a Attribute, operators []graph.FilterOperator) error {
	refused := func(reason string) error { return &RefusedError{Action: "filter on " + c.Attribute, Reason: reason} }
	i := slices.IndexFunc(operators, func(o graph.FilterOperator) bool { return o.Name == c.Operator })
	switch {
	case a.Multivalued:
		return refused("it has several values, which scoping filters do not take")
	case strings.EqualFold(a.Type, "DateTime"):
		return refused("it is a date, which scoping filters do not take")
	case i >= 0 && a.Type != "" && !takes(operators[i], a.Type):
		return refused(fmt.Sprintf("it is %s, and %s takes %s; for it there is %s", a.Type, spelt(c.Operator),
			bounds.Names(operators[i].SupportedAttributeTypes), orNothing(operatorNames(operators, a.Type))))
	}
	return c.comparable(a)
}

// comparable says whether the values are of the attribute's type.
func (c Clause) comparable(a Attribute) error {
	if c.matches() {
		return c.compiles()
	}
	whole := strings.EqualFold(a.Type, "Integer") || strings.HasPrefix(plain(c.Operator), "GREATER")
	for _, value := range c.Values {
		if _, err := strconv.ParseInt(value, 10, 64); whole && err != nil {
			return &InvalidClauseError{Clause: c.String(), Reason: fmt.Sprintf("%s is no whole number", quote(value))}
		}
	}
	return nil
}

// compiles says whether the values are patterns as .NET reads them.
func (c Clause) compiles() error {
	for _, value := range c.Values {
		if _, err := expression.CompilePattern(value, 0); err != nil {
			return &InvalidClauseError{Clause: c.String(), Reason: err.Error()}
		}
	}
	return nil
}

// matches says whether the value of the clause is a pattern.
func (c Clause) matches() bool { return strings.Contains(plain(c.Operator), "REGEX") }

func takes(o graph.FilterOperator, attributeType string) bool {
	return len(o.SupportedAttributeTypes) == 0 || slices.ContainsFunc(o.SupportedAttributeTypes, func(t string) bool { return strings.EqualFold(t, attributeType) })
}

func orNothing(names []string) string {
	if len(names) == 0 {
		return "no operator"
	}
	return bounds.FirstNames(names, 30)
}

// coherent refuses clauses that nobody can pass together: every attribute has
// one value at most.
func coherent(clauses []Clause) error {
	equal := map[string]string{}
	for _, c := range clauses {
		if plain(c.Operator) != "EQUALS" || len(c.Values) != 1 {
			continue
		}
		if other, ok := equal[c.Attribute]; ok && other != c.Values[0] {
			return &InvalidClauseError{Clause: c.String(), Reason: fmt.Sprintf("%s cannot be %s as well: all clauses of a filter have to hold, of several filters one", c.Attribute, quote(other))}
		}
		equal[c.Attribute] = c.Values[0]
	}
	return nil
}
