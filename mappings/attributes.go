package mappings

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// An AddAttributes puts attributes on an attribute list. What is there alike
// stays as it is; what is there otherwise is a conflict.
//
// A source may be the short name of a directory extension of the application,
// and then has its type; any other name is an *[schema.UnknownAttributeError] unless
// NewSource. A target that is likely a misspelling of one on the list is one
// unless NewTarget.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/customize-application-attributes
type AddAttributes struct {
	Object string      // User or Group; "" is User
	Side   schema.Side // "" is Target
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
	ix := schema.Index(o)
	missing := slices.DeleteFunc(slices.Clone(a.Names), func(name string) bool { _, ok := adder.onList(ix, name); return ok })
	if a.Side == schema.Source && len(missing) > 0 {
		if adder.extensions, err = at.extensionsFor(ctx, missing, adder.appID); err != nil {
			return nil, err
		}
	}
	return adder.edit, nil
}

// complete fills in what was left out, and refuses what makes no sense.
func (a *AddAttributes) complete() error {
	if a.Object == "" {
		a.Object = schema.User
	}
	if a.Side == "" {
		a.Side = schema.Target
	}
	if a.Type == "" && len(a.References) > 0 {
		a.Type = "Reference"
	}
	i := slices.IndexFunc(AttributeTypes(), func(t string) bool { return strings.EqualFold(t, a.Type) })
	switch {
	case i >= 0:
		a.Type = AttributeTypes()[i]
	case a.Type != "":
		return failure.New(failure.Invalid, "unknown type %s: an attribute is %s", schema.Quote(a.Type), strings.Join(AttributeTypes(), ", "))
	}
	names := slices.Clone(a.Names)
	for i, name := range names {
		if names[i] = strings.TrimSpace(name); names[i] == "" {
			return &schema.RefusedError{Action: "add an attribute", Reason: "it needs a name"}
		}
		if a.Side == schema.Target {
			names[i] = strings.ReplaceAll(names[i], "'", `"`)
		}
	}
	a.Names = names
	if (a.Type == "Reference") != (len(a.References) > 0) {
		return &schema.RefusedError{Action: "add " + strings.Join(names, ", "), Reason: "a Reference names the object that it points to, and other types none"}
	}
	return nil
}

// An attributeAdder is an [AddAttributes] with what it needs to know.
type attributeAdder struct {
	planner
	asked AddAttributes
}

func (a attributeAdder) edit(s *schema.Schema) error {
	o, err := s.Object(a.object)
	if err != nil {
		return err
	}
	known := vocabularyOf(o.AttributeNames(a.asked.Side)) // before anything is added: new names are not misspellings of each other
	ix := schema.Index(o)
	for _, name := range a.asked.Names {
		if err := a.add(ix, name, known); err != nil {
			return err
		}
	}
	return nil
}

func (a attributeAdder) add(ix schema.Indexed, name string, known vocabulary) error {
	want := schema.Attribute{
		Name: name, Type: a.asked.Type, Required: a.asked.Required, Multivalued: a.asked.Multivalued,
		CaseExact: a.asked.CaseExact, References: a.asked.References,
	}
	if a.asked.Side == schema.Source {
		known, err := a.source(ix, name)
		if refused, ok := errors.AsType[*schema.RefusedError](err); ok {
			return &schema.RefusedError{Action: "add " + name, Reason: refused.Reason}
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
	if have, ok := ix.AttributeOf(a.asked.Side, want.Name); ok {
		return schema.Differing(a.asked.Side, have, want)
	}
	if a.asked.Side == schema.Target {
		if meant := known.mistakenFor(name); len(meant) > 0 && !a.asked.NewTarget {
			return &schema.UnknownAttributeError{Side: schema.Target, Name: name, Near: near.Names(name, meant)}
		}
		if err := ix.Simple(want); err != nil {
			return err
		}
	}
	return ix.AddAttribute(a.asked.Side, want)
}

// A RemoveAttributes takes attributes off an attribute list. A source may be
// the short name of a directory extension of the application. What is not there
// is left out, unless it is likely a misspelling, which is a
// *[graph.NotFoundError]; what a mapping or a filter uses is an
// conflict, and anchors and required attributes are a *[schema.RefusedError].
type RemoveAttributes struct {
	Object string      // User or Group; "" is User
	Side   schema.Side // "" is Target
	Names  []string
}

// Plan returns the edit. It is what [Update] asks for.
func (r RemoveAttributes) Plan(_ context.Context, at Place) (Edit, error) {
	if r.Side == "" {
		r.Side = schema.Target
	}
	planner := planner{appID: at.App.AppID}
	if err := planner.misspeltAttributes(at.Schema, r); err != nil {
		return nil, err
	}
	return func(s *schema.Schema) error {
		o, err := s.Object(schema.Or(r.Object, schema.User))
		if err != nil {
			return err
		}
		ix, uses := schema.Index(o), o.Uses(r.Side)
		gone := map[string]bool{}
		for _, name := range r.Names {
			name = planner.listedName(ix, r.Side, name)
			if err := ix.Removable(r.Side, name, uses[name]); err != nil {
				return err
			}
			gone[name] = true
		}
		o.List(r.Side).Drop(func(_ string, v *tree.Node) bool { return gone[v.Field("name")] })
		return nil
	}, nil
}

// misspeltAttributes looks for names that the list lacks and that are likely
// misspellings; short names are names of sources too.
func (p planner) misspeltAttributes(s *schema.Schema, r RemoveAttributes) error {
	o, err := s.Object(schema.Or(r.Object, schema.User))
	if err != nil {
		return err
	}
	ix, names := schema.Index(o), []string{}
	for _, name := range r.Names {
		names = append(names, p.listedName(ix, r.Side, name))
	}
	known := o.AttributeNames(r.Side)
	for _, full := range slices.Clone(known) {
		if short, ok := extattr.Short(p.appID, full); ok {
			known = append(known, short)
		}
	}
	return misspelt(string(r.Side)+" attribute", names, known)
}

// listedName is how the list may have it: a source by its full name, a target
// with double quotes.
func (p planner) listedName(ix schema.Indexed, side schema.Side, name string) string {
	name = strings.TrimSpace(name)
	if side == schema.Target {
		return strings.ReplaceAll(name, "'", `"`)
	}
	if attribute, ok := p.onList(ix, name); ok {
		return attribute.Name
	}
	return name
}
