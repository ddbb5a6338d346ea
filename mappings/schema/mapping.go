package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// A Kind says where a mapping takes its value from.
type Kind string

// The kinds of mappings, as the portal tells them apart.
const (
	Direct     Kind = "direct"     // from one attribute
	Expression Kind = "expression" // computed
	Constant   Kind = "constant"   // always the same text
	None       Kind = "none"       // from nothing: only the default value flows
)

// An Apply says when a mapping is applied.
type Apply string

// The moments that the portal offers, and Graph's others: values are added to
// what the application has, and nothing is replaced. Graph names those without
// telling them apart.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-attributemapping
const (
	Always            Apply = "always"
	OnCreate          Apply = "on-create"
	MultiValueAddOnly Apply = "multi-value-add-only"
	ValueAddOnly      Apply = "value-add-only"
	AttributeAddOnly  Apply = "attribute-add-only"
)

// A Flow says whether a value is sent that has not changed.
type Flow string

// The flows. The usual one is read as "".
const (
	FlowWhenChanged Flow = "when-changed"
	FlowAlways      Flow = "always"
)

// A Mapping is one attribute mapping.
//
// https://learn.microsoft.com/en-us/graph/api/resources/synchronization-attributemapping
type Mapping struct {
	Target string `json:"target"`           // the application's attribute, such as name.givenName
	Kind   Kind   `json:"kind"`             // when adding, "" means direct if there is a Source, else none
	Source string `json:"source,omitempty"` // attribute name, expression or text, by Kind
	// Default flows when the source is empty, and only when an account is created.
	Default string `json:"default,omitempty"`
	// Match is the matching priority: 1 is tried first, 0 does not match.
	Match int   `json:"match,omitempty"`
	Apply Apply `json:"apply"` // when adding, "" means always
	// Flow is "" or FlowAlways when read; when writing, "" leaves it open.
	Flow Flow `json:"flow,omitempty"`
}

// ParseMapping reads "TARGET=SOURCE", a direct mapping. The last = divides.
func ParseMapping(text string) (Mapping, error) {
	i := strings.LastIndexByte(text, '=')
	if i <= 0 || i == len(text)-1 {
		return Mapping{}, &InvalidMappingError{Target: text, Reason: "it is not TARGET=SOURCE"}
	}
	return Mapping{Target: strings.TrimSpace(text[:i]), Kind: Direct, Source: strings.TrimSpace(text[i+1:])}, nil
}

// String describes what the mapping does with its target, for people.
func (m Mapping) String() string {
	s := map[Kind]string{Direct: "[" + m.Source + "]", Expression: m.Source, Constant: Quote(m.Source)}[m.Kind]
	if m.Kind == None {
		s = "nothing"
	}
	if m.Default != "" {
		s += ", default " + Quote(m.Default)
	}
	if m.Match > 0 {
		s += fmt.Sprintf(", match %d", m.Match)
	}
	if m.Apply != Always && m.Apply != "" {
		s += ", apply " + string(m.Apply)
	}
	if m.Flow == FlowAlways {
		s += ", flow " + string(m.Flow)
	}
	return s
}

// An InvalidMappingError is a mapping that makes no sense.
type InvalidMappingError struct{ Target, Reason string }

func (e *InvalidMappingError) Error() string {
	return fmt.Sprintf("mapping of %s: %s", e.Target, e.Reason)
}

// TargetName lets ' stand for ", which some shells eat, in a target.
func TargetName(text string) string { return strings.ReplaceAll(text, "'", `"`) }

// completed fills in what was left out of a mapping that is to be added, and
// refuses what Graph would not take.
func (m Mapping) completed() (Mapping, error) {
	if m.Kind == "" && m.Source == "" {
		m.Kind = None
	}
	m, err := m.Normal()
	if err != nil {
		return m, err
	}
	return m, m.Check()
}

// Normal writes a mapping as it is read back: with its kind, and an expression
// that is a mere attribute as that. A source that is left open stays so. An
// expression that does not parse is an *[InvalidExpressionError], and all else
// is as it should be.
func (m Mapping) Normal() (Mapping, error) {
	m.Target = TargetName(m.Target)
	if m.Kind == "" && m.Source != "" {
		m.Kind = Direct
	}
	if reason := m.Nonsense(); reason != "" {
		return m, &InvalidMappingError{Target: Or(m.Target, Quote("")), Reason: reason}
	}
	if m.Kind != Expression {
		return m, nil
	}
	e, err := m.Parsed()
	if err != nil {
		return m, err
	}
	return m.simplest(e), nil
}

// Nonsense says why no mapping can be as this one says, whatever it leaves
// open.
func (m Mapping) Nonsense() string {
	switch {
	case m.Target == "":
		return "it needs a target attribute"
	case m.Target == "id":
		return "the application itself gives the id"
	case m.Kind != "" && m.Kind != None && m.Source == "":
		return fmt.Sprintf("the %s is empty", m.Kind)
	case m.Kind == None && m.Source != "":
		return "it is of kind none, and has a source"
	case !slices.Contains([]Kind{"", Direct, Expression, Constant, None}, m.Kind):
		return fmt.Sprintf("its kind is direct, expression, constant or none, not %q", m.Kind)
	case m.Match < 0:
		return "the matching priority is 1 or more"
	case m.Apply != "" && m.flowType() == "":
		return fmt.Sprintf("it applies always, on-create, multi-value-add-only, value-add-only or attribute-add-only, not %q", m.Apply)
	case m.Flow != "" && m.Flow != FlowWhenChanged && m.Flow != FlowAlways:
		return fmt.Sprintf("it flows when-changed or always, not %q", m.Flow)
	}
	return ""
}

// Check refuses what does not do as a whole mapping.
func (m Mapping) Check() error {
	if m.Kind == None && m.Default == "" {
		return &InvalidMappingError{Target: m.Target, Reason: "it needs a source or a default value"}
	}
	return nil
}

// simplest turns an expression that is a mere attribute, text or number into
// the kind of mapping that the service makes of it.
func (m Mapping) simplest(e expression.Node) Mapping {
	switch e := e.(type) {
	case *expression.Attribute:
		m.Kind, m.Source = Direct, e.Name
	case *expression.Text:
		m.Kind, m.Source = Constant, e.Value
	case *expression.Number:
		m.Kind, m.Source = Constant, e.Literal
	}
	return m
}

// Alike says whether two whole mappings of a target do the same.
func (m Mapping) Alike(other Mapping) bool {
	return m.Kind == other.Kind && SameSource(m, other) && m.Default == other.Default && m.Match == other.Match &&
		m.flowType() == other.flowType() && m.flowBehavior() == other.flowBehavior()
}

// Quote is a text as an expression has it.
func Quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }

// Or is text, or otherwise when that is empty.
func Or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// PlaceOf is where an expression first names an attribute; zero in all other
// mappings.
func (m Mapping) PlaceOf(name string) (at expression.Position) {
	if m.Kind != Expression {
		return at
	}
	e, err := m.Parsed()
	if err != nil {
		return at
	}
	expression.Walk(e, func(n expression.Node) {
		if a, ok := n.(*expression.Attribute); ok && a.Name == name && at.Column == 0 {
			at = a.At()
		}
	})
	return at
}

// Renamed gives the attributes that the mapping reads their full names, which
// alone the service knows. An expression in which none changes stays as it is
// written.
func (m Mapping) Renamed(full map[string]string) (Mapping, error) {
	if m.Kind == Direct {
		m.Source = full[m.Source]
	}
	if m.Kind != Expression {
		return m, nil
	}
	e, err := m.Parsed()
	if err != nil {
		return m, err
	}
	changed := false
	expression.Walk(e, func(n expression.Node) {
		if a, ok := n.(*expression.Attribute); ok && full[a.Name] != a.Name {
			a.Name, changed = full[a.Name], true
		}
	})
	if changed {
		m.Source = e.String()
	}
	return m, nil
}

// Reads are the source attributes that the mapping reads. An expression that cannot be
// parsed is an error.
func (m Mapping) Reads() ([]string, error) {
	if m.Kind == None || m.Kind == "" {
		return nil, nil
	}
	e, err := m.Parsed()
	if err != nil {
		return nil, err
	}
	return expression.Attributes(e), nil
}
