package mappings

import (
	"context"
	"slices"
)

// A Remove takes attribute mappings away. What is not mapped is not an error,
// unless it is likely a misspelling of a target that is: that is a
// *[graph.NotFoundError]. A mapping that must stay, because the application
// requires its target or because nothing else is left to match by, is a
// *[RefusedError].
//
// The application keeps the last value that it was sent: see [Risks].
type Remove struct {
	Object  string // User or Group; "" is User
	Targets []string
}

// Plan looks for misspelt targets, and returns the edit. It is what [Update]
// asks for.
func (r Remove) Plan(_ context.Context, at Place) (Edit, error) {
	kind := or(r.Object, User)
	o, err := at.Schema.Object(kind)
	if err != nil {
		return nil, err
	}
	ix, targets, unlisted := index(o), []string{}, []string{}
	for _, text := range r.Targets {
		target := targetName(text)
		targets = append(targets, target)
		if ix.listed[Target][target] == nil {
			unlisted = append(unlisted, target)
		}
	}
	if err := misspelt("mapping", unlisted, o.mapped()); err != nil {
		return nil, err
	}
	return func(s *Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		return o.RemoveMappings(targets...)
	}, nil
}

// RemoveMappings takes away the mappings of targets, by their exact names;
// those that are not mapped are passed over. A mapping that must stay is a
// *[RefusedError], and then none is taken away.
func (o Object) RemoveMappings(targets ...string) error {
	ix, gone := index(o), map[string]bool{}
	for _, target := range targets {
		if ix.mappings[target] == nil {
			continue
		}
		if ix.requires(target) {
			return required(target)
		}
		gone[target] = true
	}
	if matching := o.matching(); len(matching) > 0 && !slices.ContainsFunc(matching, func(m Mapping) bool { return !gone[m.Target] }) {
		return &RefusedError{Action: "remove the mapping of " + matching[0].Target, Reason: "accounts are matched by nothing else; let another attribute match first"}
	}
	o.mapping.get("attributeMappings").drop(func(_ string, n *node) bool { return gone[n.field("targetAttributeName")] })
	return nil
}

// requires says whether the application does without no value of the target.
func (ix indexed) requires(target string) bool {
	a, listed := ix.attributeOf(Target, target)
	return listed && a.Required
}

// required refuses to take away the mapping of such a target.
func required(target string) error {
	return &RefusedError{Action: "remove the mapping of " + target, Reason: "the attribute list says that the application requires it"}
}

// mapped are the targets that have a mapping.
func (o Object) mapped() []string {
	var names []string
	for _, p := range o.mapping.get("attributeMappings").elements() {
		names = append(names, p.value.field("targetAttributeName"))
	}
	return names
}
