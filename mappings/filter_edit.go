package mappings

import (
	"bytes"
	"fmt"
	"slices"
)

// A FilterExistsError is a scoping filter whose name another one has that lets
// others pass.
type FilterExistsError struct {
	Object     string
	Have, Want Filter
}

func (e *FilterExistsError) Error() string {
	return fmt.Sprintf("the filter %s is there already, with %s instead of %s", quote(e.Want.Name), e.Have, e.Want)
}

// AddFilter appends a scoping filter. One that is alike stays as it is; another
// one of that name is a *[FilterExistsError]. Attributes and operators are
// taken as they are: checking them is the caller's matter, see [AddFilter].
func (o Object) AddFilter(f Filter) error {
	if have, ok := o.Filter(f.Name); ok {
		if have.alike(f) {
			return nil
		}
		return &FilterExistsError{Object: o.kind, Have: have, Want: f}
	}
	o.filterGroups().add(f.stored())
	return nil
}

// SetFilter makes the scoping filter of that name the one that is given. What
// the schema says of it beside the clauses is kept; of several with the name
// the first stays.
func (o Object) SetFilter(f Filter) error {
	groups := o.mapping.get("scope").get("groups")
	parts := groups.elements()
	i := slices.IndexFunc(parts, func(p part) bool { return p.value.field("name") == f.Name })
	if i < 0 {
		return o.AddFilter(f)
	}
	first := parts[i].value
	if !readFilter(first).alike(f) {
		first.set("clauses", f.stored().Clauses)
	}
	groups.drop(func(_ string, n *node) bool { return n != first && n.field("name") == f.Name })
	return nil
}

// RemoveFilter takes away the scoping filters of that exact name, and reports
// whether there was one.
func (o Object) RemoveFilter(name string) bool {
	_, there := o.Filter(name)
	if there {
		o.mapping.get("scope").get("groups").drop(func(_ string, f *node) bool { return f.field("name") == name })
	}
	return there
}

// filterGroups is the list of scoping filters. A mapping without scope gets
// one of the form that Graph writes.
func (o Object) filterGroups() *node {
	scope := o.mapping.get("scope")
	if scope.open() != '{' {
		o.mapping.set("scope", emptyScope{Category: []any{}, Input: []any{}, Groups: []any{}})
		scope = o.mapping.get("scope")
	}
	if scope.get("groups").open() != '[' {
		scope.set("groups", []any{})
	}
	return scope.get("groups")
}

// emptyScope lets everybody pass.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-filter
type emptyScope struct {
	Category []any `json:"categoryFilterGroups"`
	Input    []any `json:"inputFilterGroups"`
	Groups   []any `json:"groups"`
}

type storedFilter struct {
	Name    string         `json:"name"`
	Clauses []storedClause `json:"clauses"`
}

type storedClause struct {
	Operator  string        `json:"operatorName"`
	Attribute string        `json:"sourceOperandName"`
	Operand   storedOperand `json:"targetOperand"`
}

type storedOperand struct {
	Values []string `json:"values"` // empty, not null, where there is nothing to compare with
}

func (f Filter) stored() storedFilter {
	s := storedFilter{Name: f.Name, Clauses: []storedClause{}}
	for _, c := range f.Clauses {
		s.Clauses = append(s.Clauses, storedClause{Operator: c.Operator, Attribute: c.Attribute, Operand: storedOperand{Values: append([]string{}, c.Values...)}})
	}
	return s
}

// shown is the text of a value that should be a string, else its JSON.
func (n *node) shown() string {
	if b := bytes.TrimSpace(n.bytes()); len(b) > 0 && b[0] != '"' {
		return string(b)
	}
	return n.text()
}
