package mappings

import (
	"strings"
)

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

// uses tells what uses each attribute of a list. Several object mappings may
// have the list in common, and all of them count.
func (o Object) uses(side Side) map[string][]Use {
	list := o.list(side)
	uses := map[string][]Use{}
	for _, rule := range o.schema.rules() {
		for _, m := range rule.get("objectMappings").elements() {
			other := Object{schema: o.schema, rule: rule, mapping: m.value}
			other.kind = strings.ToLower(other.SourceName())
			if other.list(side) == list {
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
		names, _ := m.reads() // an expression that does not parse is shown by the checks; it holds on to nothing
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
