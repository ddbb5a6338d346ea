package scimserver

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/elimity-com/scim/errors"
)

// resource turns the body of a POST or PUT into the form of RFC 7643: nulls and
// empty lists go, values take the types of their attributes, and what stands
// under a URN becomes an extension.
func (c *call) resource(body map[string]any) *errors.ScimError {
	for _, name := range slices.Sorted(maps.Keys(body)) {
		value := body[name]
		delete(body, name)
		if strings.Contains(name, ":") {
			if scimErr := c.extend(body, name, value); scimErr != nil {
				return scimErr
			}
			continue
		}
		a, _, ok := c.attributeOf(target{name: name})
		if ok {
			value = coerce(a, value, false)
		}
		if !isEmpty(value) {
			body[name] = value
		}
	}
	return nil
}

// extend puts what the body holds under a URN into the extension's object: an
// object under the extension's URN, or one value under an attribute's.
func (c *call) extend(body map[string]any, name string, value any) *errors.ScimError {
	members, ok := value.(map[string]any)
	urn := name
	if !ok {
		t := parseTarget(name)
		urn, members = t.urn, map[string]any{t.name: value}
	}
	_, urn, _ = c.extensionOf(urn)
	into, _ := body[alias(urn)].(map[string]any)
	if into == nil {
		into = map[string]any{}
	}
	for _, member := range slices.Sorted(maps.Keys(members)) {
		t := target{urn: urn, name: member}
		if isEmpty(members[member]) {
			continue
		}
		if !c.learn(t, members[member]) {
			return &errors.ScimErrorInvalidSyntax
		}
		if a, _, ok := c.attributeOf(t); ok {
			into[member] = coerce(a, members[member], c.isForeign(urn))
		}
	}
	if len(into) > 0 {
		body[alias(urn)] = into
	}
	return nil
}

// learn notes an attribute of a foreign extension. It says no when the
// attribute's name cannot be one.
func (c *call) learn(t target, value any) bool {
	if !c.isForeign(t.urn) {
		return true
	}
	switch {
	case t.filter != "":
		value = []any{
			map[string]any{"type": "", "value": "", "display": "", "primary": false},
			map[string]any{cmp.Or(t.sub, "value"): ""},
		}
	case t.sub != "":
		value = map[string]any{t.sub: value}
	}
	known, ok := learn(c.extensions, t.urn, t.name, value)
	c.extensions = known
	return ok
}

func isEmpty(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return false
	}
}
