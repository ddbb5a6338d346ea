package scimserver

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/elimity-com/scim/schema"
)

// coerce gives a value the form that its attribute has in RFC 7643, where Entra
// is known to send another. What fits no form is left for the library to
// refuse. A learned attribute takes any scalar as text, for its type is only
// that of the first value seen.
func coerce(a schema.CoreAttribute, value any, learned bool) any {
	if value == nil {
		return nil
	}
	list, isList := value.([]any)
	if !a.MultiValued() {
		if isList && len(list) == 1 { // old jobs wrap a single value: [{"$ref":null,"value":…}]
			value = list[0]
		}
		return coerceOne(a, value, learned)
	}
	if !isList {
		list = []any{value}
	}
	out := make([]any, 0, len(list))
	for _, element := range list {
		if one := coerceOne(a, element, learned); !isEmpty(one) {
			out = append(out, one)
		}
	}
	return out
}

func coerceOne(a schema.CoreAttribute, value any, learned bool) any {
	if a.AttributeType() == "complex" {
		return coerceComplex(a, value, learned)
	}
	if object, ok := value.(map[string]any); ok {
		if inner, ok := object["value"]; ok {
			value = inner
		}
	}
	switch a.AttributeType() {
	case "boolean":
		return asBoolean(value)
	case "integer", "decimal":
		return asNumber(value)
	default:
		if learned {
			return asText(value)
		}
		return value
	}
}

// coerceComplex takes a plain string for the value (a manager), and an object
// written as JSON inside of "value" for that object (a role).
func coerceComplex(a schema.CoreAttribute, value any, learned bool) any {
	if text, ok := value.(string); ok {
		value = map[string]any{"value": text}
	}
	object, ok := value.(map[string]any)
	if !ok {
		return value
	}
	object = unpack(object)
	out := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(object)) { // of two spellings the same one wins each time
		member := object[name]
		sub, ok := a.SubAttributes().ContainsAttribute(name)
		if !ok && strings.EqualFold(name, "displayName") { // roles come with either spelling
			sub, ok = a.SubAttributes().ContainsAttribute("display")
		}
		if !ok || member == nil {
			continue
		}
		out[sub.Name()] = coerce(sub, member, learned)
	}
	if out["value"] == "" { // Entra's way to say that there is none
		delete(out, "value")
	}
	return out
}

func unpack(object map[string]any) map[string]any {
	text, _ := object["value"].(string)
	if !strings.HasPrefix(text, "{") {
		return object
	}
	var inner map[string]any
	if err := decode([]byte(text), &inner); err != nil {
		return object // a value that merely begins like JSON
	}
	for name, value := range object {
		if name != "value" && value != nil {
			inner[name] = value
		}
	}
	return inner
}

func asBoolean(value any) any {
	text, ok := value.(string)
	switch {
	case ok && strings.EqualFold(text, "true"):
		return true
	case ok && strings.EqualFold(text, "false"):
		return false
	default:
		return value
	}
}

func asNumber(value any) any {
	text, ok := value.(string)
	if !ok {
		return value
	}
	if _, err := strconv.ParseFloat(text, 64); err != nil {
		return value
	}
	return json.Number(text)
}

func asText(value any) any {
	switch v := value.(type) {
	case bool:
		if v {
			return "True"
		}
		return "False"
	case json.Number:
		return v.String()
	default:
		return value
	}
}
