package mappings

import (
	"context"
	"fmt"
	"strings"
)

// A RemoveAttributes takes attributes off an attribute list. A source may be
// the short name of a directory extension of the application. What is not there
// is left out; what a mapping or a filter uses is an *[AttributeUsedError], and
// anchors and required attributes are a *[RefusedError].
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
	return func(s *Schema) error {
		o, err := s.Object(or(r.Object, User))
		if err != nil {
			return err
		}
		ix, uses := index(o), o.uses(r.Side)
		for _, name := range r.Names {
			if err := o.removeAttribute(r.Side, planner.listedName(ix, r.Side, name), uses); err != nil {
				return err
			}
		}
		return nil
	}, nil
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

func (o Object) removeAttribute(side Side, name string, uses map[string][]Use) error {
	a, ok := o.attribute(side, name)
	switch {
	case !ok:
		return nil
	case a.Anchor:
		return &RefusedError{Action: "remove " + name, Reason: "it is the anchor, by which the " + o.kind + " is known"}
	case a.Required:
		return &RefusedError{Action: "remove " + name, Reason: "it is required"}
	case len(uses[name]) > 0:
		return &AttributeUsedError{Side: side, Name: name, UsedBy: uses[name]}
	}
	o.list(side).drop(func(_ string, v *node) bool { return v.field("name") == name })
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
	return fmt.Sprintf("the %s attribute %s is used by %s", e.Side, e.Name, strings.Join(by, ", "))
}
