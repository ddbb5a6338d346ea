package mappings

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
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

// withSourceOf leaves the source out of a comparison.
func (m Mapping) withSourceOf(other Mapping) Mapping {
	m.Kind, m.Source = other.Kind, other.Source
	return m
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
