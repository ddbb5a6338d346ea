package scimserver

import (
	"reflect"
	"slices"

	"github.com/elimity-com/scim"
	"github.com/elimity-com/scim/errors"
)

func (e edit) onList(list []any) ([]any, error) {
	given, _ := e.value.([]any)
	switch {
	case e.filter != nil:
		return e.onElements(list, given)
	case e.sub != "":
		for _, element := range list {
			if object, ok := element.(map[string]any); ok {
				setOrDelete(object, e.sub, e.value)
			}
		}
		return list, nil
	case e.op == scim.PatchOperationRemove:
		return nil, nil
	case e.op == scim.PatchOperationReplace:
		return e.join(nil, given), nil
	default:
		return e.join(list, given), nil
	}
}

// onElements changes the elements that the path's filter picks. An Add that
// picks none makes the element that the filter describes, as Entra expects.
func (e edit) onElements(list, given []any) ([]any, error) {
	picked := func(element any) bool { return matches(e.filter, e.attribute.SubAttributes(), element) }
	if e.op == scim.PatchOperationRemove && e.sub == "" {
		return slices.DeleteFunc(list, picked), nil
	}
	var changed []any
	for i, element := range list {
		if object, ok := element.(map[string]any); ok && picked(element) {
			list[i] = e.onElement(object, given)
			changed = append(changed, list[i])
		}
	}
	if len(changed) == 0 && e.op == scim.PatchOperationReplace {
		return nil, errors.ScimErrorNoTarget
	}
	if len(changed) == 0 && e.op == scim.PatchOperationAdd {
		changed = []any{e.onElement(described(e.filter, e.attribute.SubAttributes()), given)}
		list = append(list, changed[0])
	}
	return onePrimary(list, changed), nil
}

func (e edit) onElement(object map[string]any, given []any) any {
	if e.sub == "" && len(given) > 0 {
		e.value = given[0]
	}
	return e.onObject(object)
}

// join appends the elements that are not there yet. Those with a value are the
// same when the value is, as members are.
func (e edit) join(list, given []any) []any {
	var added []any
	for _, element := range given {
		same := func(other any) bool {
			return reflect.DeepEqual(element, other) || e.attribute.Name() == "members" && valueOf(element) == valueOf(other)
		}
		if !slices.ContainsFunc(list, same) {
			list = append(list, element)
			added = append(added, element)
		}
	}
	return onePrimary(list, added)
}

func valueOf(element any) any {
	object, _ := element.(map[string]any)
	return object["value"]
}

// onePrimary takes "primary" from the elements that were not changed when one
// that was has it: there may be one only.
func onePrimary(list, changed []any) []any {
	isPrimary := func(element any) bool {
		object, _ := element.(map[string]any)
		return object["primary"] == true
	}
	if !slices.ContainsFunc(changed, isPrimary) {
		return list
	}
	for _, element := range list {
		isChanged := slices.ContainsFunc(changed, func(c any) bool { return reflect.DeepEqual(c, element) })
		if object, ok := element.(map[string]any); ok && !isChanged && isPrimary(element) {
			object["primary"] = false
		}
	}
	return list
}
