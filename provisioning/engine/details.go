package engine

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Details are those of the scoping step in the service's words, each value a
// text, as provisioning on demand answers them.
func (d Decision) Details() map[string]string {
	return map[string]string{
		"Active in the source system":      word(d.Active),
		"Assigned to the application":      word(d.Assigned),
		"User has the required role":       word(d.Entitled),
		"Scoping filter evaluation passed": word(d.FilterPassed),
		"ScopeEvaluationResult":            d.ScopeEvaluationResult(),
	}
}

// ScopeEvaluationResult is a JSON object in a text: for each clause
// "{filter}.{attribute} {operator} '{value}'" and whether it passed. It is
// "{}" without filters.
func (d Decision) ScopeEvaluationResult() string {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, c := range d.Clauses {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(quoted(c.String()))
		b.WriteByte(':')
		b.WriteString(strings.ToLower(word(c.Passed)))
	}
	b.WriteByte('}')
	return b.String()
}

// String names the clause as ScopeEvaluationResult does.
func (c ClauseResult) String() string {
	s := c.Filter + "." + c.Attribute + " " + c.Operator
	if len(c.Values) > 0 {
		s += " '" + strings.Join(c.Values, "', '") + "'"
	}
	return s
}

func quoted(text string) string {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(text); err != nil {
		return `""` // no text is beyond JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func word(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

func isFalse(s string) bool { return strings.EqualFold(s, "False") }
