package mappings

import (
	"slices"
	"strings"
)

// A Filter is a scoping filter: an object passes it when it passes all of its
// clauses. Of several filters one is enough.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-filtergroup
type Filter struct {
	Name    string   `json:"name"` // the portal's scoping filter title
	Clauses []Clause `json:"clauses"`
}

// A Clause compares one attribute of an object in Microsoft Entra ID.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-filterclause
type Clause struct {
	Attribute string   `json:"attribute"` // as on the source attribute list
	Operator  string   `json:"operator"`  // as the job spells it: "IS NOT NULL"
	Values    []string `json:"values"`    // none for an operator that compares with nothing
}

// Filters lists the scoping filters of the object, in the schema's order. The
// groups that the service keeps for its own use, inputFilterGroups and
// categoryFilterGroups, are not among them.
func (o Object) Filters() []Filter {
	list := []Filter{}
	for _, p := range o.mapping.get("scope").get("groups").elements() {
		list = append(list, readFilter(p.value))
	}
	return list
}

// Filter finds the first scoping filter of this exact name.
func (o Object) Filter(name string) (Filter, bool) {
	filters := o.Filters()
	i := slices.IndexFunc(filters, func(f Filter) bool { return f.Name == name })
	if i < 0 {
		return Filter{}, false
	}
	return filters[i], true
}

func readFilter(n *node) Filter {
	f := Filter{Name: n.field("name"), Clauses: []Clause{}}
	for _, p := range n.get("clauses").elements() {
		f.Clauses = append(f.Clauses, readClause(p.value))
	}
	return f
}

func readClause(n *node) Clause {
	c := Clause{Attribute: n.field("sourceOperandName"), Operator: n.field("operatorName"), Values: []string{}}
	for _, p := range n.get("targetOperand").get("values").elements() {
		c.Values = append(c.Values, p.value.shown())
	}
	return c
}

// String is the filter in one line: "department EQUALS Sales and country IS NOT
// NULL".
func (f Filter) String() string {
	if len(f.Clauses) == 0 {
		return "no clauses"
	}
	lines := make([]string, len(f.Clauses))
	for i, c := range f.Clauses {
		lines[i] = c.String()
	}
	return strings.Join(lines, " and ")
}

// String is the clause as [ParseClause] reads it.
func (c Clause) String() string {
	text := c.Attribute + " " + c.Operator
	if len(c.Values) == 0 {
		return text
	}
	value := strings.Join(c.Values, ";")
	if value == "" || value != strings.TrimSpace(value) || isQuoted(value) {
		value = `"` + value + `"`
	}
	return text + " " + value
}

// alike says whether two filters let the same objects pass: neither the order
// of clauses counts nor that of values.
func (f Filter) alike(other Filter) bool {
	return f.Name == other.Name && slices.Equal(f.inOrder(), other.inOrder())
}

func (f Filter) inOrder() []string {
	lines := make([]string, len(f.Clauses))
	for i, c := range f.Clauses {
		lines[i] = strings.Join(append([]string{c.Attribute, c.Operator}, slices.Sorted(slices.Values(c.Values))...), "\x00")
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

func isQuoted(s string) bool {
	return len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[0] == s[len(s)-1]
}
