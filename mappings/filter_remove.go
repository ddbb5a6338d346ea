package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/near"
)

// A RemoveFilters takes scoping filters away. A name that there is not is not
// an error, unless it is likely a misspelling of one that there is: that is a
// *[graph.NotFoundError].
type RemoveFilters struct {
	Object string // User or Group; "" is User
	Names  []string
}

// Plan looks for misspelt names, and returns the edit. It is what [Update] asks
// for.
func (r RemoveFilters) Plan(_ context.Context, at Place) (Edit, error) {
	kind := or(r.Object, User)
	o, err := at.Schema.Object(kind)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, f := range o.Filters() {
		known = append(known, f.Name)
	}
	if err := misspelt("scoping filter", r.Names, known); err != nil {
		return nil, err
	}
	return func(s *Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		for _, name := range r.Names {
			o.RemoveFilter(name)
		}
		return nil
	}, nil
}

// misspelt is an error about the first name that none has, and that is likely a
// misspelling of one that is known: what is to be removed would stay.
func misspelt(kind string, names, known []string) error {
	there := map[string]bool{}
	for _, name := range known {
		there[name] = true
	}
	vocabulary := vocabularyOf(known)
	for _, name := range names {
		if there[name] {
			continue
		}
		if meant := vocabulary.mistakenFor(name); len(meant) > 0 {
			return &graph.NotFoundError{Kind: kind, Name: name, Near: near.Names(name, meant)}
		}
	}
	return nil
}
