package schema

import (
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/internal/tree"
)

// attributeMapping is a mapping as Graph stores it, with all its members.
type attributeMapping struct {
	DefaultValue            *string `json:"defaultValue"`
	ExportMissingReferences bool    `json:"exportMissingReferences"`
	FlowBehavior            string  `json:"flowBehavior"`
	FlowType                string  `json:"flowType"`
	MatchingPriority        int     `json:"matchingPriority"`
	TargetAttributeName     string  `json:"targetAttributeName"`
	Source                  any     `json:"source"` // expression.Source, or what the service made of an expression
}

var flowTypes = [...]struct {
	apply Apply
	flow  string
}{
	{Always, "Always"},
	{OnCreate, "ObjectAddOnly"},
	{MultiValueAddOnly, "MultiValueAddOnly"},
	{ValueAddOnly, "ValueAddOnly"},
	{AttributeAddOnly, "AttributeAddOnly"},
}

// flowType is Graph's name for when the mapping applies; "" when there is none.
func (m Mapping) flowType() string {
	for _, f := range flowTypes {
		if f.apply == m.Apply || m.Apply == "" {
			return f.flow
		}
	}
	return ""
}

// flowBehavior is Graph's name for the flow.
func (m Mapping) flowBehavior() string {
	if m.Flow == FlowAlways {
		return "FlowAlways"
	}
	return "FlowWhenChanged"
}

// stored is the mapping as Graph stores it, with the given source or, when it
// is nil, the one that the mapping itself describes.
func (m Mapping) stored(source any) (attributeMapping, error) {
	s := attributeMapping{
		FlowBehavior: m.flowBehavior(), FlowType: m.flowType(), DefaultValue: m.defaultValue(),
		MatchingPriority: m.Match, TargetAttributeName: m.Target, Source: source,
	}
	var err error
	if source == nil {
		s.Source, err = m.StoredSource()
	}
	return s, err
}

// defaultValue is nil when there is none.
func (m Mapping) defaultValue() *string {
	if m.Default == "" {
		return nil
	}
	return &m.Default
}

// StoredSource is the source as Graph stores it, as far as that is documented.
func (m Mapping) StoredSource() (any, error) {
	if m.Kind == None {
		return nil, nil // null
	}
	e, err := m.Parsed()
	if err != nil {
		return nil, err
	}
	source, err := expression.Stored(e)
	if err != nil {
		return nil, &InvalidExpressionError{Target: m.Target, Expression: m.Source, Err: err}
	}
	return source, nil
}

// Parsed is the source as an expression, which every kind but [None] has.
func (m Mapping) Parsed() (expression.Node, error) {
	switch m.Kind {
	case Direct:
		return &expression.Attribute{Name: m.Source}, nil
	case Constant:
		return &expression.Text{Value: m.Source}, nil
	case Expression, None:
	}
	e, err := expression.Parse(m.Source)
	if err != nil {
		return nil, &InvalidExpressionError{Target: m.Target, Expression: m.Source, Err: err}
	}
	return e, nil
}

// ReadMapping is the reverse of stored.
func ReadMapping(n *tree.Node) Mapping {
	m := Mapping{Target: n.Field("targetAttributeName"), Default: n.Field("defaultValue")}
	_ = n.Get("matchingPriority").Decode(&m.Match)
	m.Apply = Apply(n.Field("flowType"))
	for _, f := range flowTypes {
		if strings.EqualFold(f.flow, string(m.Apply)) {
			m.Apply = f.apply
		}
	}
	if strings.EqualFold(n.Field("flowBehavior"), "FlowAlways") {
		m.Flow = FlowAlways
	}
	m.Kind, m.Source = ReadSource(n.Get("source"))
	return m
}

// ReadSource reads the source of an attribute mapping as Graph stores it.
func ReadSource(n *tree.Node) (Kind, string) {
	switch strings.ToLower(n.Field("type")) {
	case "attribute":
		return Direct, Or(n.Field("name"), strings.Trim(n.Field("expression"), "[] "))
	case "constant":
		return Constant, n.Field("name")
	case "function":
		return Expression, n.Field("expression")
	}
	return None, ""
}

// SameSource compares expressions by what they say, not how they are spaced:
// the service writes them in its own way.
func SameSource(a, b Mapping) bool {
	if a.Source == b.Source || a.Kind != Expression {
		return a.Source == b.Source
	}
	x, errX := expression.Parse(a.Source)
	y, errY := expression.Parse(b.Source)
	return errX == nil && errY == nil && x.String() == y.String()
}
