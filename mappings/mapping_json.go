package mappings

import (
	"errors"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
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
	{"multi-value-add-only", "MultiValueAddOnly"},
	{"value-add-only", "ValueAddOnly"},
	{"attribute-add-only", "AttributeAddOnly"},
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

// stored is the mapping as Graph stores it, with the given source or, when it
// is nil, the one that the mapping itself describes.
func (m Mapping) stored(source any) (attributeMapping, error) {
	s := attributeMapping{
		FlowBehavior: "FlowWhenChanged", FlowType: m.flowType(),
		MatchingPriority: m.Match, TargetAttributeName: m.Target, Source: source,
	}
	if m.Default != "" {
		s.DefaultValue = &m.Default
	}
	if m.Kind == None || source != nil {
		return s, nil
	}
	e, err := m.parsed()
	if err != nil {
		return s, err
	}
	if s.Source, err = expression.Stored(e); err != nil {
		return s, &InvalidExpressionError{Target: m.Target, Err: err}
	}
	return s, nil
}

// parsed is the source as an expression, which every kind but [None] has.
func (m Mapping) parsed() (expression.Node, error) {
	switch m.Kind {
	case Direct:
		return &expression.Attribute{Name: m.Source}, nil
	case Constant:
		return &expression.Text{Value: m.Source}, nil
	case Expression, None:
	}
	e, err := expression.Parse(m.Source)
	if err != nil {
		return nil, &InvalidExpressionError{Target: m.Target, Err: err}
	}
	return e, nil
}

// storedByService says that only the service knows how it stores the
// expression: the names of the function's parameters are not documented.
func (m Mapping) storedByService() bool {
	if m.Kind != Expression {
		return false
	}
	_, err := m.stored(nil)
	_, unsupported := errors.AsType[*expression.UnsupportedError](err)
	return unsupported
}

// readMapping is the reverse of stored.
func readMapping(n *node) Mapping {
	m := Mapping{Target: n.field("targetAttributeName"), Kind: None, Default: n.field("defaultValue")}
	_ = n.get("matchingPriority").decode(&m.Match)
	m.Apply = Apply(n.field("flowType"))
	for _, f := range flowTypes {
		if strings.EqualFold(f.flow, string(m.Apply)) {
			m.Apply = f.apply
		}
	}
	src := n.get("source")
	switch strings.ToLower(src.field("type")) {
	case "attribute":
		m.Kind, m.Source = Direct, src.field("name")
		if m.Source == "" {
			m.Source = strings.Trim(src.field("expression"), "[] ")
		}
	case "constant":
		m.Kind, m.Source = Constant, src.field("name")
	case "function":
		m.Kind, m.Source = Expression, src.field("expression")
	}
	return m
}

// sameSource compares expressions by what they say, not how they are spaced:
// the service writes them in its own way.
func sameSource(a, b Mapping) bool {
	if a.Source == b.Source || a.Kind != Expression {
		return a.Source == b.Source
	}
	x, errX := expression.Parse(a.Source)
	y, errY := expression.Parse(b.Source)
	return errX == nil && errY == nil && x.String() == y.String()
}
