package schema

import (
	"slices"

	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// RemoveMappings takes away the mappings of targets, by their exact names;
// those that are not mapped are passed over. A mapping that must stay is a
// *[RefusedError], and then none is taken away.
func (o Object) RemoveMappings(targets ...string) error {
	ix, gone := Index(o), map[string]bool{}
	for _, target := range targets {
		if ix.Mappings[target] == nil {
			continue
		}
		if ix.Requires(target) {
			return Required(target)
		}
		gone[target] = true
	}
	if matching := o.Matching(); len(matching) > 0 && !slices.ContainsFunc(matching, func(m Mapping) bool { return !gone[m.Target] }) {
		return &RefusedError{Action: "remove the mapping of " + matching[0].Target, Reason: "accounts are matched by nothing else; let another attribute match first"}
	}
	o.Node.Get("attributeMappings").Drop(func(_ string, n *tree.Node) bool { return gone[n.Field("targetAttributeName")] })
	return nil
}

// Requires says whether the application does without no value of the target.
func (ix Indexed) Requires(target string) bool {
	a, listed := ix.AttributeOf(Target, target)
	return listed && a.Required
}

// Required refuses to take away the mapping of such a target.
func Required(target string) error {
	return &RefusedError{Action: "remove the mapping of " + target, Reason: "the attribute list says that the application requires it"}
}

// Mapped are the targets that have a mapping.
func (o Object) Mapped() []string {
	var names []string
	for _, p := range o.Node.Get("attributeMappings").Elements() {
		names = append(names, p.Value.Field("targetAttributeName"))
	}
	return names
}
