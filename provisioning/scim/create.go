package scim

import (
	"encoding/json"
	"strconv"
	"strings"
)

// An Attribute is a value for a target attribute.
type Attribute struct {
	Path   string // as in the mapping: emails[type eq "work"].value
	Type   string // of the target attribute: String (also ""), Boolean, Integer, Reference, DateTime, Binary
	Values []string
	Multi  bool // send a list

	// Form is how roles are sent, and Roles what of them is; Values are then
	// the roles' values. Other attributes have neither.
	Form  RoleForm
	Roles []Role
}

// NewUser makes the body with which Entra creates a user. The URN of a custom
// schema is not added to schemas: the service does not do so either.
func NewUser(attributes []Attribute) (Resource, error) {
	r := Resource{
		"schemas": []any{coreUser, enterpriseUser},
		"meta":    map[string]any{"resourceType": "User"},
		"roles":   []any{},
	}
	return r, r.setAll(attributes)
}

// NewGroup makes the body with which Entra creates a group. Members are added
// afterwards.
func NewGroup(attributes []Attribute) (Resource, error) {
	r := Resource{
		"schemas": []any{coreGroup, adGroup},
		"meta":    map[string]any{"resourceType": "Group"},
	}
	return r, r.setAll(attributes)
}

func (r Resource) setAll(attributes []Attribute) error {
	for _, a := range attributes {
		p, err := parsePath(a.Path)
		if err != nil {
			return err
		}
		if len(a.Values) == 0 {
			continue
		}
		if err := p.set(r, a.value()); err != nil {
			return err
		}
	}
	return nil
}

// set writes a value where the path points, beside what is there.
func (p path) set(into map[string]any, value any) error {
	if p.schema != "" {
		inner, err := p.object(into, p.schema)
		if err != nil {
			return err
		}
		into = inner
	}
	if p.filter != "" {
		element, err := p.element(into)
		if err != nil {
			return err
		}
		element[p.sub] = value
		return nil
	}
	if p.sub == "" {
		return p.plain(into, value)
	}
	object, err := p.object(into, p.attribute)
	if err != nil {
		return err
	}
	object[p.sub] = value
	return nil
}

// plain sets the attribute itself, unless others have put parts of it there.
func (p path) plain(into map[string]any, value any) error {
	list, _ := into[p.attribute].([]any)
	if _, isObject := into[p.attribute].(map[string]any); isObject || len(list) > 0 {
		return &PathError{p.whole, "another mapping gives " + p.attribute + " parts"}
	}
	into[p.attribute] = value
	return nil
}

func (p path) object(in map[string]any, name string) (map[string]any, error) {
	if _, exists := in[name]; !exists {
		in[name] = map[string]any{}
	}
	object, ok := in[name].(map[string]any)
	if !ok {
		return nil, &PathError{p.whole, "another mapping gives " + name + " a plain value"}
	}
	return object, nil
}

// element is the one that fits the path's condition, made when there is none.
// A work address of emails is the primary one, and a role has the type of
// Entra's own.
func (p path) element(in map[string]any) (map[string]any, error) {
	list, ok := in[p.attribute].([]any)
	if _, exists := in[p.attribute]; exists && !ok {
		return nil, &PathError{p.whole, "another mapping gives " + p.attribute + " a plain value"}
	}
	if found, ok := fitting(list, p).(map[string]any); ok {
		return found, nil
	}
	element := map[string]any{p.filter: p.filterValue()}
	if strings.EqualFold(p.attribute, "emails") && strings.EqualFold(p.filter, "type") && p.equals == "work" {
		element["primary"] = true
	}
	if strings.EqualFold(p.attribute, "roles") && strings.EqualFold(p.filter, "primary") {
		element["type"] = roleType
	}
	in[p.attribute] = append(list, element)
	return element, nil
}

// value is the attribute's JSON value in the type of its target.
func (a Attribute) value() any {
	if a.Form == AddedRoles || a.Form == AssertedRoles {
		return a.objects()
	}
	if !a.Multi {
		return a.typed(a.Values[0])
	}
	return a.list()
}

// list is how several values are written: objects with a value each.
func (a Attribute) list() []any {
	list := make([]any, 0, len(a.Values))
	for _, v := range a.Values {
		list = append(list, map[string]any{"value": a.typed(v)})
	}
	return list
}

func (a Attribute) typed(text string) any {
	switch a.Type {
	case "Boolean":
		return boolean(text)
	case "Integer":
		if _, err := strconv.ParseInt(text, 10, 64); err == nil {
			return json.Number(text)
		}
	}
	return text
}

// boolean is a JSON boolean when the text is one, else the text as it is: the
// target shall complain, not we guess.
func boolean(text string) any {
	switch {
	case strings.EqualFold(text, "true"):
		return true
	case strings.EqualFold(text, "false"):
		return false
	default:
		return text
	}
}
