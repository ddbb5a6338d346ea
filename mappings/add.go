package mappings

import (
	"context"

	"github.com/scimctl/scimctl/mappings/schema"
)

// An Add maps attributes that are not mapped yet. What is mapped in the way
// that is asked for stays as it is; what is mapped otherwise is a
// *[schema.MappingExistsError].
//
// A source may be the short name of a directory extension of the application.
// A source attribute that the attribute list lacks is put there when it is an
// extension that Microsoft Entra ID offers, a target attribute when it is a
// urn: name that is no misspelling of one on the list. All others are an
// *[schema.UnknownAttributeError]; an expression in the place of a source, which is
// never added, is an invalid failure.
//
// https://learn.microsoft.com/en-us/graph/synchronization-configure-with-directory-extension-attributes
type Add struct {
	Object    string // User or Group; "" is User
	Mappings  []schema.Mapping
	Origins   []schema.Origin // where each is asked for, in the same order; nil where that is in no file
	NewSource bool            // put any source attribute on the list
	NewTarget bool            // put any target attribute on the list
}

// Plan looks up what the schema cannot answer, and returns the edit. It is
// what [Update] asks for. It reads the extensions of the tenant only when a
// source is not on the attribute list, and has the service parse each
// expression once: what the service makes of it is what is written.
func (a Add) Plan(ctx context.Context, at Place) (Edit, error) {
	p := planner{object: a.Object, newSource: a.NewSource, newTarget: a.NewTarget}
	for i, m := range a.Mappings {
		if m.Kind == "" && m.Source == "" {
			m.Kind = schema.None
		}
		w := wish{Setting: schema.Setting{Mapping: m}}
		if i < len(a.Origins) {
			w.Origin = a.Origins[i]
		}
		p.wishes = append(p.wishes, w)
	}
	return p.plan(ctx, at)
}

// A Set makes or changes attribute mappings. It changes only what differs:
// members of the schema that this package does not know stay as they are. For
// sources and targets that the attribute lists lack it has the rules of [Add].
//
// A change that would leave nothing to match by is a *[schema.RefusedError], a
// matching priority that another mapping keeps a *[schema.MatchTakenError].
type Set struct {
	Object    string // User or Group; "" is User
	Settings  []schema.Setting
	NewSource bool // put any source attribute on the list
	NewTarget bool // put any target attribute on the list
}

// Plan looks up what the schema cannot answer, and returns the edit: see
// [Add.Plan].
func (s Set) Plan(ctx context.Context, at Place) (Edit, error) {
	p := planner{object: s.Object, newSource: s.NewSource, newTarget: s.NewTarget, change: true}
	for _, setting := range s.Settings {
		p.wishes = append(p.wishes, wish{Setting: setting})
	}
	return p.plan(ctx, at)
}
