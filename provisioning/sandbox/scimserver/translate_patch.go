package scimserver

import (
	"maps"
	"slices"
	"strings"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
)

// operation is one operation of a PATCH body.
type operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitempty"`
}

// patch turns the operations of a PATCH into RFC 7644's: lower-case names, one
// operation to a path, values of the attribute's type, removals by filter.
func (c *call) patch(body map[string]any) *errors.ScimError {
	var raw []any
	for name, value := range body {
		if strings.EqualFold(name, "Operations") {
			raw, _ = value.([]any)
			delete(body, name)
		}
	}
	operations := []operation{}
	for _, one := range raw {
		o, ok := readOperation(one)
		if !ok {
			return &errors.ScimErrorInvalidSyntax
		}
		translated, scimErr := c.operation(o)
		if scimErr != nil {
			return scimErr
		}
		operations = append(operations, translated...)
	}
	body["Operations"] = operations
	return nil
}

func readOperation(raw any) (operation, bool) {
	members, ok := raw.(map[string]any)
	var o operation
	for name, value := range members {
		switch strings.ToLower(name) {
		case "op":
			o.Op, _ = value.(string)
			o.Op = strings.ToLower(o.Op)
		case "path":
			o.Path, _ = value.(string)
		case "value":
			o.Value = value
		}
	}
	return o, ok
}

// operation translates one operation into as many as it takes.
func (c *call) operation(o operation) ([]operation, *errors.ScimError) {
	members, isObject := o.Value.(map[string]any)
	switch {
	case tooLarge(o.Path):
		return nil, &errors.ScimErrorInvalidPath
	case o.Path == "" && o.Op == scim.PatchOperationRemove:
		return nil, &errors.ScimErrorNoTarget
	case o.Path == "" && !isObject:
		return nil, &errors.ScimErrorInvalidValue
	case o.Path == "":
		return c.spread(o, "", members)
	case c.isSchema(o.Path) && isObject:
		return c.spread(o, o.Path+":", members)
	}
	t := c.settle(parseTarget(o.Path))
	if !c.learn(t, o.Value) {
		return nil, &errors.ScimErrorInvalidPath
	}
	o.Path = t.String()
	a, sub, ok := c.attributeOf(t)
	if !ok {
		return []operation{o}, nil // the library refuses it
	}
	if t.sub != "" {
		a = sub
	}
	if c.server.options.Habit.refuses(a, o.Value) {
		return nil, &errors.ScimErrorInvalidValue
	}
	value := coerce(a, o.Value, c.isForeign(t.urn))
	list, _ := value.([]any)
	switch {
	case o.Op == scim.PatchOperationRemove && t.filter == "" && t.sub == "" && len(list) > 0 && c.server.options.Habit != WipesGroups:
		return withdraw(t, list), nil
	case o.Op != scim.PatchOperationRemove && isEmpty(value):
		return []operation{{Op: scim.PatchOperationRemove, Path: o.Path}}, nil // null is "has none"
	case o.Op == scim.PatchOperationRemove:
		value = nil
	}
	o.Value = value
	return []operation{o}, nil
}

// spread makes an operation of each member of an object without a path, or with
// that of an extension. The members' names may be paths themselves.
func (c *call) spread(o operation, prefix string, members map[string]any) ([]operation, *errors.ScimError) {
	var out []operation
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if prefix == "" && slices.Contains([]string{"id", "meta", "schemas"}, name) {
			continue
		}
		one := operation{Op: o.Op, Path: prefix + name, Value: members[name]}
		inner, isObject := one.Value.(map[string]any)
		spread, scimErr := []operation(nil), (*errors.ScimError)(nil)
		if prefix == "" && isObject && strings.Contains(name, ":") && !c.isAttribute(name) {
			spread, scimErr = c.spread(one, name+":", inner)
		} else {
			spread, scimErr = c.operation(one)
		}
		if scimErr != nil {
			return nil, scimErr
		}
		out = append(out, spread...)
	}
	return out, nil
}

// isSchema says whether a path is the URN of a schema and of no attribute.
func (c *call) isSchema(path string) bool {
	if strings.EqualFold(path, c.core.ID) {
		return true
	}
	_, _, ok := c.extensionOf(path)
	return ok
}

func (c *call) isAttribute(path string) bool {
	_, _, ok := c.attributeOf(c.settle(parseTarget(path)))
	return ok
}

// withdraw turns a removal with a list of values, which by RFC 7644 would empty
// the attribute, into one removal for each value.
func withdraw(t target, list []any) []operation {
	var out []operation
	for _, element := range list {
		if object, ok := element.(map[string]any); ok {
			element = object["value"]
		}
		quoted, err := encode(element)
		if err != nil {
			continue
		}
		t.filter = "value eq " + string(quoted)
		out = append(out, operation{Op: scim.PatchOperationRemove, Path: t.String()})
	}
	return out
}
