package synchronization

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"

	"github.com/scimctl/scimctl/graph"
)

// A FilterOperator is an operator of scoping filters. See
// https://learn.microsoft.com/graph/api/resources/synchronization-filteroperatorschema.
type FilterOperator struct {
	Name                      string   `json:"name"`
	Arity                     string   `json:"arity"`                     // Binary, Unary
	MultivaluedComparisonType string   `json:"multivaluedComparisonType"` // All, Any
	SupportedAttributeTypes   []string `json:"supportedAttributeTypes"`
}

// listedOperator has an id in the type definition where samples have a name.
type listedOperator struct {
	FilterOperator
	ID string `json:"id"`
}

// Missing names the member without which an answer has no content.
func (o listedOperator) Missing() string {
	if cmp.Or(o.Name, o.ID) == "" {
		return "name"
	}
	return ""
}

// FilterOperators lists the operators of scoping filters.
func FilterOperators(ctx context.Context, c *graph.Client, job JobRef) ([]FilterOperator, error) {
	found, err := graph.List[listedOperator](ctx, c, graph.OpReadOperators, job.at("schema", "filterOperators"))
	if err != nil {
		return nil, err
	}
	operators := make([]FilterOperator, len(found))
	for i, o := range found {
		operators[i] = o.FilterOperator
		operators[i].Name = cmp.Or(o.Name, o.ID)
	}
	return operators, nil
}

// A Function is a function of the expression language. See
// https://learn.microsoft.com/graph/api/resources/synchronization-attributemappingfunctionschema.
type Function struct {
	Name       string      `json:"name"`
	Parameters []Parameter `json:"parameters"`
}

// A Parameter is a parameter of a [Function].
type Parameter struct {
	Name                     string `json:"name"`
	Type                     string `json:"type"`
	Required                 bool   `json:"required"`
	AllowMultipleOccurrences bool   `json:"allowMultipleOccurrences"`
}

// listedFunction may have its name in id, as [listedOperator] has.
type listedFunction struct {
	Function
	ID string `json:"id"`
}

// Missing names the member without which an answer has no content.
func (f listedFunction) Missing() string {
	if cmp.Or(f.Name, f.ID) == "" {
		return "name"
	}
	return ""
}

// Functions lists the functions of the expression language.
func Functions(ctx context.Context, c *graph.Client, job JobRef) ([]Function, error) {
	found, err := graph.List[listedFunction](ctx, c, graph.OpReadFunctions, job.at("schema", "functions"))
	if err != nil {
		return nil, err
	}
	functions := make([]Function, len(found))
	for i, f := range found {
		functions[i] = f.Function
		functions[i].Name = cmp.Or(f.Name, f.ID)
	}
	return functions, nil
}

// An ExpressionError is what the service has against an expression.
type ExpressionError struct{ Expression, Code, Message string }

func (e *ExpressionError) Error() string {
	text := "the service cannot parse the expression"
	if e.Code != "" {
		text += ": " + e.Code
	}
	if e.Message != "" {
		text += ": " + graph.OneLine(e.Message)
	}
	return text
}

// ParseExpression lets the service take an expression apart, and returns the
// source of an attribute mapping. An expression that does not parse is an
// [*ExpressionError]. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression.
func ParseExpression(ctx context.Context, c *graph.Client, job JobRef, expression string) (json.RawMessage, error) {
	body, err := graph.Encode(map[string]any{"expression": expression, "testInputObject": nil, "targetAttributeDefinition": nil})
	if err != nil {
		return nil, err
	}
	parsed, err := graph.Sent[parsedExpression](ctx, c, graph.Request{
		Op: graph.OpParseExpression, Method: http.MethodPost, Path: job.at("schema", "parseExpression"), Body: body, Due: true, OwnError: true,
	})
	if err != nil || *parsed.ParsingSucceeded {
		return parsed.ParsedExpression, err
	}
	e := &ExpressionError{Expression: expression}
	if parsed.Error != nil {
		e.Code, e.Message = parsed.Error.Code, parsed.Error.Message
	}
	return nil, e
}

// parsedExpression is the answer of parseExpression, which documents an error
// member of its own.
type parsedExpression struct {
	ParsedExpression json.RawMessage `json:"parsedExpression"`
	ParsingSucceeded *bool           `json:"parsingSucceeded"`
	Error            *struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

// Missing names the member without which an answer has no content.
func (p parsedExpression) Missing() string {
	switch {
	case p.ParsingSucceeded == nil:
		return "parsingSucceeded"
	case *p.ParsingSucceeded && (len(p.ParsedExpression) == 0 || string(p.ParsedExpression) == "null"):
		return "parsedExpression"
	}
	return ""
}
