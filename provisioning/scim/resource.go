package scim

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// A Resource is a SCIM user or group as decoded JSON; numbers are json.Number.
type Resource map[string]any

// ID is the identifier that the service gave, "" when it has none yet.
func (r Resource) ID() string {
	id, _ := r["id"].(string)
	return id
}

// Values reads what is at a target attribute path, nil when there is nothing.
// Booleans read "True" and "False". An object, such as a manager, reads as its
// value member, and a list as the values of its elements.
func (r Resource) Values(target string) ([]string, error) {
	p, err := parsePath(target)
	if err != nil {
		return nil, err
	}
	var at any = map[string]any(r)
	if p.schema != "" {
		at = member(at, p.schema)
	}
	at = member(at, p.attribute)
	if p.filter != "" {
		at = fitting(at, p)
	}
	if p.sub != "" {
		return texts(children(at, p.sub)), nil
	}
	return texts(at), nil
}

// member finds an object's member; SCIM's names do not distinguish case.
func member(of any, name string) any {
	object, _ := of.(map[string]any)
	if v, ok := object[name]; ok {
		return v
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if strings.EqualFold(key, name) {
			return object[key]
		}
	}
	return nil
}

// fitting is the first element that fits the path's condition, or nil.
func fitting(list any, p path) any {
	elements, _ := list.([]any)
	for _, element := range elements {
		has := texts(member(element, p.filter))
		if len(has) == 1 && strings.EqualFold(has[0], p.equals) {
			return element
		}
	}
	return nil
}

// children is the member of an object, or of each element of a list.
func children(of any, name string) any {
	elements, isList := of.([]any)
	if !isList {
		return member(of, name)
	}
	found := make([]any, 0, len(elements))
	for _, element := range elements {
		found = append(found, member(element, name))
	}
	return found
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case bool:
		if v {
			return []string{"True"}
		}
		return []string{"False"}
	case json.Number:
		return []string{v.String()}
	case map[string]any:
		return texts(member(v, "value"))
	case []any:
		var all []string
		for _, element := range v {
			all = append(all, texts(element)...)
		}
		return all
	default:
		return nil
	}
}
