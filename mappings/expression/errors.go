package expression

import (
	"fmt"
	"strings"
	"time"
)

// A SyntaxError is a text that is no expression.
type SyntaxError struct {
	Position // where the fault is; one after the end when something is missing there
	Message  string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s: %s", e.Position, e.Message) }

// An UnsupportedError is an expression that is not evaluated, or not rendered,
// here, although the service may well do so.
type UnsupportedError struct {
	Position
	Function string // "" when it is no function
	Reason   string
}

func (e *UnsupportedError) Error() string {
	if e.Function == "" {
		return fmt.Sprintf("%s: %s", e.Position, e.Reason)
	}
	return fmt.Sprintf("%s at %s: %s", e.Function, e.Position, e.Reason)
}

// An ArgumentError is a call with arguments that the function does not take.
type ArgumentError struct {
	Position
	Function string
	Reason   string
}

func (e *ArgumentError) Error() string {
	return fmt.Sprintf("%s at %s: %s", e.Function, e.Position, e.Reason)
}

// An UnknownFunctionError is a call of a function that is not documented.
type UnknownFunctionError struct {
	Position
	Name string   // as written
	Near []string // the documented names that may be meant, likeliest first; empty when none is near
}

func (e *UnknownFunctionError) Error() string {
	text := fmt.Sprintf("%s at %s: no function of this name is documented", e.Name, e.Position)
	if len(e.Near) > 0 {
		text += "; near it: " + strings.Join(e.Near, ", ")
	}
	return text
}

// An EvaluationError is a call that these attributes make fail, in the service
// as here.
type EvaluationError struct {
	Position
	Function string
	Reason   string // the service's own words where they are known
}

func (e *EvaluationError) Error() string {
	return fmt.Sprintf("%s at %s: %s", e.Function, e.Position, e.Reason)
}

// A PatternError is a text that is no .NET regular expression.
type PatternError struct {
	Pattern string
	Reason  string
}

func (e *PatternError) Error() string {
	return fmt.Sprintf("%q is no regular expression: %s", e.Pattern, e.Reason)
}

// A PatternLimitError is a regular expression that took longer than it may.
type PatternLimitError struct {
	Pattern string
	Limit   time.Duration
}

func (e *PatternLimitError) Error() string {
	return fmt.Sprintf("the regular expression %q took longer than %s", e.Pattern, e.Limit)
}

// String is "column 8", with the line unless that is the first.
func (p Position) String() string {
	if p.Line <= 1 {
		return fmt.Sprintf("column %d", p.Column)
	}
	return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
}
