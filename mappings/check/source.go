package check

import (
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// pitfalls looks at what an expression does beside what its author may expect.
// It is handed no more than the attributes that it reads: which ones there are
// is looked up in a map, and told with the mapping.
func (m mappingChecker) pitfalls() {
	if m.Kind != schema.Expression {
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
func (c *checker) liveMappings() map[string]schema.Mapping {
	if c.Live == nil {
		return nil
	}
	byTarget := map[string]schema.Mapping{}
	for _, o := range c.Live.Objects() {
		if !c.samePlace(o) {
			continue
		}
		for _, m := range o.Mappings() {
			byTarget[m.Target] = m
		}
	}
	return byTarget
}

// source looks at where the value comes from, and keeps the parsed expression.
func (m *mappingChecker) source() {
	if m.Kind == schema.None || m.Source == "" {
		if m.Kind != schema.None {
			m.note(Finding{Severity: Error, Code: CodeNoSource, Problem: "the " + string(m.Kind) + " is empty", Remedy: remedy.List{m.run("map an attribute", "set", m.Target).Flag("from", "ATTRIBUTE")}})
		}
		return
	}
	parsed, err := m.Parsed()
	if err != nil {
		m.syntax(err)
		return
	}
	m.parsed = parsed
	expression.Walk(parsed, func(n expression.Node) {
		switch n := n.(type) {
		case *expression.Attribute:
			m.attribute(n)
		case *expression.Call:
			m.function(n)
		}
	})
	m.pitfalls()
	m.form()
}

func (m mappingChecker) syntax(err error) {
	f := Finding{Severity: Error, Code: CodeSyntax, Problem: err.Error(), Remedy: remedy.List{m.run("fix the expression", "set", m.Target).Flag("expression", "EXPRESSION")}}
	if fault, ok := errors.AsType[*expression.SyntaxError](err); ok {
		f.Problem, f.Line, f.Column = fault.Message, fault.Line, fault.Column
	}
	m.note(f)
}

func (m mappingChecker) attribute(a *expression.Attribute) {
	m.read[a.Name] = true
	listed, ok := m.sources[a.Name]
	switch {
	case len(m.sources) == 0: // told once, for the object
	case !ok:
		m.note(Finding{
			Severity: Error, Code: CodeUnknownSource, Attribute: a.Name, Line: a.Line, Column: a.Column,
			Problem: "the source attribute list lacks " + a.Name + m.meant(a.Name, func() []string { return m.object.AttributeNames(schema.Source) }),
			Remedy: remedy.List{
				m.run("add it to the list", "attribute add", a.Name).Flag("side", "source"),
				m.run("or map another attribute", "set", m.Target).Flag("from", "ATTRIBUTE"),
			},
		})
	case listed.Multivalued && strings.HasPrefix(a.Name, "extension_"):
		m.note(Finding{
			Severity: Warning, Code: CodeExtension, Attribute: a.Name, Line: a.Line, Column: a.Column,
			Problem: "provisioning does not take extension properties with several values, such as " + a.Name,
			Remedy:  remedy.List{remedy.Run("map one with a single value", "ext create", "NAME")},
		})
	}
}

func (m mappingChecker) function(call *expression.Call) {
	known := func(name string) bool { return strings.EqualFold(name, call.Name) }
	if slices.ContainsFunc(expression.Names(), known) {
		return
	}
	m.strange[call.Position] = true
	if slices.ContainsFunc(m.Functions, known) {
		return
	}
	severity := Error
	if m.accepted() {
		severity = Warning
	}
	m.note(Finding{
		Severity: severity, Code: CodeUnknownFunction, Line: call.Line, Column: call.Column,
		Problem: "there is no function " + call.Written + m.meant(call.Written, expression.Names), Remedy: remedy.List{remedy.Run("list the functions", "mapping functions")},
	})
}

// form compares an expression with what it is stored as beside it. A document
// that was edited by hand may have only one of the two changed, and which one
// the service goes by is not documented.
func (m mappingChecker) form() {
	source := m.stored.Get("source")
	text, name := source.Field("expression"), source.Field("name")
	switch {
	case text == "" || name == "" || m.Kind == schema.Constant || text == "["+name+"]":
		return
	case m.Kind == schema.Direct:
		if written, err := expression.Parse(text); err != nil || written.String() != "["+name+"]" {
			m.differ("its expression says "+text, "its name "+name)
		}
		return
	}
	call, ok := m.parsed.(*expression.Call)
	if !ok || !strings.EqualFold(call.Name, name) {
		m.differ("its expression says "+text, "its name "+name)
		return
	}
	written, inside := expression.Attributes(call), storedAttributes(source)
	if len(inside) > 0 && !slices.Equal(inside, written) {
		m.differ("its expression reads "+listOf(written), "its parameters "+listOf(inside))
	}
}

func (m mappingChecker) differ(one, other string) {
	m.note(Finding{
		Severity: Warning, Code: CodeSourceForm, Problem: one + ", " + other + ": it is not documented which one counts",
		Remedy: remedy.List{m.run("write both", "set", m.Target).Flag("expression", "EXPRESSION")},
	})
}

// storedAttributes are the names of the attributes among the parameters of a
// stored function, sorted, each once.
func storedAttributes(source *tree.Node) []string {
	var names []string
	for _, p := range source.Get("parameters").Elements() {
		value := p.Value.Get("value")
		if strings.EqualFold(value.Field("type"), "Attribute") {
			names = append(names, value.Field("name"))
		}
		names = append(names, storedAttributes(value)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func listOf(names []string) string {
	if len(names) == 0 {
		return "nothing"
	}
	return bounds.Names(names)
}
