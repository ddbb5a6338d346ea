package mappings

import (
	"context"
)

// A Setting is what the mapping of a target should become. What its Mapping
// leaves open, source, default, match, apply and flow, keeps its present value
// when the target is mapped; a new mapping is made as by [Add].
type Setting struct {
	Mapping
	NoDefault bool // take the default value away
	NoMatch   bool // match by this attribute no longer
	Origin    Origin
}

// A Set makes or changes attribute mappings. It changes only what differs:
// members of the schema that this package does not know stay as they are. For
// sources and targets that the attribute lists lack it has the rules of [Add].
//
// A change that would leave nothing to match by is a *[RefusedError], a
// matching priority that another mapping keeps a *[MatchTakenError].
type Set struct {
	Object    string // User or Group; "" is User
	Settings  []Setting
	NewSource bool // put any source attribute on the list
	NewTarget bool // put any target attribute on the list
}

// Plan looks up what the schema cannot answer, and returns the edit: see
// [Add.Plan].
func (s Set) Plan(ctx context.Context, at Place) (Edit, error) {
	p := planner{object: s.Object, newSource: s.NewSource, newTarget: s.NewTarget, change: true}
	for _, setting := range s.Settings {
		p.wishes = append(p.wishes, wish{Setting: setting})
	}
	return p.plan(ctx, at)
}

// asks says whether the same is asked for, wherever that is.
func (s Setting) asks(other Setting) bool {
	s.Origin = other.Origin
	return s == other
}

// over is the mapping that comes of what there is, and of what is set.
func (s Setting) over(have Mapping) Mapping {
	m := have
	if s.Kind != "" {
		m.Kind, m.Source = s.Kind, s.Source
	}
	if s.Default != "" || s.NoDefault {
		m.Default = s.Default
	}
	if s.Match != 0 || s.NoMatch {
		m.Match = s.Match
	}
	if s.Apply != "" {
		m.Apply = s.Apply
	}
	if s.Flow != "" {
		m.Flow = s.Flow
	}
	return m
}

// anew is the mapping that is made when there is none.
func (s Setting) anew() Mapping {
	m := s.Mapping
	if m.Kind == "" {
		m.Kind = None
	}
	if m.Apply == "" {
		m.Apply = Always
	}
	return m
}

// Words describes the mapping that is made when there is none, for people. What
// cannot be a mapping is an error.
func (s Setting) Words() (string, error) {
	m, err := s.anew().normal()
	if err != nil {
		return "", err
	}
	return m.String(), m.check()
}
