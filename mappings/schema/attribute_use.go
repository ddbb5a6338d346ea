package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// PruneAttributes takes off the attribute lists of the object what those of
// another one lack, which is what was added since, unless something uses it or
// keep says so.
func (o Object) PruneAttributes(began Object, keep func(Side, string) bool) error {
	for _, side := range []Side{Source, Target} {
		ix, uses, gone := Index(o), o.Uses(side), map[string]bool{}
		first := Index(began).Listed[side]
		for _, name := range o.AttributeNames(side) {
			if first[name] == nil && !keep(side, name) && ix.Removable(side, name, uses[name]) == nil {
				gone[name] = true
			}
		}
		if len(gone) > 0 {
			o.List(side).Drop(func(_ string, v *tree.Node) bool { return gone[v.Field("name")] })
		}
	}
	return nil
}

// Removable refuses to take an attribute off its list that has to stay.
func (ix Indexed) Removable(side Side, name string, uses []Use) error {
	a, listed := ix.AttributeOf(side, name)
	switch {
	case !listed:
		return nil
	case a.Anchor:
		return &RefusedError{Action: "remove " + name, Reason: "it is the anchor, by which the " + ix.kind + " is known"}
	case a.Required:
		return &RefusedError{Action: "remove " + name, Reason: "it is required"}
	case len(uses) > 0:
		return stillUsed(side, name, uses)
	}
	return nil
}

// stillUsed says what uses an attribute that is to be removed.
func stillUsed(side Side, name string, uses []Use) error {
	by := make([]string, len(uses))
	for i, u := range uses {
		by[i] = fmt.Sprintf("the %s %s of %ss", u.Kind, u.Name, u.Object)
	}
	return failure.New(failure.Conflict, "the %s attribute %s is used by %s", side, name, bounds.Names(by)).
		Try(remedy.Run("remove the mappings first", "mapping remove", "TARGET"), remedy.Run("and the filters", "mapping filter remove", "FILTER"))
}

// A Use is what an attribute is needed for.
type Use struct {
	Object string  `json:"object"` // user or group
	Kind   UseKind `json:"kind"`
	Name   string  `json:"name"` // of the mapping's target attribute, or of the filter
}

// A UseKind says what uses an attribute.
type UseKind string

// What uses attributes.
const (
	UsedByMapping UseKind = "mapping"
	UsedByFilter  UseKind = "filter"
)

func (u Use) String() string { return string(u.Kind) + " " + u.Name }

// Uses tells what uses each attribute of a list. Several object mappings may
// have the list in common, and all of them count.
func (o Object) Uses(side Side) map[string][]Use {
	list := o.List(side)
	uses := map[string][]Use{}
	for _, rule := range o.schema.rules() {
		for _, m := range rule.Get("objectMappings").Elements() {
			other := Object{schema: o.schema, Rule: rule, Node: m.Value}
			other.kind = strings.ToLower(other.SourceName())
			if other.List(side) == list {
				other.noteUses(side, uses)
			}
		}
	}
	return uses
}

func (o Object) noteUses(side Side, uses map[string][]Use) {
	note := func(name string, kind UseKind, by string) {
		use, known := Use{Object: o.kind, Kind: kind, Name: by}, uses[name]
		if len(known) == 0 || known[len(known)-1] != use {
			uses[name] = append(known, use)
		}
	}
	for _, m := range o.Mappings() {
		if side == Target {
			note(m.Target, UsedByMapping, m.Target)
			continue
		}
		names, _ := m.Reads() // an expression that does not parse is shown by the checks; it holds on to nothing
		for _, name := range names {
			note(name, UsedByMapping, m.Target)
		}
	}
	if side == Target {
		return
	}
	for _, f := range o.Filters() {
		for _, c := range f.Clauses {
			note(c.Attribute, UsedByFilter, f.Name)
		}
	}
}

// SourcesUsed are the source attributes that mappings and filters read.
func (o Object) SourcesUsed() []string {
	var names []string
	for _, m := range o.Mappings() {
		if reads, err := m.Reads(); err == nil {
			names = append(names, reads...)
		}
	}
	for _, group := range o.Node.Get("scope").Get("groups").Elements() {
		for _, clause := range group.Value.Get("clauses").Elements() {
			names = append(names, clause.Value.Field("sourceOperandName"))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
