package provisioning

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings/expression"
)

// Eval evaluates an expression, over attributes that are given and, with a
// User, over those that Graph has. Without one nothing is asked of Graph.
type Eval struct {
	Expression string
	// Set are attributes by their provisioning names, extension properties also
	// by their short ones. They take the place of what the user has. No value,
	// or the one value "", is null.
	Set           map[string][]string
	Now           time.Time // of the expression; zero is the present
	DefaultDomain string    // of the tenant; "" when not known

	User string // user principal name, mail or id; may be ""
	App  string // whose extension properties have short names, and whose roles the user has; may be ""
	// Graph connects; it is called when there is a User.
	Graph func(context.Context) (*graph.Client, error)
}

// An Evaluation is what an expression yields.
type Evaluation struct {
	Outcome expression.Outcome `json:"outcome"`
	Value   any                `json:"value"` // a string, a []string for several values, nil without a value

	Redacted bool                 `json:"-"` // provisioning logs do not show it
	Findings []expression.Finding `json:"-"` // what its author should know
	Unset    []string             `json:"-"` // attributes that it reads and that nobody gave; they were null
	Unused   []string             `json:"-"` // of Set: it does not read them
}

// Values are the value, or the several values, as a list.
func (e Evaluation) Values() []string {
	switch v := e.Value.(type) {
	case []string:
		return v
	case string:
		return []string{v}
	default:
		return nil
	}
}

// Do returns what the expression yields. With an error of evaluation, one of
// those of [expression.Evaluate], the outcome is unsupported; with others it is
// "". An attribute that Graph does not tell is an *[UnknownValueError].
func (e Eval) Do(ctx context.Context) (Evaluation, error) {
	parsed, err := expression.Parse(e.Expression)
	if err != nil {
		return Evaluation{}, err
	}
	reads := expression.Attributes(parsed)
	given := e.given(reads)
	unset := slices.DeleteFunc(slices.Clone(reads), func(name string) bool { _, set := given[name]; return set })
	if e.User != "" {
		found, err := e.read(ctx, unset)
		if err != nil {
			return Evaluation{}, err
		}
		for _, name := range unset {
			given[name] = found[name]
		}
		unset = nil
	}
	value, err := expression.Evaluate(parsed, expression.Input{
		Attributes: given, Now: e.Now, DefaultDomain: e.DefaultDomain, RegexLimit: regexLimit,
	})
	made := Evaluation{
		Outcome: value.Outcome, Redacted: value.Redacted,
		Findings: expression.Check(parsed, nil), Unset: unset, Unused: e.unused(reads),
	}
	switch {
	case value.Outcome != expression.Given:
	case value.Multi:
		made.Value = value.Values
	default:
		made.Value = value.Text()
	}
	return made, err
}

// given are the attributes that are set, by their full names.
func (e Eval) given(reads []string) map[string][]string {
	given := map[string][]string{}
	for name, values := range e.Set {
		given[fullName(reads, name)] = values
	}
	return given
}

// unused are the names that are set and that the expression does not read.
func (e Eval) unused(reads []string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(e.Set)) {
		if !slices.Contains(reads, fullName(reads, name)) {
			names = append(names, name)
		}
	}
	return names
}
