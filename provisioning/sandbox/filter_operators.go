package sandbox

import (
	"slices"
)

// An operator is one of those of scoping filters.
type operator struct {
	name  string
	unary bool
	types []string // of the attributes that it takes
}

// operators are those that filterOperators lists, and no others are saved.
// The types of the newer ones are the sandbox's own: what they are compared as
// is documented, and the attributes of the source are texts nearly all.
// https://learn.microsoft.com/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func (t *Tenant) operators() []operator {
	number, all := []string{"Integer", "String"}, []string{"String", "Integer", "Binary", "Boolean"}
	eight := []operator{
		{"EQUALS", false, number},
		{"NOT EQUALS", false, number},
		{"REGEX MATCH", false, number},
		{"NOT REGEX MATCH", false, number},
		{"IS TRUE", true, []string{"Boolean"}},
		{"IS FALSE", true, []string{"Boolean"}},
		{"IS NULL", true, all},
		{"IS NOT NULL", true, all},
	}
	if !t.options.allOperators {
		return eight
	}
	return append(eight,
		operator{"Greater_Than", false, number},
		operator{"Greater_Than_OR_EQUALS", false, number},
		operator{"Includes", false, []string{"String"}},
		operator{"ENDS_WITH", false, []string{"String"}},
		operator{"&", false, number},
		operator{"!&", false, number},
	)
}

// filterOperators lists the operators of scoping filters.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-filteroperators
func (t *Tenant) filterOperators(c *call, _ *state, _ *app) *answer {
	value := []object{}
	for _, o := range t.operators() {
		arity := "Binary"
		if o.unary {
			arity = "Unary"
		}
		value = append(value, object{"id": o.name, "arity": arity, "multivaluedComparisonType": "All", "supportedAttributeTypes": slices.Clone(o.types)})
	}
	return ok(object{"@odata.context": c.context("Collection(microsoft.graph.filterOperatorSchema)"), "value": value})
}
