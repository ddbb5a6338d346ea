package schema

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/internal/tree"
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
	for _, p := range o.Node.Get("scope").Get("groups").Elements() {
		list = append(list, ReadFilter(p.Value))
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

// ReadFilter reads a scoping filter out of the document.
func ReadFilter(n *tree.Node) Filter {
	f := Filter{Name: n.Field("name"), Clauses: []Clause{}}
	for _, p := range n.Get("clauses").Elements() {
		f.Clauses = append(f.Clauses, readClause(p.Value))
	}
	return f
}

func readClause(n *tree.Node) Clause {
	c := Clause{Attribute: n.Field("sourceOperandName"), Operator: n.Field("operatorName"), Values: []string{}}
	for _, p := range n.Get("targetOperand").Get("values").Elements() {
		c.Values = append(c.Values, p.Value.Shown())
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

// Alike says whether two filters let the same objects pass: neither the order
// of clauses counts nor that of values.
func (f Filter) Alike(other Filter) bool {
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

// AddFilter appends a scoping filter. One that is alike stays as it is; another
// one of that name is a conflict. Attributes and operators are
// taken as they are: checking them is the caller's matter, see [mappings.AddFilter].
func (o Object) AddFilter(f Filter) error {
	if have, ok := o.Filter(f.Name); ok {
		if have.Alike(f) {
			return nil
		}
		return failure.New(failure.Conflict, "the filter %s is there already, with %s instead of %s", Quote(f.Name), have, f).
			Try(remedy.Advise("--replace takes its place"))
	}
	o.filterGroups().Add(f.stored())
	return nil
}

// SetFilter makes the scoping filter of that name the one that is given. What
// the schema says of it beside the clauses is kept; of several with the name
// the first stays.
func (o Object) SetFilter(f Filter) error {
	groups := o.Node.Get("scope").Get("groups")
	parts := groups.Elements()
	i := slices.IndexFunc(parts, func(p tree.Part) bool { return p.Value.Field("name") == f.Name })
	if i < 0 {
		return o.AddFilter(f)
	}
	first := parts[i].Value
	if !ReadFilter(first).Alike(f) {
		first.Set("clauses", f.stored().Clauses)
	}
	groups.Drop(func(_ string, n *tree.Node) bool { return n != first && n.Field("name") == f.Name })
	return nil
}

// RemoveFilter takes away the scoping filters of that exact name, and reports
// whether there was one.
func (o Object) RemoveFilter(name string) bool {
	_, there := o.Filter(name)
	if there {
		o.Node.Get("scope").Get("groups").Drop(func(_ string, f *tree.Node) bool { return f.Field("name") == name })
	}
	return there
}

// filterGroups is the list of scoping filters. A mapping without scope gets
// one of the form that Graph writes.
func (o Object) filterGroups() *tree.Node {
	scope := o.Node.Get("scope")
	if scope.Open() != '{' {
		o.Node.Set("scope", emptyScope{Category: []any{}, Input: []any{}, Groups: []any{}})
		scope = o.Node.Get("scope")
	}
	if scope.Get("groups").Open() != '[' {
		scope.Set("groups", []any{})
	}
	return scope.Get("groups")
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
