package schema

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// Objects are all object mappings of the schema, those out of Microsoft Entra
// ID first.
func (s *Schema) Objects() []Object {
	var list []Object
	for _, rule := range s.rules() {
		for _, m := range rule.Get("objectMappings").Elements() {
			list = append(list, Object{kind: strings.ToLower(m.Value.Field("sourceObjectName")), schema: s, Rule: rule, Node: m.Value})
		}
	}
	return list
}

// An Object is the mapping of one kind of object inside a [Schema]: which
// actions are carried out for it, and from which attributes. It points into
// the schema, so a change shows there at once.
type Object struct {
	kind       string
	schema     *Schema
	Rule, Node *tree.Node
}

// Kind is "user" or "group".
func (o Object) Kind() string { return o.kind }

// RuleID is the id of the rule that the object mapping belongs to.
func (o Object) RuleID() string { return o.Rule.Field("id") }

// SourceName is the object's name in Microsoft Entra ID's directory: "User".
func (o Object) SourceName() string { return o.Node.Field("sourceObjectName") }

// TargetName is the object's name in the application's directory, such as
// "urn:ietf:params:scim:schemas:core:2.0:Group".
func (o Object) TargetName() string { return o.Node.Field("targetObjectName") }

// Enabled says whether objects of this kind are provisioned.
func (o Object) Enabled() bool {
	var on bool
	_ = o.Node.Get("enabled").Decode(&on)
	return on
}

// SetEnabled turns provisioning of the kind on or off. That of users cannot be
// turned off, as in the portal: the error is a *[RefusedError].
func (o Object) SetEnabled(on bool) error {
	if !on && o.kind == User {
		return &RefusedError{Action: "disable the user mapping", Reason: "Microsoft Entra ID does not allow it; actions can be taken away instead"}
	}
	if o.Enabled() != on {
		o.Node.Set("enabled", on)
	}
	return nil
}

// Mappings lists the attribute mappings of the object, in the schema's order.
func (o Object) Mappings() []Mapping {
	list := []Mapping{}
	for _, p := range o.Node.Get("attributeMappings").Elements() {
		list = append(list, ReadMapping(p.Value))
	}
	return list
}

// Mapping finds the mapping whose target is the attribute of this exact name.
func (o Object) Mapping(target string) (Mapping, bool) {
	if n := o.mappingNode(target); n != nil {
		return ReadMapping(n), true
	}
	return Mapping{}, false
}

// AddMapping appends a mapping. Its names are taken as they are: the attribute
// lists are the caller's matter, see [mappings.Add]. What cannot be added is a
// *[MappingExistsError], *[InvalidMappingError], *[InvalidExpressionError] or
// *[MatchTakenError].
func (o Object) AddMapping(m Mapping) error {
	m, err := m.completed()
	if err != nil {
		return err
	}
	if have, ok := o.Mapping(m.Target); ok {
		return &MappingExistsError{Object: o.kind, Have: have, Want: m}
	}
	if err := o.checkMatch(m); err != nil {
		return err
	}
	return o.AppendMapping(m, nil)
}

// checkMatch refuses a matching priority that another mapping has.
func (o Object) checkMatch(m Mapping) error {
	for _, have := range o.Mappings() {
		if m.Match > 0 && have.Match == m.Match && have.Target != m.Target {
			return &MatchTakenError{Match: m.Match, By: have.Target}
		}
	}
	return nil
}

// AppendMapping takes the source in the service's own form, where it has one.
func (o Object) AppendMapping(m Mapping, source any) error {
	stored, err := m.stored(source)
	if err != nil {
		return err
	}
	list := o.Node.Get("attributeMappings")
	if list.Open() != '[' {
		return &NotASchemaError{Reason: "its object mapping for " + o.kind + " has no attributeMappings"}
	}
	list.Add(stored)
	return nil
}

// ChangeMapping makes a stored mapping into another one. Members that are the
// same in both, and those that are not known here, keep their bytes.
func ChangeMapping(n *tree.Node, m Mapping, source any) error {
	have := ReadMapping(n)
	if m.Kind != have.Kind || !SameSource(m, have) {
		if source == nil {
			var err error
			if source, err = m.StoredSource(); err != nil {
				return err
			}
		}
		n.Set("source", source)
	}
	if m.Default != have.Default {
		n.Set("defaultValue", m.defaultValue())
	}
	if m.Match != have.Match {
		n.Set("matchingPriority", m.Match)
	}
	if m.flowType() != have.flowType() {
		n.Set("flowType", m.flowType())
	}
	if m.flowBehavior() != have.flowBehavior() {
		n.Set("flowBehavior", m.flowBehavior())
	}
	return nil
}

// mappingNode finds the mapping of a target; nil when there is none.
func (o Object) mappingNode(target string) *tree.Node {
	for _, p := range o.Node.Get("attributeMappings").Elements() {
		if p.Value.Field("targetAttributeName") == target {
			return p.Value
		}
	}
	return nil
}

// Matching lists the mappings by which accounts are found, the first tried
// first.
func (o Object) Matching() []Mapping {
	list := slices.DeleteFunc(o.Mappings(), func(m Mapping) bool { return m.Match <= 0 })
	slices.SortStableFunc(list, func(a, b Mapping) int { return a.Match - b.Match })
	return list
}
