package mappings

import (
	"context"

	"github.com/scimctl/scimctl/mappings/schema"
)

// A Remove takes attribute mappings away. What is not mapped is not an error,
// unless it is likely a misspelling of a target that is: that is a
// *[graph.NotFoundError]. A mapping that must stay, because the application
// requires its target or because nothing else is left to match by, is a
// *[schema.RefusedError].
//
// The application keeps the last value that it was sent: see [diff.Risks].
type Remove struct {
	Object  string // User or Group; "" is User
	Targets []string
}

// Plan looks for misspelt targets, and returns the edit. It is what [Update]
// asks for.
func (r Remove) Plan(_ context.Context, at Place) (Edit, error) {
	kind := schema.Or(r.Object, schema.User)
	o, err := at.Schema.Object(kind)
	if err != nil {
		return nil, err
	}
	ix, targets, unlisted := schema.Index(o), []string{}, []string{}
	for _, text := range r.Targets {
		target := schema.TargetName(text)
		targets = append(targets, target)
		if ix.Listed[schema.Target][target] == nil {
			unlisted = append(unlisted, target)
		}
	}
	if err := misspelt("mapping", unlisted, o.Mapped()); err != nil {
		return nil, err
	}
	return func(s *schema.Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		return o.RemoveMappings(targets...)
	}, nil
}
