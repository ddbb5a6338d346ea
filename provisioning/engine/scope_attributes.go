package engine

import (
	"slices"

	"github.com/scimctl/scimctl/mappings/expression"
)

// ScopeAttributes are those of [Rules.SourceAttributes] that decide the scope:
// what filters and the mappings that are matched on read.
func (r *Rules) ScopeAttributes(objectType string) []string {
	o := r.object(objectType)
	if o == nil {
		return nil
	}
	return o.readBy(o.matching())
}

// readBy are the attributes that some mappings and all filters read.
func (o *object) readBy(mappings []mapping) []string {
	var names []string
	for _, m := range mappings {
		if m.source != nil {
			names = append(names, expression.Attributes(m.source)...)
		}
	}
	for _, f := range slices.Concat(o.filters, o.inputFilters) {
		for _, c := range f.clauses {
			names = append(names, c.attribute)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
