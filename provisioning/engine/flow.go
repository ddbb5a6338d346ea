package engine

import (
	"maps"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/scim"
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
	AddOnly          bool          // values are added to the target's, and none is taken out
	Always           bool          // sent with every update, whether the target has it or not
	Reference        bool          // the values are object ids of the source: manager, members
	Form             scim.RoleForm // how roles are sent; NoRoles for all else
	Roles            []scim.Role   // the Values of a Form in full, as far as known
	Err              error         // why Value is Unsupported
}

// Flow evaluates all mappings of a subject, in the schema's order. With
// create, default values stand in for what has no value, and mappings that
// apply only then are there. Single failures are in the flows.
func (r *Rules) Flow(s Subject, d Decision, create bool) ([]Flow, error) {
	o := r.object(s.Type)
	if o == nil {
		return nil, &NoMappingError{Type: s.Type}
	}
	in := r.input(s, d.SoftDeleted())
	flows := make([]Flow, 0, len(o.mappings))
	for _, m := range o.mappings {
		if m.flowType == "ObjectAddOnly" && !create {
			continue
		}
		f := o.flow(m, in, create)
		f.Roles = s.rolesOf(f)
		flows = append(flows, f)
	}
	return flows, nil
}

func (o *object) flow(m mapping, in expression.Input, create bool) Flow {
	f := Flow{
		Target: m.target, TargetType: o.kind(m.target), Source: m.text,
		MatchingPriority: m.priority, CreateOnly: m.flowType == "ObjectAddOnly", AddOnly: m.flowType == "MultiValueAddOnly", Form: m.roles, Always: m.always,
	}
	f.Reference = f.TargetType == "Reference"
	if f.Err = o.flowError(m); f.Err != nil {
		f.Value.Outcome = expression.Unsupported
		return f
	}
	f.Value, f.Err = m.value(in)
	absent := f.Value.Blank() && (f.Value.Outcome == expression.Null || f.Value.Outcome == expression.Given)
	if create && absent && m.defaultValue != "" {
		f.Value = expression.Value{Outcome: expression.Given, Values: []string{m.defaultValue}}
		f.Default = true
	}
	return f
}

func (m mapping) value(in expression.Input) (expression.Value, error) {
	switch {
	case m.err != nil:
		return expression.Value{Outcome: expression.Unsupported}, m.err
	case m.source == nil:
		return expression.Value{Outcome: expression.Null}, nil
	}
	v, err := expression.Evaluate(m.source, in)
	if err == nil && v.IgnoresObject {
		return expression.Value{Outcome: expression.Unsupported}, &expression.UnsupportedError{
			Position: m.source.At(), Function: v.Text(),
			Reason: "that it keeps the whole object out is documented for HR connectors, not for SCIM applications",
		}
	}
	return v, err
}

// flowError is for the flow types of which no page says when they apply.
// MultiValueAddOnly is for values added to a list, which is how all lists are
// sent: https://learn.microsoft.com/graph/api/resources/synchronization-attributemapping.
func (o *object) flowError(m mapping) error {
	switch {
	case m.flowType == "", m.flowType == "Always", m.flowType == "ObjectAddOnly",
		m.flowType == "MultiValueAddOnly" && o.attributes[m.target].multivalued:
		return nil
	default:
		return &FlowTypeError{Target: m.target, FlowType: m.flowType}
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
	in := r.input(s, false)
	for _, m := range o.matching() {
		v, err := m.value(in)
		if flowErr := o.flowError(m); flowErr != nil {
			err = flowErr
		}
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
func (r *Rules) input(s Subject, deleted bool) expression.Input {
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
	return expression.Input{Attributes: attributes, Now: r.Now, DefaultDomain: r.DefaultDomain, RegexLimit: r.RegexLimit}
}
