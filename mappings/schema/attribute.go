package schema

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/internal/tree"
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
func (o Object) SourceAttributes() []Attribute { return o.Attributes(Source) }

// TargetAttributes lists what the application is known to take.
func (o Object) TargetAttributes() []Attribute { return o.Attributes(Target) }

// Attributes are those on the list of a side.
func (o Object) Attributes(side Side) []Attribute {
	list := []Attribute{}
	for _, p := range o.List(side).Elements() {
		list = append(list, ReadAttribute(p.Value))
	}
	return list
}

// Attribute finds one by its exact name.
func (o Object) Attribute(side Side, name string) (Attribute, bool) {
	parts := o.List(side).Elements()
	i := slices.IndexFunc(parts, func(p tree.Part) bool { return p.Value.Field("name") == name })
	if i < 0 {
		return Attribute{}, false
	}
	return ReadAttribute(parts[i].Value), true
}

// ReadAttribute reads a definition. A member that is written otherwise than
// documented is left at its zero value: the attribute is there all the same.
func ReadAttribute(n *tree.Node) Attribute {
	var stored struct {
		Attribute
		References any                `json:"references"` // that of Graph, if it had one, would be another
		Objects    []referencedObject `json:"referencedObjects"`
	}
	_ = n.Decode(&stored)
	a := stored.Attribute
	a.Name = n.Field("name")
	for _, r := range stored.Objects {
		a.References = append(a.References, r.Name)
	}
	return a
}

// AddAttribute puts an attribute on a list of the object. One of that name
// that is there already stays as it is. What it references is known by its
// anchor; an object that the directory lacks is a *[graph.NotFoundError].
func (o Object) AddAttribute(side Side, a Attribute) error {
	if _, ok := o.Attribute(side, a.Name); ok {
		return nil
	}
	return o.appendAttribute(side, a)
}

// appendAttribute takes it that the list lacks the attribute.
func (o Object) appendAttribute(side Side, a Attribute) error {
	list := o.List(side)
	if list.Open() != '[' {
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
	list.Add(attributeDefinition{
		Anchor: a.Anchor, CaseExact: a.CaseExact, Multivalued: a.Multivalued, Mutability: a.Mutability, Name: a.Name,
		Required: a.Required, Type: a.Type, APIExpressions: []any{}, Metadata: []any{}, ReferencedObjects: references,
	})
	return nil
}

// List is the array of attribute definitions of one side.
func (o Object) List(side Side) *tree.Node {
	object := o.SourceName()
	if side == Target {
		object = o.TargetName()
	}
	return o.schema.directoryObject(o.Directory(side), object).Get("attributes")
}

// Directory is the name of the directory that the side is.
func (o Object) Directory(side Side) string {
	if side == Target {
		return o.Rule.Field("targetDirectoryName")
	}
	return o.Rule.Field("sourceDirectoryName")
}

// referenced finds the anchors by which objects of a side's directory are
// known.
func (o Object) referenced(side Side, names []string) ([]referencedObject, error) {
	list := []referencedObject{}
	for _, name := range names {
		object := o.schema.directoryObject(o.Directory(side), name)
		if object == nil {
			return nil, &graph.NotFoundError{Kind: "object", Name: name, Near: o.schema.objectNames(o.Directory(side))}
		}
		definitions := object.Get("attributes").Elements()
		i := slices.IndexFunc(definitions, func(p tree.Part) bool { return ReadAttribute(p.Value).Anchor })
		if i < 0 {
			return nil, &RefusedError{Action: "reference " + name, Reason: "it has no anchor by which it could be known"}
		}
		list = append(list, referencedObject{Name: name, Property: definitions[i].Value.Field("name")})
	}
	return list, nil
}

// objectNames are those of a directory's objects.
func (s *Schema) objectNames(directory string) []string {
	names := []string{}
	for _, d := range s.Root.Get("directories").Elements() {
		if name := d.Value.Field("name"); name == directory || (Entra(name) && Entra(directory)) {
			for _, o := range d.Value.Get("objects").Elements() {
				names = append(names, o.Value.Field("name"))
			}
		}
	}
	return names
}

// Differing is a conflict when two definitions of an attribute
// are not alike.
func Differing(side Side, have, want Attribute) error {
	if strings.EqualFold(have.Type, want.Type) { // documentation writes string as well
		have.Type = want.Type
	}
	old, asked := have.Words(), want.Words()
	if old == asked {
		return nil
	}
	return failure.New(failure.Conflict, "the %s attribute %s is there already, as %s instead of %s", side, want.Name, old, asked).
		Try(remedy.Run("list the attributes", "mapping attribute list"))
}

// Words describes a definition: "String, required, multi-valued".
func (a Attribute) Words() string {
	words := []string{a.Type}
	if len(a.References) > 0 {
		words[0] += " to " + strings.Join(slices.Sorted(slices.Values(a.References)), ", ")
	}
	for _, mark := range []struct {
		set  bool
		word string
	}{{a.Required, "required"}, {a.Multivalued, "multi-valued"}, {a.CaseExact, "case-exact"}} {
		if mark.set {
			words = append(words, mark.word)
		}
	}
	return strings.Join(words, ", ")
}

// NonGallery is the directory of every application that is not from the gallery.
const NonGallery = "customappsso"

// Simple refuses what provisioning does not send to an application that is not
// from the gallery: "Custom attributes can't be referential attributes,
// multi-value or complex-typed attributes".
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
func (o Object) Simple(a Attribute) error {
	custom := strings.HasPrefix(a.Name, "urn:") && !strings.HasPrefix(a.Name, CoreSchemas) && !strings.HasPrefix(a.Name, ExtensionSchemas+"enterprise:2.0:")
	if !custom || o.Directory(Target) != NonGallery {
		return nil
	}
	_, attribute := CutLast(a.Name)
	for _, fault := range []struct {
		has  bool
		word string
	}{{a.Type == "Reference", "a reference"}, {a.Multivalued, "multi-valued"}, {strings.ContainsAny(attribute, ".["), "complex"}} {
		if fault.has {
			return &RefusedError{Action: "add " + a.Name, Reason: "it is " + fault.word + ", and an application that is not from the gallery takes custom attributes only when they are single-valued and simple"}
		}
	}
	return nil
}

// CutLast cuts a URN behind its last colon.
func CutLast(urn string) (namespace, attribute string) {
	i := strings.LastIndexByte(urn, ':')
	return urn[:i+1], urn[i+1:]
}

// AttributeNames are the names on the list of a side.
func (o Object) AttributeNames(side Side) []string {
	var names []string
	for _, p := range o.List(side).Elements() {
		names = append(names, p.Value.Field("name"))
	}
	return names
}

// The URNs that the schemas of SCIM, and of extensions of a vendor, begin with.
const (
	CoreSchemas      = "urn:ietf:params:scim:schemas:core:2.0:"
	ExtensionSchemas = "urn:ietf:params:scim:schemas:extension:"
)

// DocumentedForm reports whether a custom attribute has the form that Microsoft documents:
// urn:ietf:params:scim:schemas:extension:NAME:2.0:User:ATTRIBUTE.
func DocumentedForm(target string) bool {
	rest, ok := strings.CutPrefix(target, ExtensionSchemas)
	part := strings.Split(rest, ":")
	return ok && len(part) == 4 && part[0] != "" && part[1] == "2.0" && part[2] == "User" && part[3] != ""
}
