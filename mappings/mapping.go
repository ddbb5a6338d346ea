package mappings

import (
	"fmt"
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

// The moments that the portal offers. Graph knows three more, which are read
// as Graph names them.
const (
	Always   Apply = "always"
	OnCreate Apply = "on-create"
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
	s := map[Kind]string{Direct: "[" + m.Source + "]", Expression: m.Source, Constant: quote(m.Source)}[m.Kind]
	if m.Kind == None {
		s = "nothing"
	}
	if m.Default != "" {
		s += ", default " + quote(m.Default)
	}
	if m.Match > 0 {
		s += fmt.Sprintf(", match %d", m.Match)
	}
	if m.Apply != Always && m.Apply != "" {
		s += ", apply " + string(m.Apply)
	}
	return s
}

// An InvalidMappingError is a mapping that makes no sense.
type InvalidMappingError struct{ Target, Reason string }

func (e *InvalidMappingError) Error() string {
	return fmt.Sprintf("mapping of %s: %s", e.Target, e.Reason)
}

// completed fills in what was left out, and refuses what Graph would not take.
func (m Mapping) completed() (Mapping, error) {
	m.Target = strings.ReplaceAll(m.Target, "'", `"`)
	if m.Kind == "" {
		m.Kind = None
		if m.Source != "" {
			m.Kind = Direct
		}
	}
	if m.Kind == Expression && m.Source != "" {
		e, err := m.parsed()
		if err != nil {
			return m, err
		}
		m = m.simplest(e)
	}
	var reason string
	switch {
	case m.Target == "":
		return m, &InvalidMappingError{Target: quote(""), Reason: "it needs a target attribute"}
	case m.Target == "id":
		reason = "the application itself gives the id"
	case m.Kind == None && m.Default == "":
		reason = "it needs a source or a default value"
	case m.Kind != None && m.Source == "":
		reason = fmt.Sprintf("the %s is empty", m.Kind)
	case m.Match < 0:
		reason = "the matching priority is 1 or more"
	case m.Apply != "" && m.flowType() == "":
		reason = fmt.Sprintf("it applies always or on-create, not %q", m.Apply)
	default:
		return m, nil
	}
	return m, &InvalidMappingError{Target: m.Target, Reason: reason}
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

// askedFor says whether a mapping that exists does what m asks for. What m
// leaves open is not compared.
func (m Mapping) askedFor(have Mapping) bool {
	return m.Target == have.Target && m.Kind == have.Kind && sameSource(m, have) &&
		(m.Default == "" || m.Default == have.Default) &&
		(m.Match == 0 || m.Match == have.Match) &&
		(m.Apply == "" || m.Apply == have.Apply)
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, `\"`) + `"` }
