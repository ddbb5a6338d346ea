package engine

import (
	"maps"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// A Flow is what one attribute mapping yields for a subject.
type Flow struct {
	Target           string
	TargetType       string           // of the directory's attribute: String, Boolean, Reference …
	Source           string           // the expression as stored: [displayName], Join(…), "text"; "" for none
	Value            expression.Value // what is Blank is not sent
	Default          bool             // the mapping's default value stood in
	MatchingPriority int              // 0: not matching
	CreateOnly       bool
	Reference        bool  // the values are object ids of the source: manager, members
	Err              error // why Value is Unsupported
}

// Flow evaluates all mappings of a subject, in the schema's order. With
// create, default values stand in for what has no value, and mappings that
// apply only then are there. Single failures are in the flows.
func (r *Rules) Flow(s Subject, d Decision, create bool) ([]Flow, error) {
	o := r.object(s.Type)
	if o == nil {
		return nil, &NoMappingError{Type: s.Type}
	}
	in := s.input(d.SoftDeleted())
	flows := []Flow{}
	for _, m := range o.mappings {
		if m.flowType == "ObjectAddOnly" && !create {
			continue
		}
		flows = append(flows, o.flow(m, in, create))
	}
	return flows, nil
}

func (o *object) flow(m mapping, in expression.Input, create bool) Flow {
	f := Flow{
		Target: m.target, TargetType: o.kind(m.target), Source: m.text,
		MatchingPriority: m.priority, CreateOnly: m.flowType == "ObjectAddOnly",
	}
	f.Reference = f.TargetType == "Reference"
	f.Value, f.Err = m.value(in)
	absent := f.Value.Blank() && (f.Value.Outcome == expression.Null || f.Value.Outcome == expression.Given)
	if create && absent && m.defaultValue != "" {
		f.Value = expression.Value{Outcome: expression.Given, Values: []string{m.defaultValue}}
		f.Default = true
	}
	return f
}

func (m mapping) value(in expression.Input) (expression.Value, error) {
	err := m.err
	if m.flowType != "" && m.flowType != "Always" && m.flowType != "ObjectAddOnly" {
		err = &FlowTypeError{Target: m.target, FlowType: m.flowType}
	}
	switch {
	case err != nil:
		return expression.Value{Outcome: expression.Unsupported}, err
	case m.source == nil:
		return expression.Value{Outcome: expression.Null}, nil
	default:
		return expression.Evaluate(m.source, in)
	}
}

// A Match is what a subject is looked for by in the target.
type Match struct {
	Target string // userName
	Value  string
}

// Matches are to be tried one after another until one finds something. Those
// without a value are not among them; with none left the service skips the
// subject. An expression that cannot be evaluated is an error.
func (r *Rules) Matches(s Subject) ([]Match, error) {
	o := r.object(s.Type)
	if o == nil {
		return nil, &NoMappingError{Type: s.Type}
	}
	var found []Match
	in := s.input(false)
	for _, m := range o.matching() {
		v, err := m.value(in)
		if err != nil {
			return nil, err
		}
		if !v.Blank() {
			found = append(found, Match{Target: m.target, Value: v.Text()})
		}
	}
	return found, nil
}

// input are the subject's attributes as expressions see them. Of a guest's
// userPrincipalName the service leaves out #EXT# and the tenant's domain;
// originalUserPrincipalName has it whole.
func (s Subject) input(deleted bool) expression.Input {
	attributes := maps.Clone(s.Attributes)
	if attributes == nil {
		attributes = map[string][]string{}
	}
	attributes[softDeleted] = []string{word(deleted)}
	const upn, original = "userPrincipalName", "originalUserPrincipalName"
	if names := s.Attributes[upn]; len(names) == 1 {
		if stripped, _, guest := strings.Cut(names[0], "#EXT#"); guest {
			attributes[upn] = []string{stripped}
			if len(attributes[original]) == 0 {
				attributes[original] = names
			}
		}
	}
	return expression.Input{Attributes: attributes}
}
