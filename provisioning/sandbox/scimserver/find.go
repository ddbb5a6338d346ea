package scimserver

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// passes says whether the resource is among those that the request asks for.
func (c *call) passes(r Resource) bool {
	return c.filter == nil || c.holds(c.filter, r)
}

func (c *call) holds(expression filter.Expression, r Resource) bool {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		if e.Operator == filter.AND {
			return c.holds(e.Left, r) && c.holds(e.Right, r)
		}
		return c.holds(e.Left, r) || c.holds(e.Right, r)
	case *filter.NotExpression:
		return !c.holds(e.Expression, r)
	case *filter.ValuePath:
		value, a := c.lookUp(e.AttributePath, r)
		list, _ := value.([]any)
		return slices.ContainsFunc(list, func(element any) bool { return matches(e.ValueFilter, a.SubAttributes(), element) })
	case *filter.AttributeExpression:
		value, a := c.lookUp(e.AttributePath, r)
		return test(e, value, a.CaseExact())
	default:
		return false
	}
}

// lookUp returns the value at a path, and the attribute that tells how it
// compares.
func (c *call) lookUp(path filter.AttributePath, r Resource) (any, schema.CoreAttribute) {
	if isCommon(path.AttributeName) && path.URI() == "" {
		return common(r, path), externalID() // id compares exactly, as externalId does
	}
	t, a, ok := c.locate(path)
	if !ok {
		return nil, a
	}
	members := r.Attributes
	if t.urn != "" {
		members, _ = members[t.urn].(map[string]any)
	}
	value := members[a.Name()]
	if sub, ok := a.SubAttributes().ContainsAttribute(t.sub); ok {
		return subValues(value, sub.Name()), sub
	}
	return value, a
}

func common(r Resource, path filter.AttributePath) any {
	raw, err := json.Marshal(r)
	if err != nil {
		return nil
	}
	var members map[string]any
	if err := decode(raw, &members); err != nil {
		return nil
	}
	for name, value := range members {
		if strings.EqualFold(name, path.AttributeName) {
			return subValues(value, path.SubAttributeName())
		}
	}
	return nil
}

// subValues returns the sub-attribute of an object, or of each object of a list.
func subValues(value any, name string) any {
	switch v := value.(type) {
	case map[string]any:
		for member, inner := range v {
			if strings.EqualFold(member, name) {
				return inner
			}
		}
		return nil
	case []any:
		var out []any
		for _, element := range v {
			if inner := subValues(element, name); inner != nil {
				out = append(out, inner)
			}
		}
		return out
	default:
		return value
	}
}
