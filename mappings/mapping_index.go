package mappings

// indexed is an object whose mappings and attributes are found by name, for
// edits of many of them.
type indexed struct {
	Object
	mappings map[string]*node
	listed   map[Side]map[string]*node
}

func index(o Object) indexed {
	ix := indexed{Object: o, mappings: byMember(o.mapping.get("attributeMappings"), "targetAttributeName"), listed: map[Side]map[string]*node{}}
	for _, side := range []Side{Source, Target} {
		ix.listed[side] = byMember(o.list(side), "name")
	}
	return ix
}

// byMember finds the elements of a list by a member. Of two alike the first
// counts.
func byMember(list *node, member string) map[string]*node {
	parts := list.elements()
	found := make(map[string]*node, len(parts))
	for _, p := range parts {
		if name := p.value.field(member); found[name] == nil {
			found[name] = p.value
		}
	}
	return found
}

func (ix indexed) mappingOf(target string) (Mapping, bool) {
	n := ix.mappings[target]
	if n == nil {
		return Mapping{}, false
	}
	return readMapping(n), true
}

func (ix indexed) attributeOf(side Side, name string) (Attribute, bool) {
	n := ix.listed[side][name]
	if n == nil {
		return Attribute{}, false
	}
	return readAttribute(n), true
}

// addAttribute puts an attribute on a list that lacks it.
func (ix indexed) addAttribute(side Side, a Attribute) error {
	if ix.listed[side][a.Name] != nil {
		return nil
	}
	if err := ix.appendAttribute(side, a); err != nil {
		return err
	}
	parts := ix.list(side).elements()
	ix.listed[side][a.Name] = parts[len(parts)-1].value
	return nil
}
