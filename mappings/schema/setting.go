package schema

import (
	"fmt"
)

// An Origin is the place in a file where a mapping is asked for; zero is none.
type Origin struct {
	File string
	Line int
}

func (o Origin) String() string { return fmt.Sprintf("%s, line %d", o.File, o.Line) }

// At names the place with an error, when there is one.
func (o Origin) At(err error) error {
	if err == nil || o == (Origin{}) {
		return err
	}
	return fmt.Errorf("%s: %w", o, err)
}

// A Setting is what the mapping of a target should become. What its Mapping
// leaves open, source, default, match, apply and flow, keeps its present value
// when the target is mapped; a new mapping is made as by [mappings.Add].
type Setting struct {
	Mapping
	NoDefault bool // take the default value away
	NoMatch   bool // match by this attribute no longer
	Origin    Origin
}

// Asks says whether the same is asked for, wherever that is.
func (s Setting) Asks(other Setting) bool {
	s.Origin = other.Origin
	return s == other
}

// Over is the mapping that comes of what there is, and of what is set.
func (s Setting) Over(have Mapping) Mapping {
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

// NewMapping is the mapping that is made when there is none.
func (s Setting) NewMapping() Mapping {
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
	m, err := s.NewMapping().Normal()
	if err != nil {
		return "", err
	}
	return m.String(), m.Check()
}
