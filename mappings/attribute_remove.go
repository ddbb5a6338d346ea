package mappings

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/bounds"
)

// A RemoveAttributes takes attributes off an attribute list. A source may be
// the short name of a directory extension of the application. What is not there
// is left out, unless it is likely a misspelling, which is a
// *[graph.NotFoundError]; what a mapping or a filter uses is an
// *[AttributeUsedError], and anchors and required attributes are a *[RefusedError].
type RemoveAttributes struct {
	Object string // User or Group; "" is User
	Side   Side   // "" is Target
	Names  []string
}

// Plan returns the edit. It is what [Update] asks for.
func (r RemoveAttributes) Plan(_ context.Context, at Place) (Edit, error) {
	if r.Side == "" {
		r.Side = Target
	}
	planner := planner{appID: at.App.AppID}
	if err := planner.misspeltAttributes(at.Schema, r); err != nil {
		return nil, err
	}
	return func(s *Schema) error {
		o, err := s.Object(or(r.Object, User))
		if err != nil {
			return err
		}
		ix, uses := index(o), o.uses(r.Side)
		gone := map[string]bool{}
		for _, name := range r.Names {
			name = planner.listedName(ix, r.Side, name)
			if err := ix.removable(r.Side, name, uses[name]); err != nil {
				return err
			}
			gone[name] = true
		}
		o.list(r.Side).drop(func(_ string, v *node) bool { return gone[v.field("name")] })
		return nil
	}, nil
}

// misspeltAttributes looks for names that the list lacks and that are likely
// misspellings; short names are names of sources too.
func (p planner) misspeltAttributes(s *Schema, r RemoveAttributes) error {
	o, err := s.Object(or(r.Object, User))
	if err != nil {
		return err
	}
	ix, names := index(o), []string{}
	for _, name := range r.Names {
		names = append(names, p.listedName(ix, r.Side, name))
	}
	known := o.attributeNames(r.Side)
	for _, full := range slices.Clone(known) {
		if short, ok := extattr.Short(p.appID, full); ok {
			known = append(known, short)
		}
	}
	return misspelt(string(r.Side)+" attribute", names, known)
}

// listedName is how the list may have it: a source by its full name, a target
// with double quotes.
func (p planner) listedName(ix indexed, side Side, name string) string {
	name = strings.TrimSpace(name)
	if side == Target {
		return strings.ReplaceAll(name, "'", `"`)
	}
	if attribute, ok := p.onList(ix, name); ok {
		return attribute.Name
	}
	return name
}

// removable refuses to take an attribute off its list that has to stay.
func (ix indexed) removable(side Side, name string, uses []Use) error {
	a, listed := ix.attributeOf(side, name)
	switch {
	case !listed:
		return nil
	case a.Anchor:
		return &RefusedError{Action: "remove " + name, Reason: "it is the anchor, by which the " + ix.kind + " is known"}
	case a.Required:
		return &RefusedError{Action: "remove " + name, Reason: "it is required"}
	case len(uses) > 0:
		return &AttributeUsedError{Side: side, Name: name, UsedBy: uses}
	}
	return nil
}

// An AttributeUsedError is an attribute that cannot be removed as long as
// something uses it.
type AttributeUsedError struct {
	Side   Side
	Name   string
	UsedBy []Use
}

func (e *AttributeUsedError) Error() string {
	by := make([]string, len(e.UsedBy))
	for i, u := range e.UsedBy {
		by[i] = fmt.Sprintf("the %s %s of %ss", u.Kind, u.Name, u.Object)
	}
	return fmt.Sprintf("the %s attribute %s is used by %s", e.Side, e.Name, bounds.Names(by))
}
