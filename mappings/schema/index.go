package schema

import (
	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// ByName is a list of attributes by their names.
func ByName(list []Attribute) map[string]Attribute {
	names := make(map[string]Attribute, len(list))
	for _, a := range list {
		names[a.Name] = a
	}
	return names
}

// Indexed is an object whose mappings and attributes are found by name, for
// edits of many of them.
type Indexed struct {
	Object
	Mappings map[string]*tree.Node
	Listed   map[Side]map[string]*tree.Node
}

// Index prepares an object for edits.
func Index(o Object) Indexed {
	ix := Indexed{Object: o, Mappings: byMember(o.Node.Get("attributeMappings"), "targetAttributeName"), Listed: map[Side]map[string]*tree.Node{}}
	for _, side := range []Side{Source, Target} {
		ix.Listed[side] = byMember(o.List(side), "name")
	}
	return ix
}

// byMember finds the elements of a list by a member. Of two alike the first
// counts.
func byMember(list *tree.Node, member string) map[string]*tree.Node {
	parts := list.Elements()
	found := make(map[string]*tree.Node, len(parts))
	for _, p := range parts {
		if name := p.Value.Field(member); found[name] == nil {
			found[name] = p.Value
		}
	}
	return found
}

// MappingOf is the mapping of a target attribute.
func (ix Indexed) MappingOf(target string) (Mapping, bool) {
	n := ix.Mappings[target]
	if n == nil {
		return Mapping{}, false
	}
	return ReadMapping(n), true
}

// AttributeOf is the attribute of a name on the list of a side.
func (ix Indexed) AttributeOf(side Side, name string) (Attribute, bool) {
	n := ix.Listed[side][name]
	if n == nil {
		return Attribute{}, false
	}
	return ReadAttribute(n), true
}

// AddAttribute puts an attribute on a list that lacks it.
func (ix Indexed) AddAttribute(side Side, a Attribute) error {
	if ix.Listed[side][a.Name] != nil {
		return nil
	}
	if err := ix.appendAttribute(side, a); err != nil {
		return err
	}
	parts := ix.List(side).Elements()
	ix.Listed[side][a.Name] = parts[len(parts)-1].Value
	return nil
}
