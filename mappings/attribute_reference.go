package mappings

import (
	"slices"

	"github.com/scimctl/scimctl/graph"
)

// referenced finds the anchors by which objects of a side's directory are
// known.
func (o Object) referenced(side Side, names []string) ([]referencedObject, error) {
	list := []referencedObject{}
	for _, name := range names {
		object := o.schema.directoryObject(o.directory(side), name)
		if object == nil {
			return nil, &graph.NotFoundError{Kind: "object", Name: name, Near: o.schema.objectNames(o.directory(side))}
		}
		definitions := object.get("attributes").elements()
		i := slices.IndexFunc(definitions, func(p part) bool { return readAttribute(p.value).Anchor })
		if i < 0 {
			return nil, &RefusedError{Action: "reference " + name, Reason: "it has no anchor by which it could be known"}
		}
		list = append(list, referencedObject{Name: name, Property: definitions[i].value.field("name")})
	}
	return list, nil
}

// objectNames are those of a directory's objects.
func (s *Schema) objectNames(directory string) []string {
	names := []string{}
	for _, d := range s.root.get("directories").elements() {
		if name := d.value.field("name"); name == directory || (entra(name) && entra(directory)) {
			for _, o := range d.value.get("objects").elements() {
				names = append(names, o.value.field("name"))
			}
		}
	}
	return names
}
