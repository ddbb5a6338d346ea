package mappings

import (
	"context"
)

// An Add maps attributes that are not mapped yet. What is mapped in the way
// that is asked for stays as it is; what is mapped otherwise is a
// *[MappingExistsError].
//
// A source may be the short name of a directory extension of the application.
// A source attribute that the attribute list lacks is put there when it is an
// extension that Microsoft Entra ID offers, a target attribute when it is a
// urn: name that is no misspelling of one on the list. All others are an
// *[UnknownAttributeError]; an expression in the place of a source, which is
// never added, is a *[NotANameError].
//
// https://learn.microsoft.com/en-us/graph/synchronization-configure-with-directory-extension-attributes
type Add struct {
	Object    string // User or Group; "" is User
	Mappings  []Mapping
	Origins   []Origin // where each is asked for, in the same order; nil where that is in no file
	NewSource bool     // put any source attribute on the list
	NewTarget bool     // put any target attribute on the list
}

// Plan looks up what the schema cannot answer, and returns the edit. It is
// what [Update] asks for. It reads the extensions of the tenant only when a
// source is not on the attribute list, and has the service parse each
// expression once: what the service makes of it is what is written.
func (a Add) Plan(ctx context.Context, at Place) (Edit, error) {
	p := planner{object: a.Object, newSource: a.NewSource, newTarget: a.NewTarget}
	for i, m := range a.Mappings {
		if m.Kind == "" && m.Source == "" {
			m.Kind = None
		}
		w := wish{Setting: Setting{Mapping: m}}
		if i < len(a.Origins) {
			w.Origin = a.Origins[i]
		}
		p.wishes = append(p.wishes, w)
	}
	return p.plan(ctx, at)
}
