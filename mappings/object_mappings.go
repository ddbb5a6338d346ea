package mappings

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
	for _, p := range o.mapping.get("attributeMappings").elements() {
		if p.value.field("targetAttributeName") == target {
			return readMapping(p.value), true
		}
	}
	return Mapping{}, false
}

// AddMapping appends a mapping. Its names are taken as they are: the attribute
// lists are the caller's matter, see [Add]. What cannot be added is a
// *[MappingExistsError], *[InvalidMappingError], *[InvalidExpressionError] or
// *[MatchTakenError].
func (o Object) AddMapping(m Mapping) error { return o.addMapping(m, nil) }

// addMapping takes the source in the service's own form, where it has one.
func (o Object) addMapping(m Mapping, source any) error {
	m, err := m.completed()
	if err != nil {
		return err
	}
	for _, have := range o.Mappings() {
		if have.Target == m.Target {
			return &MappingExistsError{Object: o.kind, Have: have, Want: m}
		}
		if m.Match > 0 && have.Match == m.Match {
			return &MatchTakenError{Match: m.Match, By: have.Target}
		}
	}
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
