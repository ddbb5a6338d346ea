package mappings

import (
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
)

// pitfalls looks at what an expression does beside what its author may expect.
// It is handed no more than the attributes that it reads: which ones there are
// is looked up in a map, and told with the mapping.
func (m mappingChecker) pitfalls() {
	if m.Kind != Expression {
		return
	}
	var listed []expression.Listed
	for _, name := range expression.Attributes(m.parsed) {
		a := m.sources[name]
		listed = append(listed, expression.Listed{Name: name, Required: a.Required || a.Anchor, Reference: a.Type == "Reference"})
	}
	for _, f := range expression.Check(m.parsed, listed) {
		if m.strange[f.Position] {
			continue // a function that is not documented, of which it has been told
		}
		severity := Warning
		if f.Severity == expression.Error && !m.accepted() {
			severity = Error
		}
		m.note(Finding{
			Severity: severity, Code: CodeExpression, Problem: f.Problem, Line: f.Line, Column: f.Column,
			Remedy: remedy.List{
				m.run("fix the expression", "set", m.Target).Flag("expression", "EXPRESSION"),
				remedy.Run("see what each function does", "mapping functions"),
			},
		})
	}
}

// accepted says that the job has the mapping as it is: what is documented as
// unsupported was no reason for the service to refuse it, and is none to refuse
// a document that goes back to it.
func (m mappingChecker) accepted() bool {
	live, ok := m.live[m.Target]
	return ok && live.Kind == m.Kind && live.Source == m.Source
}

// liveMappings are those of the object as the job has it, by target.
func (c *checker) liveMappings() map[string]Mapping {
	if c.Live == nil {
		return nil
	}
	byTarget := map[string]Mapping{}
	for _, o := range c.Live.objects() {
		if !c.samePlace(o) {
			continue
		}
		for _, m := range o.Mappings() {
			byTarget[m.Target] = m
		}
	}
	return byTarget
}
