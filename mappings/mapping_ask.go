package mappings

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings/expression"
)

// parsedByService is what the service makes of an expression.
type parsedByService struct {
	source *node // as the source of an attribute mapping
	kind   Kind
	text   string
}

// form is what is written; nil when the service was not asked.
func (s *parsedByService) form() any {
	if s == nil {
		return nil
	}
	return json.RawMessage(s.source.bytes())
}

// made says whether a mapping reads what the service made of the expression.
func (s *parsedByService) made(have Mapping) bool {
	return s != nil && s.kind == have.Kind && sameSource(Mapping{Kind: s.kind, Source: s.text}, have)
}

// attributes are the names of the source attributes in it, sorted, each once.
func (s *parsedByService) attributes() []string {
	var names []string
	var walk func(*node)
	walk = func(n *node) {
		if kind, name := readSource(n); kind == Direct {
			names = append(names, name)
		}
		for _, p := range n.get("parameters").elements() {
			walk(p.value.get("value"))
		}
	}
	walk(s.source)
	slices.Sort(names)
	return slices.Compact(names)
}

// withSourceOf leaves the source out of a comparison.
func (m Mapping) withSourceOf(other Mapping) Mapping {
	m.Kind, m.Source = other.Kind, other.Source
	return m
}

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
		answer, err := askService(ctx, at, w.Source)
		if ctx.Err() != nil {
			return err
		}
		if err != nil {
			return w.fault
		}
		p.wishes[i].answer = answer
		at.warn("the service takes the expression for %s, in which scimctl finds a fault: %v", w.Target, errors.Unwrap(w.fault))
	}
	return nil
}

// ask checks all other expressions that are about to be written, and has the
// service parse them, each text once. Without a connection they go in the form
// that Microsoft documents.
func (p *planner) ask(ctx context.Context, at Place, ix indexed) error {
	answers := map[string]*parsedByService{}
	for i, w := range p.wishes {
		if w.Kind != Expression || w.fault != nil {
			continue
		}
		m, sources, err := p.sources(ix, w)
		if err != nil {
			return err
		}
		if have, mapped := ix.mappingOf(m.Target); mapped && (!p.change || have.Kind == Expression && sameSource(m, have)) {
			continue // its source will not be written
		}
		answer, asked := answers[m.Source]
		if !asked {
			if answer, err = answerFor(ctx, at, m, w, w.findings(sources)); err != nil {
				return err
			}
			answers[m.Source] = answer
		}
		p.wishes[i].answer = answer
	}
	return nil
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

// answerFor asks about one expression. The service decides what is right: it
// may take what the findings are against. Where it cannot be asked, the form
// that Microsoft documents does; where there is none, that is an error.
func answerFor(ctx context.Context, at Place, m Mapping, asked wish, findings []expression.Finding) (answer *parsedByService, err error) {
	ours := faultOf(asked.Mapping, findings)
	if at.Graph == nil {
		return nil, ours
	}
	answer, err = askService(ctx, at, m.Source)
	refused, isRefused := errors.AsType[*graph.ExpressionError](err)
	_, undocumented := m.storedSource()
	switch {
	case err == nil:
		at.warnOf(m, findings, answer)
		return answer, nil
	case ours != nil && (isRefused || cannotBeAsked(err)):
		return nil, ours
	case isRefused:
		return nil, &InvalidExpressionError{Target: m.Target, Expression: m.Source, Err: refused}
	case undocumented != nil || !cannotBeAsked(err):
		return nil, err
	}
	at.warn("the service could not be asked about the expression for %s, which goes in the form that Microsoft documents: %v", m.Target, err)
	return nil, nil
}

// faultOf is the first finding that is no mere warning, as an error.
func faultOf(m Mapping, findings []expression.Finding) error {
	for _, f := range findings {
		if f.Severity == expression.Error {
			return &InvalidExpressionError{Target: m.Target, Expression: m.Source, Err: &FaultyExpressionError{f}}
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

// cannotBeAsked says that the service does not offer to parse, to this
// identity or at all: what it is asked next may still succeed.
func cannotBeAsked(err error) bool {
	if _, ok := errors.AsType[*unreadableAnswerError](err); ok {
		return true
	}
	e, ok := errors.AsType[*graph.Error](err)
	return ok && (e.Status == http.StatusForbidden || e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed || e.Status >= http.StatusInternalServerError)
}

func askService(ctx context.Context, at Place, text string) (*parsedByService, error) {
	raw, err := at.Graph.ParseExpression(ctx, at.Job, text)
	if err != nil {
		return nil, err
	}
	source, err := parseDocument(raw)
	if err != nil {
		return nil, &unreadableAnswerError{}
	}
	answer := &parsedByService{source: source}
	if answer.kind, answer.text = readSource(source); answer.text == "" {
		return nil, &unreadableAnswerError{}
	}
	return answer, nil
}

// An unreadableAnswerError is a parsed expression that is no source of an
// attribute mapping.
type unreadableAnswerError struct{}

func (*unreadableAnswerError) Error() string { return "its answer holds no expression" }

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
