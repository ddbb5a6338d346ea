package mappings

import (
	"context"
	"errors"
	"fmt"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings/expression"
)

// askAboutFaulty has the service parse what does not parse here: it may know
// more. What neither parses is our own error, which knows the place.
func (p *planner) askAboutFaulty(ctx context.Context, at Place, ix indexed) error {
	for i, w := range p.wishes {
		if have, mapped := ix.mappingOf(w.Target); w.fault == nil || mapped && have.Kind == Expression && have.Source == w.Source {
			continue
		}
		if at.Graph == nil {
			return w.fault
		}
		answer, err := askAbout(ctx, at, w.Source)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			return w.fault
		}
		p.wishes[i].answer = answer
		at.warn("the service takes the expression for %s, in which scimctl finds a fault: %v", w.Target, whyInvalid(w.fault))
	}
	return nil
}

// whyInvalid is what is wrong with an expression, without the place where it is
// asked for.
func whyInvalid(fault error) error {
	if invalid, ok := errors.AsType[*InvalidExpressionError](fault); ok {
		return invalid.Err
	}
	return fault
}

// A question is an expression that is about to be written, about which the
// service is asked.
type question struct {
	Mapping       // with the full names of attributes
	written  wish // the first that comes to this expression
	findings []expression.Finding
	wishes   []int // all that come to it
}

// ask checks all other expressions that are about to be written, and has the
// service parse them, each text once. Without a connection they go in the form
// that Microsoft documents.
func (p *planner) ask(ctx context.Context, at Place, ix indexed) error {
	questions, err := p.questions(ix)
	if err != nil || len(questions) == 0 {
		return err
	}
	answers, errs := askService(ctx, at, questions)
	for i, q := range questions {
		answer, err := q.judge(at, answers[i], errs[i])
		if err != nil {
			return q.written.Origin.at(err)
		}
		for _, w := range q.wishes {
			p.wishes[w].answer = answer
		}
	}
	return nil
}

func (p planner) questions(ix indexed) ([]question, error) {
	var list []question
	byText := map[string]int{}
	for i, w := range p.wishes {
		if w.Kind != Expression || w.fault != nil {
			continue
		}
		m, sources, err := p.sources(ix, w)
		if err != nil {
			return nil, w.Origin.at(err)
		}
		if have, mapped := ix.mappingOf(m.Target); mapped && (!p.change || have.Kind == Expression && sameSource(m, have)) {
			continue // its source will not be written
		}
		n, known := byText[m.Source]
		if !known {
			n = len(list)
			byText[m.Source] = n
			list = append(list, question{Mapping: m, written: w, findings: w.findings(sources)})
		}
		list[n].wishes = append(list[n].wishes, i)
	}
	return list, nil
}

// findings is what may be wrong with an expression whose attributes exist, in
// the text that was written.
func (w wish) findings(sources []Attribute) []expression.Finding {
	e, err := w.parsed()
	if err != nil {
		return nil
	}
	var listed []expression.Listed
	for i, name := range expression.Attributes(e) { // sources has them in the same order
		listed = append(listed, expression.Listed{Name: name, Required: sources[i].Required, Reference: sources[i].Type == "Reference"})
	}
	return expression.Check(e, listed)
}

// judge goes by the service, which decides what is right: it may take what the
// findings are against. Where it cannot be asked, the form that Microsoft
// documents does; where there is none, that is an error.
func (q question) judge(at Place, answer *parsedByService, err error) (*parsedByService, error) {
	refused, isRefused := errors.AsType[*graph.ExpressionError](err)
	_, undocumented := q.storedSource()
	ours := q.fault()
	switch {
	case at.Graph == nil:
		return nil, ours
	case err == nil:
		at.warnOf(q.Mapping, q.findings, answer)
		return answer, nil
	case ours != nil && (isRefused || cannotBeAsked(err)):
		return nil, ours
	case isRefused:
		return nil, &InvalidExpressionError{Target: q.Target, Expression: q.Source, Err: refused}
	case undocumented != nil || !cannotBeAsked(err):
		return nil, err
	}
	at.warn("the service could not be asked about the expression for %s, which goes in the form that Microsoft documents: %v", q.Target, err)
	return nil, nil
}

// fault is the first finding that is no mere warning, as an error.
func (q question) fault() error {
	for _, f := range q.findings {
		if f.Severity == expression.Error {
			return &InvalidExpressionError{Target: q.written.Target, Expression: q.written.Source, Err: &FaultyExpressionError{f}}
		}
	}
	return nil
}

// warnOf tells what is odd about an expression that the service takes.
func (p Place) warnOf(m Mapping, findings []expression.Finding, answer *parsedByService) {
	for _, f := range findings {
		if f.Severity == expression.Error {
			p.warn("the service takes the expression for %s, in which scimctl finds a fault: %v", m.Target, &FaultyExpressionError{f})
		} else {
			p.warn("expression for %s: %s: %s", m.Target, f.Position, f.Problem)
		}
	}
	if answer.kind != Expression || unspaced(answer.text) != unspaced(m.Source) {
		p.warn("the service reads the expression for %s as %s", m.Target, Mapping{Kind: answer.kind, Source: answer.text})
	}
}

// unspaced writes an expression without its blanks; what does not parse stays.
func unspaced(text string) string {
	if e, err := expression.Parse(text); err == nil {
		return e.String()
	}
	return text
}

// warn tells the user something that is no error.
func (p Place) warn(format string, args ...any) {
	if p.Warn != nil {
		p.Warn(fmt.Sprintf(format, args...))
	}
}
