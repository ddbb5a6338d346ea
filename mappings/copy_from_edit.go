package mappings

import (
	"bytes"
	"encoding/json"
	"slices"
)

func (x copier) edit(s *Schema) error {
	for _, kind := range x.kinds {
		from, err := x.from.Object(kind)
		if err != nil {
			return err
		}
		to, err := s.Object(kind)
		if err != nil {
			return err
		}
		if err := x.copy(index(from), index(to)); err != nil {
			return err
		}
	}
	return nil
}

func (x copier) copy(from, to indexed) error {
	if x.Prune {
		if err := x.prune(from, to); err != nil {
			return err
		}
	}
	list := to.mapping.get("attributeMappings")
	if list.open() != '[' {
		return &NotASchemaError{Reason: "its object mapping for " + to.kind + " has no attributeMappings"}
	}
	for _, p := range from.mapping.get("attributeMappings").elements() {
		target := p.value.field("targetAttributeName")
		x.attribute(from, to, Target, target)
		if here := to.mappings[target]; here != nil {
			x.members("mapping", here, p.value)
		} else {
			list.add(json.RawMessage(x.renamed(p.value.bytes())))
		}
	}
	for _, name := range from.sourcesUsed() {
		x.attribute(from, to, Source, name)
	}
	x.members("objectMapping", to.mapping, from.mapping, "enabled", "flowTypes", "scope")
	return unambiguous(to.Object)
}

// members brings the members of an object over that differ in meaning: those
// named, or all.
func (x copier) members(of string, here, there *node, names ...string) {
	for _, p := range there.elements() {
		if len(names) > 0 && !slices.Contains(names, p.key) {
			continue
		}
		if value := x.renamed(p.value.bytes()); differs(of, p.key, here.get(p.key), value) {
			here.set(p.key, json.RawMessage(value))
		}
	}
}

// attribute brings a definition over that the list lacks.
func (x copier) attribute(from, to indexed, side Side, name string) {
	there := from.listed[side][name]
	full := x.renamedName(name)
	if there == nil || to.listed[side][full] != nil {
		return
	}
	if list := to.list(side); list.open() == '[' {
		list.add(json.RawMessage(x.renamed(there.bytes())))
	}
}

// prune takes away the mappings that the other application lacks.
func (x copier) prune(from, to indexed) error {
	for _, target := range to.mapped() {
		if from.mappings[target] == nil && to.requires(target) {
			return required(target)
		}
	}
	to.mapping.get("attributeMappings").drop(func(_ string, n *node) bool {
		return from.mappings[n.field("targetAttributeName")] == nil
	})
	return nil
}

// unambiguous refuses matching priorities that two mappings have.
func unambiguous(o Object) error {
	all := o.matching()
	for i := 1; i < len(all); i++ {
		if all[i].Match == all[i-1].Match {
			return &MatchTakenError{Match: all[i].Match, By: all[i].Target}
		}
	}
	return nil
}

// differs says that a member has another meaning than the one that is to come.
func differs(of, name string, here *node, coming []byte) bool {
	f := forms[of]
	return !bytes.Equal(f.meaningOf(name, here), f.meaningOf(name, &node{raw: coming}))
}
