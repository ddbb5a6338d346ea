package scimserver

import (
	"maps"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// edit is one operation on one attribute: RFC 7644 section 3.5.2.
type edit struct {
	op        string
	attribute schema.CoreAttribute
	filter    filter.Expression // of the path; nil: the whole attribute
	sub       string            // the sub-attribute's name as in the schema, or ""
	value     any
}

// apply carries out an operation that the library has checked.
func (c *call) apply(r *Resource, o scim.PatchOperation) error {
	if o.Path == nil {
		return errors.ScimErrorInvalidPath // translation gives each operation a path
	}
	t := target{urn: unalias(o.Path.AttributePath.URI()), name: o.Path.AttributePath.AttributeName}
	t.sub = o.Path.AttributePath.SubAttributeName() + o.Path.SubAttributeName() // never both
	a, sub, ok := c.attributeOf(t)
	if !ok {
		return errors.ScimErrorInvalidPath
	}
	e := edit{op: o.Op, attribute: a, filter: o.Path.ValueExpression, sub: sub.Name(), value: cloneValue(o.Value)}
	if a.Mutability() == "readOnly" || (e.op == scim.PatchOperationRemove && a.Required() && e.sub == "") {
		return errors.ScimErrorMutability
	}
	if t.urn == "" {
		return e.apply(r.Attributes)
	}
	extension, _ := r.Attributes[t.urn].(map[string]any)
	if extension == nil {
		extension = map[string]any{}
	}
	if err := e.apply(extension); err != nil {
		return err
	}
	setOrDelete(r.Attributes, t.urn, extension)
	return nil
}

// apply changes the attribute among the members of its resource or extension.
func (e edit) apply(members map[string]any) error {
	name := e.attribute.Name()
	switch {
	case e.attribute.MultiValued():
		list, _ := members[name].([]any)
		list, err := e.onList(list)
		if err != nil {
			return err
		}
		setOrDelete(members, name, list)
	case e.attribute.HasSubAttributes():
		object, _ := members[name].(map[string]any)
		setOrDelete(members, name, e.onObject(object))
	default:
		setOrDelete(members, name, e.value) // a removal has no value
	}
	return nil
}

func (e edit) onObject(object map[string]any) any {
	if e.op == scim.PatchOperationRemove && e.sub == "" {
		return nil
	}
	if object == nil {
		object = map[string]any{}
	}
	if e.sub != "" {
		setOrDelete(object, e.sub, e.value)
		return object
	}
	given, _ := e.value.(map[string]any)
	maps.Copy(object, given)
	return object
}

// setOrDelete sets a member; a value that is empty deletes it.
func setOrDelete(members map[string]any, name string, value any) {
	if isEmpty(value) {
		delete(members, name)
		return
	}
	members[name] = value
}
