package scimserver

import (
	"encoding/hex"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/elimity-com/scim/optional"
	"github.com/elimity-com/scim/schema"
)

// extension is a schema extension of users that was never declared: the server
// learns it from what it is sent.
type extension struct {
	URN        string      `json:"urn"`
	Attributes []attribute `json:"attributes"`
}

// attribute is an attribute of a learned extension.
type attribute struct {
	Name  string      `json:"name"`
	Type  string      `json:"type"` // RFC 7643's: string, boolean, integer, decimal, complex
	Multi bool        `json:"multiValued,omitempty"`
	Sub   []attribute `json:"subAttributes,omitempty"`
}

// names are the attribute names that the library and its parser of paths both
// take. The library panics on others.
var names = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

// learn adds to the list what an attribute of this URN, name and value shows,
// and leaves the given list as it is. It says no when the name is none.
func learn(known []extension, urn, name string, value any) ([]extension, bool) {
	seen, ok := infer(name, value)
	if !ok {
		return known, false
	}
	return adopt(known, urn, seen), true
}

// adopt adds an attribute to the extension of this URN, in a copy of the list.
func adopt(known []extension, urn string, seen attribute) []extension {
	known = slices.Clone(known)
	i := slices.IndexFunc(known, func(e extension) bool { return strings.EqualFold(e.URN, urn) })
	if i < 0 {
		return append(known, extension{URN: urn, Attributes: []attribute{seen}})
	}
	known[i].Attributes = merge(known[i].Attributes, seen)
	return known
}

// merge keeps the type that an attribute was first seen with and adds
// sub-attributes that are new.
func merge(known []attribute, seen attribute) []attribute {
	known = slices.Clone(known)
	i := slices.IndexFunc(known, func(a attribute) bool { return strings.EqualFold(a.Name, seen.Name) })
	if i < 0 {
		return append(known, seen)
	}
	for _, sub := range seen.Sub {
		known[i].Sub = merge(known[i].Sub, sub)
	}
	return known
}

// infer tells an attribute's type from a value.
func infer(name string, value any) (attribute, bool) {
	if !names.MatchString(name) {
		return attribute{}, false
	}
	a := attribute{Name: name, Type: "string"}
	switch v := value.(type) {
	case bool:
		a.Type = "boolean"
	case json.Number:
		a.Type = "integer"
		if _, err := v.Int64(); err != nil {
			a.Type = "decimal"
		}
	case []any:
		for i, element := range v {
			one, ok := infer(name, element)
			if !ok {
				return attribute{}, false
			}
			if i == 0 {
				a.Type = one.Type
			}
			for _, sub := range one.Sub {
				a.Sub = merge(a.Sub, sub)
			}
		}
		a.Multi = true
	case map[string]any:
		a.Type = "complex"
		for _, sub := range slices.Sorted(maps.Keys(v)) {
			s, ok := infer(sub, v[sub])
			if s.Type == "complex" || (!ok && sub != "$ref") {
				return attribute{}, false // RFC 7643 has no complex value inside another
			}
			if ok {
				a.Sub = append(a.Sub, s)
			}
		}
	}
	return a, true
}

func (e extension) schema() schema.Schema {
	s := schema.Schema{ID: alias(e.URN), Name: optional.NewString(e.URN[strings.LastIndex(e.URN, ":")+1:])}
	for _, a := range e.Attributes {
		s.Attributes = append(s.Attributes, a.core())
	}
	return s
}

func (a attribute) core() schema.CoreAttribute {
	if a.Type != "complex" {
		return schema.SimpleCoreAttribute(a.simple())
	}
	params := schema.ComplexParams{Name: a.Name, MultiValued: a.Multi}
	for _, sub := range a.Sub {
		params.SubAttributes = append(params.SubAttributes, sub.simple())
	}
	return schema.ComplexCoreAttribute(params)
}

func (a attribute) simple() schema.SimpleParams {
	switch a.Type {
	case "boolean":
		return schema.SimpleBooleanParams(schema.BooleanParams{Name: a.Name, MultiValued: a.Multi})
	case "integer":
		return schema.SimpleNumberParams(schema.NumberParams{Name: a.Name, MultiValued: a.Multi, Type: schema.AttributeTypeInteger()})
	case "decimal":
		return schema.SimpleNumberParams(schema.NumberParams{Name: a.Name, MultiValued: a.Multi, Type: schema.AttributeTypeDecimal()})
	default:
		return schema.SimpleStringParams(schema.StringParams{Name: a.Name, MultiValued: a.Multi})
	}
}

// plainURN is what the library's parser of paths takes for a URN. Hyphens and
// underscores, which vendors use, are not in it.
var plainURN = regexp.MustCompile(`^[A-Za-z0-9.]+(:[A-Za-z0-9.]+)*$`)

const aliasPrefix = "urn:x.hex:"

// alias is the name by which the library knows a URN: the URN itself when its
// parser can read it.
func alias(urn string) string {
	if plainURN.MatchString(urn) && !strings.HasPrefix(urn, aliasPrefix) {
		return urn
	}
	return aliasPrefix + hex.EncodeToString([]byte(urn))
}

// unalias gives the URN back for its alias, and any other text unchanged.
func unalias(name string) string {
	text, found := strings.CutPrefix(name, aliasPrefix)
	urn, err := hex.DecodeString(text)
	if !found || err != nil {
		return name
	}
	return string(urn)
}
