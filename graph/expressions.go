package graph

import (
	"context"
	"encoding/json"
)

// A FilterOperator is an operator of scoping filters. See
// https://learn.microsoft.com/graph/api/resources/synchronization-filteroperatorschema.
type FilterOperator struct {
	Name                      string   `json:"name"`
	Arity                     string   `json:"arity"`                     // Binary, Unary
	MultivaluedComparisonType string   `json:"multivaluedComparisonType"` // All, Any
	SupportedAttributeTypes   []string `json:"supportedAttributeTypes"`
}

// FilterOperators lists the operators of scoping filters.
func (c *Client) FilterOperators(ctx context.Context, job JobRef) ([]FilterOperator, error) {
	type operator struct {
		FilterOperator
		ID string `json:"id"` // the type definition has an id where samples have a name
	}
	found, err := list[operator](ctx, c, OpReadOperators, job.at("schema", "filterOperators"))
	if err != nil {
		return nil, err
	}
	operators := make([]FilterOperator, len(found))
	for i, o := range found {
		operators[i] = o.FilterOperator
		operators[i].Name = first(o.Name, o.ID)
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

// Functions lists the functions of the expression language.
func (c *Client) Functions(ctx context.Context, job JobRef) ([]Function, error) {
	type function struct {
		Function
		ID string `json:"id"`
	}
	found, err := list[function](ctx, c, OpReadFunctions, job.at("schema", "functions"))
	if err != nil {
		return nil, err
	}
	functions := make([]Function, len(found))
	for i, f := range found {
		functions[i] = f.Function
		functions[i].Name = first(f.Name, f.ID)
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
		text += ": " + oneLine(e.Message)
	}
	return text
}

// ParseExpression lets the service take an expression apart, and returns the
// source of an attribute mapping. An expression that does not parse is an
// [*ExpressionError]. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-parseexpression.
func (c *Client) ParseExpression(ctx context.Context, job JobRef, expression string) (json.RawMessage, error) {
	type answer struct {
		ParsedExpression json.RawMessage `json:"parsedExpression"`
		ParsingSucceeded bool            `json:"parsingSucceeded"`
		Error            *struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	parsed, err := post[answer](ctx, c, OpParseExpression, job.at("schema", "parseExpression"), map[string]any{
		"expression": expression, "testInputObject": nil, "targetAttributeDefinition": nil,
	})
	if err != nil || parsed.ParsingSucceeded {
		return parsed.ParsedExpression, err
	}
	e := &ExpressionError{Expression: expression}
	if parsed.Error != nil {
		e.Code, e.Message = parsed.Error.Code, parsed.Error.Message
	}
	return nil, e
}
