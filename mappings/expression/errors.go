package expression

import "fmt"

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

// String is "column 8", with the line unless that is the first.
func (p Position) String() string {
	if p.Line <= 1 {
		return fmt.Sprintf("column %d", p.Column)
	}
	return fmt.Sprintf("line %d, column %d", p.Line, p.Column)
}
