package check

import (
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
)

// mostCaveats is for how many filters it is told what their author may not
// have meant. Each is held against all others.
const mostCaveats = 100

// filters looks at the scoping filters.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func (c *checker) filters() {
	operators := c.Operators
	if len(operators) == 0 {
		operators = documentedOperators()
	}
	for i, f := range c.object.Filters() {
		if len(f.Clauses) == 0 {
			c.filter(Error, CodeFilterEmpty, f, schema.Clause{}, "it has no clause")
		}
		for _, clause := range f.Clauses {
			c.clauseAttribute(f, clause)
			c.clauseOperator(f, clause, operators)
		}
		if err := schema.Coherent(f.Clauses); err != nil {
			c.filter(Warning, CodeFilterAttribute, f, schema.Clause{}, "nobody passes it: "+reasonOf(err))
		}
		if i < mostCaveats {
			for _, caveat := range c.object.Caveats(f) {
				c.filter(Info, CodeFilterOperator, f, schema.Clause{}, caveat)
			}
		}
	}
}

func (c *checker) filter(severity Severity, code Code, f schema.Filter, clause schema.Clause, problem string) {
	finding := Finding{Severity: severity, Code: code, Filter: f.Name, Attribute: clause.Attribute, Problem: problem}
	if clause.Attribute != "" {
		finding.Problem = clause.String() + ": " + problem
	}
	if severity != Info {
		finding.Remedy = remedy.List{c.run("remove it, then add the right one", "filter remove", f.Name)}
	}
	c.note(finding)
}

func (c *checker) clauseAttribute(f schema.Filter, clause schema.Clause) {
	a, listed := c.sources[clause.Attribute]
	reason := schema.Unfilterable(clause.Attribute)
	switch {
	case len(c.sources) == 0: // told once, for the object
		return
	case !listed:
		reason = "the source attribute list lacks " + clause.Attribute + c.meant(clause.Attribute, func() []string { return c.object.AttributeNames(schema.Source) })
	case reason == "" && strings.EqualFold(a.Type, "Reference"):
		reason = "scoping filters do not take references"
	}
	if reason != "" {
		c.filter(Error, CodeFilterAttribute, f, clause, reason)
	}
}

// clauseOperator looks at whether the operator exists, has what it compares
// with, and is for values of the attribute's type.
func (c *checker) clauseOperator(f schema.Filter, clause schema.Clause, operators []synchronization.FilterOperator) {
	i := slices.IndexFunc(operators, func(o synchronization.FilterOperator) bool {
		return schema.Plain(o.Name) == schema.Plain(clause.Operator)
	})
	problem := ""
	switch {
	case i < 0:
		problem = "there is no operator " + schema.Quote(clause.Operator) + c.meant(clause.Operator, func() []string { return schema.OperatorNames(operators, "") })
	case schema.Unary(operators[i]) && strings.Join(clause.Values, "") != "":
		problem = operators[i].Name + " compares with nothing"
	case strings.EqualFold(operators[i].Arity, "Binary") && len(clause.Values) == 0:
		problem = operators[i].Name + " needs a value to compare with"
	default:
		a, listed := c.sources[clause.Attribute]
		if !listed || schema.Unfilterable(clause.Attribute) != "" || strings.EqualFold(a.Type, "Reference") {
			return
		}
		clause.Operator = operators[i].Name
		if err := schema.Permits(clause, a, operators); err != nil {
			problem = reasonOf(err)
		}
	}
	if problem != "" {
		c.filter(Error, CodeFilterOperator, f, clause, problem)
	}
}

// reasonOf is what an error about a clause says beside the clause.
func reasonOf(err error) string {
	if refused, ok := errors.AsType[*schema.RefusedError](err); ok {
		return refused.Reason
	}
	if invalid, ok := errors.AsType[*schema.InvalidClauseError](err); ok {
		return invalid.Reason
	}
	return err.Error()
}

// documentedOperators are those that Graph's list and the page on scoping
// filters name. The list has more than the page says of some, and less of
// others: where it names no types, all are taken.
//
// https://learn.microsoft.com/en-us/graph/api/synchronization-synchronizationschema-filteroperators
func documentedOperators() []synchronization.FilterOperator {
	const unary, binary = "Unary", "Binary"
	words, flags := []string{"Integer", "String"}, []string{"Boolean"}
	return []synchronization.FilterOperator{
		{Name: "EQUALS", Arity: binary, SupportedAttributeTypes: words},
		{Name: "NOT EQUALS", Arity: binary, SupportedAttributeTypes: words},
		{Name: "REGEX MATCH", Arity: binary, SupportedAttributeTypes: words},
		{Name: "NOT REGEX MATCH", Arity: binary, SupportedAttributeTypes: words},
		{Name: "IS TRUE", Arity: unary, SupportedAttributeTypes: flags},
		{Name: "IS FALSE", Arity: unary, SupportedAttributeTypes: flags},
		{Name: "IS NULL", Arity: unary},
		{Name: "IS NOT NULL", Arity: unary},
		{Name: "Greater_Than", Arity: binary, SupportedAttributeTypes: []string{"Integer"}},
		{Name: "Greater_Than_OR_EQUALS", Arity: binary, SupportedAttributeTypes: []string{"Integer"}},
		{Name: "Includes", Arity: binary},
		{Name: "ENDS_WITH", Arity: binary},
		{Name: "&", Arity: binary},
		{Name: "!&", Arity: binary},
	}
}
