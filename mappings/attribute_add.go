package mappings

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/near"
)

// An AddAttributes puts attributes on an attribute list. What is there alike
// stays as it is; what is there otherwise is an *[AttributeExistsError].
//
// A source may be the short name of a directory extension of the application,
// and then has its type; any other name is an *[UnknownAttributeError] unless
// NewSource. A target that is likely a misspelling of one on the list is one
// unless NewTarget.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
type AddAttributes struct {
	Object string // User or Group; "" is User
	Side   Side   // "" is Target
	Names  []string
	// Type is one of [AttributeTypes]; "" is that of the extension, Reference
	// with References, else String.
	Type                             string
	Required, Multivalued, CaseExact bool
	References                       []string // objects of the directory, for the type Reference
	NewSource, NewTarget             bool     // do not ask what else the name may mean
}

// AttributeTypes are the types that an attribute can have.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-attributedefinition
func AttributeTypes() []string {
	return []string{"String", "Integer", "Boolean", "DateTime", "Reference", "Binary"}
}

// Plan checks the definition, looks up extensions that the attribute list
// lacks, and returns the edit. It is what [Update] asks for.
func (a AddAttributes) Plan(ctx context.Context, at Place) (Edit, error) {
	if err := a.complete(); err != nil {
		return nil, err
	}
	o, err := at.Schema.Object(a.Object)
	if err != nil {
		return nil, err
	}
	adder := attributeAdder{planner{object: a.Object, newSource: a.NewSource, appID: at.App.AppID}, a}
	ix := index(o)
	missing := slices.DeleteFunc(slices.Clone(a.Names), func(name string) bool { _, ok := adder.onList(ix, name); return ok })
	if a.Side == Source && len(missing) > 0 {
		if adder.extensions, err = at.extensionsFor(ctx, missing, adder.appID); err != nil {
			return nil, err
		}
	}
	return adder.edit, nil
}

// complete fills in what was left out, and refuses what makes no sense.
func (a *AddAttributes) complete() error {
	if a.Object == "" {
		a.Object = User
	}
	if a.Side == "" {
		a.Side = Target
	}
	if a.Type == "" && len(a.References) > 0 {
		a.Type = "Reference"
	}
	i := slices.IndexFunc(AttributeTypes(), func(t string) bool { return strings.EqualFold(t, a.Type) })
	switch {
	case i >= 0:
		a.Type = AttributeTypes()[i]
	case a.Type != "":
		return &UnknownAttributeTypeError{Type: a.Type}
	}
	names := slices.Clone(a.Names)
	for i, name := range names {
		if names[i] = strings.TrimSpace(name); names[i] == "" {
			return &RefusedError{Action: "add an attribute", Reason: "it needs a name"}
		}
		if a.Side == Target {
			names[i] = strings.ReplaceAll(names[i], "'", `"`)
		}
	}
	a.Names = names
	if (a.Type == "Reference") != (len(a.References) > 0) {
		return &RefusedError{Action: "add " + strings.Join(names, ", "), Reason: "a Reference names the object that it points to, and other types none"}
	}
	return nil
}

// An UnknownAttributeTypeError is a type that attributes cannot have.
type UnknownAttributeTypeError struct{ Type string }

func (e *UnknownAttributeTypeError) Error() string {
	return fmt.Sprintf("unknown type %s: an attribute is %s", quote(e.Type), strings.Join(AttributeTypes(), ", "))
}

// An attributeAdder is an [AddAttributes] with what it needs to know.
type attributeAdder struct {
	planner
	asked AddAttributes
}

func (a attributeAdder) edit(s *Schema) error {
	o, err := s.Object(a.object)
	if err != nil {
		return err
	}
	known := vocabularyOf(o.attributeNames(a.asked.Side)) // before anything is added: new names are not misspellings of each other
	ix := index(o)
	for _, name := range a.asked.Names {
		if err := a.add(ix, name, known); err != nil {
			return err
		}
	}
	return nil
}

func (a attributeAdder) add(ix indexed, name string, known vocabulary) error {
	want := Attribute{
		Name: name, Type: a.asked.Type, Required: a.asked.Required, Multivalued: a.asked.Multivalued,
		CaseExact: a.asked.CaseExact, References: a.asked.References,
	}
	if a.asked.Side == Source {
		known, err := a.source(ix, name)
		if refused, ok := errors.AsType[*RefusedError](err); ok {
			return &RefusedError{Action: "add " + name, Reason: refused.Reason}
		}
		if err != nil {
			return err
		}
		want.Name = known.Name
		if want.Type == "" {
			want.Type = known.Type
		}
	}
	if want.Type == "" {
		want.Type = "String"
	}
	if have, ok := ix.attributeOf(a.asked.Side, want.Name); ok {
		return differing(a.asked.Side, have, want)
	}
	if a.asked.Side == Target {
		if meant := known.mistakenFor(name); len(meant) > 0 && !a.asked.NewTarget {
			return &UnknownAttributeError{Side: Target, Name: name, Near: near.Names(name, meant)}
		}
		if err := ix.simple(want); err != nil {
			return err
		}
	}
	return ix.addAttribute(a.asked.Side, want)
}
