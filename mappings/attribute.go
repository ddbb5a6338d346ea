package mappings

import (
	"slices"
)

// An Attribute is an entry of an attribute list: the portal's "Edit attribute
// list".
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-attributedefinition
type Attribute struct {
	Name        string `json:"name"`
	Type        string `json:"type"` // String, Integer, Reference, Binary, Boolean or DateTime
	Required    bool   `json:"required"`
	Multivalued bool   `json:"multivalued"`
	CaseExact   bool   `json:"caseExact"`
	Anchor      bool   `json:"anchor"`
	Mutability  string `json:"mutability"` // ReadWrite, ReadOnly, Immutable or WriteOnly
	// References are the objects that a Reference can point to, such as User.
	References []string `json:"references"`
}

// attributeDefinition is an [Attribute] as Graph stores it, with all members.
type attributeDefinition struct {
	Anchor         bool    `json:"anchor"`
	CaseExact      bool    `json:"caseExact"`
	DefaultValue   *string `json:"defaultValue"`
	FlowNullValues bool    `json:"flowNullValues"`
	Multivalued    bool    `json:"multivalued"`
	Mutability     string  `json:"mutability"`
	Name           string  `json:"name"`
	Required       bool    `json:"required"`
	Type           string  `json:"type"`
	APIExpressions []any   `json:"apiExpressions"`
	Metadata       []any   `json:"metadata"`

	ReferencedObjects []referencedObject `json:"referencedObjects"`
}

type referencedObject struct {
	Name     string `json:"referencedObjectName"`
	Property string `json:"referencedProperty"` // that is compared: the object's anchor
}

// A Side is one of the two attribute lists of an object.
type Side string

// The sides: Microsoft Entra ID is the source, the application the target.
const (
	Source Side = "source"
	Target Side = "target"
)

// SourceAttributes lists what Microsoft Entra ID offers for the object.
func (o Object) SourceAttributes() []Attribute { return o.attributes(Source) }

// TargetAttributes lists what the application is known to take.
func (o Object) TargetAttributes() []Attribute { return o.attributes(Target) }

func (o Object) attributes(side Side) []Attribute {
	list := []Attribute{}
	for _, p := range o.list(side).elements() {
		list = append(list, readAttribute(p.value))
	}
	return list
}

// attribute finds one by its exact name.
func (o Object) attribute(side Side, name string) (Attribute, bool) {
	parts := o.list(side).elements()
	i := slices.IndexFunc(parts, func(p part) bool { return p.value.field("name") == name })
	if i < 0 {
		return Attribute{}, false
	}
	return readAttribute(parts[i].value), true
}

// readAttribute reads a definition. A member that is written otherwise than
// documented is left at its zero value: the attribute is there all the same.
func readAttribute(n *node) Attribute {
	var stored struct {
		Attribute
		References any                `json:"references"` // that of Graph, if it had one, would be another
		Objects    []referencedObject `json:"referencedObjects"`
	}
	_ = n.decode(&stored)
	a := stored.Attribute
	a.Name = n.field("name")
	for _, r := range stored.Objects {
		a.References = append(a.References, r.Name)
	}
	return a
}

// AddAttribute puts an attribute on a list of the object. One of that name
// that is there already stays as it is. What it references is known by its
// anchor; an object that the directory lacks is a *[graph.NotFoundError].
func (o Object) AddAttribute(side Side, a Attribute) error {
	if _, ok := o.attribute(side, a.Name); ok {
		return nil
	}
	return o.appendAttribute(side, a)
}

// appendAttribute takes it that the list lacks the attribute.
func (o Object) appendAttribute(side Side, a Attribute) error {
	list := o.list(side)
	if list.open() != '[' {
		return &NotASchemaError{Reason: "it has no list of the " + string(side) + " attributes of " + o.kind}
	}
	if a.Type == "" {
		a.Type = "String"
	}
	if a.Mutability == "" {
		a.Mutability = "ReadWrite"
	}
	references, err := o.referenced(side, a.References)
	if err != nil {
		return err
	}
	list.add(attributeDefinition{
		Anchor: a.Anchor, CaseExact: a.CaseExact, Multivalued: a.Multivalued, Mutability: a.Mutability, Name: a.Name,
		Required: a.Required, Type: a.Type, APIExpressions: []any{}, Metadata: []any{}, ReferencedObjects: references,
	})
	return nil
}

// list is the array of attribute definitions of one side.
func (o Object) list(side Side) *node {
	object := o.SourceName()
	if side == Target {
		object = o.TargetName()
	}
	return o.schema.directoryObject(o.directory(side), object).get("attributes")
}

// directory is the name of the directory that the side is.
func (o Object) directory(side Side) string {
	if side == Target {
		return o.rule.field("targetDirectoryName")
	}
	return o.rule.field("sourceDirectoryName")
}
