package mappings

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/internal/tree"
	"github.com/scimctl/scimctl/mappings/schema"
)

// askAboutFaulty has the service parse what does not parse here: it may know
// more. What neither parses is our own error, which knows the place.
func (p *planner) askAboutFaulty(ctx context.Context, at Place, ix schema.Indexed) error {
	for i, w := range p.wishes {
		if have, mapped := ix.MappingOf(w.Target); w.fault == nil || mapped && have.Kind == schema.Expression && have.Source == w.Source {
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
	if invalid, ok := errors.AsType[*schema.InvalidExpressionError](fault); ok {
		return invalid.Err
	}
	return fault
}

// A question is an expression that is about to be written, about which the
// service is asked.
type question struct {
	schema.Mapping      // with the full names of attributes
	written        wish // the first that comes to this expression
	findings       []expression.Finding
	wishes         []int // all that come to it
}

// ask checks all other expressions that are about to be written, and has the
// service parse them, each text once. Without a connection they go in the form
// that Microsoft documents.
func (p *planner) ask(ctx context.Context, at Place, ix schema.Indexed) error {
	questions, err := p.questions(ix)
	if err != nil || len(questions) == 0 {
		return err
	}
	answers, errs := askService(ctx, at, questions)
	for i, q := range questions {
		answer, err := q.judge(at, answers[i], errs[i])
		if err != nil {
			return q.written.Origin.At(err)
		}
		for _, w := range q.wishes {
			p.wishes[w].answer = answer
		}
	}
	return nil
}

func (p planner) questions(ix schema.Indexed) ([]question, error) {
	var list []question
	byText := map[string]int{}
	for i, w := range p.wishes {
		if w.Kind != schema.Expression || w.fault != nil {
			continue
		}
		m, sources, err := p.sources(ix, w)
		if err != nil {
			return nil, w.Origin.At(err)
		}
		if have, mapped := ix.MappingOf(m.Target); mapped && (!p.change || have.Kind == schema.Expression && schema.SameSource(m, have)) {
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
func (w wish) findings(sources []schema.Attribute) []expression.Finding {
	e, err := w.Parsed()
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
	refused, isRefused := errors.AsType[*synchronization.ExpressionError](err)
	_, undocumented := q.StoredSource()
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
		return nil, &schema.InvalidExpressionError{Target: q.Target, Expression: q.Source, Err: refused}
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
			return &schema.InvalidExpressionError{Target: q.written.Target, Expression: q.written.Source, Err: &schema.FaultyExpressionError{Finding: f}}
		}
	}
	return nil
}

// unspaced writes an expression without its blanks; what does not parse stays.
func unspaced(text string) string {
	if e, err := expression.Parse(text); err == nil {
		return e.String()
	}
	return text
}

// parsedByService is what the service makes of an expression.
type parsedByService struct {
	source *tree.Node // as the source of an attribute mapping
	kind   schema.Kind
	text   string
}

// form is what is written; nil when the service was not asked.
func (s *parsedByService) form() any {
	if s == nil {
		return nil
	}
	return json.RawMessage(s.source.Bytes())
}

// made says whether a mapping reads what the service made of the expression.
func (s *parsedByService) made(have schema.Mapping) bool {
	return s != nil && s.kind == have.Kind && schema.SameSource(schema.Mapping{Kind: s.kind, Source: s.text}, have)
}

// withSourceOf leaves the source out of a comparison.
func withSourceOf(m schema.Mapping, other schema.Mapping) schema.Mapping {
	m.Kind, m.Source = other.Kind, other.Source
	return m
}

// attributes are the names of the source attributes in it, sorted, each once.
func (s *parsedByService) attributes() []string {
	var names []string
	var walk func(*tree.Node)
	walk = func(n *tree.Node) {
		if kind, name := schema.ReadSource(n); kind == schema.Direct {
			names = append(names, name)
		}
		for _, p := range n.Get("parameters").Elements() {
			walk(p.Value.Get("value"))
		}
	}
	walk(s.source)
	slices.Sort(names)
	return slices.Compact(names)
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

// askService has the service parse expressions: for each there is an answer or
// an error, and without a connection neither. A batch is not documented to hold
// requests about synchronization.
func askService(ctx context.Context, at Place, questions []question) ([]*parsedByService, []error) {
	answers, errs := make([]*parsedByService, len(questions)), make([]error, len(questions))
	if at.Graph == nil {
		return answers, errs
	}
	type reply struct {
		answer *parsedByService
		err    error // each question has its own
	}
	replies, _ := parallel.Map(ctx, questions, func(ctx context.Context, q question) (reply, error) {
		answer, err := askAbout(ctx, at, q.Source)
		return reply{answer, err}, nil
	})
	for i, r := range replies {
		answers[i], errs[i] = r.answer, r.err
	}
	return answers, errs
}

func askAbout(ctx context.Context, at Place, text string) (*parsedByService, error) {
	raw, err := synchronization.ParseExpression(ctx, at.Graph, at.Job, text)
	if err != nil {
		return nil, err
	}
	source, err := tree.ParseDocument(raw)
	if err != nil {
		return nil, &unreadableAnswerError{}
	}
	answer := &parsedByService{source: source}
	if answer.kind, answer.text = schema.ReadSource(source); answer.text == "" {
		return nil, &unreadableAnswerError{}
	}
	return answer, nil
}

// An unreadableAnswerError is a parsed expression that is no source of an
// attribute mapping.
type unreadableAnswerError struct{}

func (*unreadableAnswerError) Error() string { return "its answer holds no expression" }
