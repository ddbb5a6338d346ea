package scimserver

import (
	"slices"
	"strings"
)

// project leaves in the resource what the request's attributes and
// excludedAttributes ask for: RFC 7644 section 3.9. The id always stays.
func (c *call) project(r Resource) Resource {
	switch {
	case len(c.only) > 0:
		kept := map[string]any{}
		for _, path := range c.only {
			copyPath(kept, r.Attributes, c.steps(path))
		}
		r.Attributes = kept
	case len(c.except) > 0:
		for _, path := range c.except {
			dropPath(r.Attributes, c.steps(path))
		}
	}
	return r
}

// steps are the member names that lead to an attribute; a path that is only an
// extension's URN leads to the whole extension.
func (c *call) steps(path string) []string {
	if _, urn, ok := c.extensionOf(path); ok {
		return []string{urn}
	}
	t := c.settle(parseTarget(path))
	return slices.DeleteFunc([]string{t.urn, t.name, t.sub}, func(step string) bool { return step == "" })
}

// memberOf returns the name of the member as it is spelt in the object.
func memberOf(object map[string]any, name string) (string, bool) {
	for member := range object {
		if strings.EqualFold(member, name) {
			return member, true
		}
	}
	return "", false
}

func copyPath(to, from map[string]any, steps []string) {
	if len(steps) == 0 {
		return
	}
	name, ok := memberOf(from, steps[0])
	if !ok {
		return
	}
	inner, isObject := from[name].(map[string]any)
	if len(steps) == 1 || !isObject { // of a list, the whole elements are returned
		to[name] = from[name]
		return
	}
	next, _ := to[name].(map[string]any)
	if next == nil {
		next = map[string]any{}
	}
	to[name] = next
	copyPath(next, inner, steps[1:])
}

func dropPath(from map[string]any, steps []string) {
	if len(steps) == 0 {
		return
	}
	name, ok := memberOf(from, steps[0])
	if !ok {
		return
	}
	if len(steps) == 1 {
		delete(from, name)
		return
	}
	if inner, ok := from[name].(map[string]any); ok {
		dropPath(inner, steps[1:])
	}
}
