package mappings

import (
	"slices"
)

// Mappings lists the attribute mappings of the object, in the schema's order.
func (o Object) Mappings() []Mapping {
	list := []Mapping{}
	for _, p := range o.mapping.get("attributeMappings").elements() {
		list = append(list, readMapping(p.value))
	}
	return list
}

// Mapping finds the mapping whose target is the attribute of this exact name.
func (o Object) Mapping(target string) (Mapping, bool) {
	if n := o.mappingNode(target); n != nil {
		return readMapping(n), true
	}
	return Mapping{}, false
}

// AddMapping appends a mapping. Its names are taken as they are: the attribute
// lists are the caller's matter, see [Add]. What cannot be added is a
// *[MappingExistsError], *[InvalidMappingError], *[InvalidExpressionError] or
// *[MatchTakenError].
func (o Object) AddMapping(m Mapping) error {
	m, err := m.completed()
	if err != nil {
		return err
	}
	if have, ok := o.Mapping(m.Target); ok {
		return &MappingExistsError{Object: o.kind, Have: have, Want: m}
	}
	if err := o.checkMatch(m); err != nil {
		return err
	}
	return o.appendMapping(m, nil)
}

// checkMatch refuses a matching priority that another mapping has.
func (o Object) checkMatch(m Mapping) error {
	for _, have := range o.Mappings() {
		if m.Match > 0 && have.Match == m.Match && have.Target != m.Target {
			return &MatchTakenError{Match: m.Match, By: have.Target}
		}
	}
	return nil
}

// appendMapping takes the source in the service's own form, where it has one.
func (o Object) appendMapping(m Mapping, source any) error {
	stored, err := m.stored(source)
	if err != nil {
		return err
	}
	list := o.mapping.get("attributeMappings")
	if list.open() != '[' {
		return &NotASchemaError{Reason: "its object mapping for " + o.kind + " has no attributeMappings"}
	}
	list.add(stored)
	return nil
}

// changeMapping makes a stored mapping into another one. Members that are the
// same in both, and those that are not known here, keep their bytes.
func changeMapping(n *node, m Mapping, source any) error {
	have := readMapping(n)
	if m.Kind != have.Kind || !sameSource(m, have) {
		if source == nil {
			var err error
			if source, err = m.storedSource(); err != nil {
				return err
			}
		}
		n.set("source", source)
	}
	if m.Default != have.Default {
		n.set("defaultValue", m.defaultValue())
	}
	if m.Match != have.Match {
		n.set("matchingPriority", m.Match)
	}
	if m.flowType() != have.flowType() {
		n.set("flowType", m.flowType())
	}
	if m.flowBehavior() != have.flowBehavior() {
		n.set("flowBehavior", m.flowBehavior())
	}
	return nil
}

// mappingNode finds the mapping of a target; nil when there is none.
func (o Object) mappingNode(target string) *node {
	for _, p := range o.mapping.get("attributeMappings").elements() {
		if p.value.field("targetAttributeName") == target {
			return p.value
		}
	}
	return nil
}

// matching lists the mappings by which accounts are found, the first tried
// first.
func (o Object) matching() []Mapping {
	list := slices.DeleteFunc(o.Mappings(), func(m Mapping) bool { return m.Match <= 0 })
	slices.SortStableFunc(list, func(a, b Mapping) int { return a.Match - b.Match })
	return list
}
