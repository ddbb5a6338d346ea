package schema

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
)

// A RefusedError is a change that scimctl does not make, and why.
type RefusedError struct{ Action, Reason string }

func (e *RefusedError) Error() string { return "cannot " + e.Action + ": " + e.Reason }

// A MappingExistsError is an attribute that is mapped already, otherwise than
// asked for.
type MappingExistsError struct {
	Object     string
	Have, Want Mapping
}

func (e *MappingExistsError) Error() string {
	return fmt.Sprintf("%s is mapped already, from %s instead of %s", e.Want.Target, e.Have, e.Want)
}

// A MatchTakenError is a matching priority that another mapping has.
type MatchTakenError struct {
	Match int
	By    string // the target attribute that has it
}

func (e *MatchTakenError) Error() string {
	return fmt.Sprintf("matching priority %d belongs to %s", e.Match, e.By)
}

// An InvalidExpressionError is an expression that does not do. Err, of package
// expression or from the service, knows why, and mostly where.
type InvalidExpressionError struct {
	Target     string
	Expression string
	Err        error
}

func (e *InvalidExpressionError) Error() string {
	return fmt.Sprintf("expression for %s: %v", e.Target, e.Err)
}

func (e *InvalidExpressionError) Unwrap() error { return e.Err }

// Excerpt shows the place of the fault: the line, and a caret below it. It is
// "" when the place is not known.
func (e *InvalidExpressionError) Excerpt() string {
	place, ok := errors.AsType[interface {
		error
		At() expression.Position
	}](e.Err)
	if !ok {
		return ""
	}
	return expression.Excerpt(e.Expression, place.At())
}

// A FaultyExpressionError is an expression that parses and cannot work.
type FaultyExpressionError struct{ expression.Finding }

func (e *FaultyExpressionError) Error() string {
	text := fmt.Sprintf("%s: %s", e.Position, e.Problem)
	if len(e.Near) > 0 {
		text += "; near it: " + strings.Join(e.Near, ", ")
	}
	return text
}

// An UnknownAttributeError is an attribute that the attribute list lacks, and
// that is not added unasked: it may be misspelt.
type UnknownAttributeError struct {
	Side Side
	Name string
	Near []string // the nearest names that the list has
	// Where a source stands in the expression for Target; zero when it is no
	// part of one.
	Target     string
	Expression string
	Position   expression.Position
}

// Excerpt shows where the name stands in an expression: the line, and a caret
// below it. It is "" when it is in none.
func (e *UnknownAttributeError) Excerpt() string {
	return expression.Excerpt(e.Expression, e.Position)
}

func (e *UnknownAttributeError) Error() string {
	text := fmt.Sprintf("no %s attribute %s", e.Side, Quote(e.Name))
	if e.Position.Column > 0 {
		text += fmt.Sprintf(", named at %s of the expression for %s", e.Position, e.Target)
	}
	if len(e.Near) > 0 {
		text += "; near it: " + strings.Join(e.Near, ", ")
	}
	return text
}

// MostNamed is how many losses an error message names.
const MostNamed = 20
