package mappings

import (
	"fmt"
	"strings"
)

// A RefusedError is a change that scimctl does not make, and why.
type RefusedError struct{ Action, Reason string }

func (e *RefusedError) Error() string { return e.Action + ": " + e.Reason }

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

// An InvalidExpressionError is an expression that does not parse. Err, of
// package expression, knows the place.
type InvalidExpressionError struct {
	Target string
	Err    error
}

func (e *InvalidExpressionError) Error() string {
	return fmt.Sprintf("expression for %s: %v", e.Target, e.Err)
}

func (e *InvalidExpressionError) Unwrap() error { return e.Err }

// An UnknownAttributeError is an attribute that the attribute list lacks, and
// that is not added unasked: it may be misspelt.
type UnknownAttributeError struct {
	Side Side
	Name string
	Near []string // the nearest names that the list has
}

func (e *UnknownAttributeError) Error() string {
	text := fmt.Sprintf("no %s attribute %s", e.Side, quote(e.Name))
	if len(e.Near) > 0 {
		text += "; near it: " + strings.Join(e.Near, ", ")
	}
	return text
}

// A ConcurrentChangeError says that somebody else changed the schema while
// scimctl was about to, and that the change no longer fits. Nothing was sent.
type ConcurrentChangeError struct{ Err error }

func (e *ConcurrentChangeError) Error() string {
	return "the schema was changed by someone else in the meantime: " + e.Err.Error()
}

func (e *ConcurrentChangeError) Unwrap() error { return e.Err }

// A NotKeptError says that Graph accepted the schema and does not hold the
// change: Missing is what would have to be changed again, Err why the edit no
// longer fits, or that the schema cannot be read back.
type NotKeptError struct {
	Missing []Change
	Err     error
}

func (e *NotKeptError) Error() string {
	if e.Err != nil {
		return "the change was sent, but reading it back: " + e.Err.Error()
	}
	lines := make([]string, len(e.Missing))
	for i, c := range e.Missing {
		lines[i] = c.String()
	}
	return "the service accepted the schema but did not keep " + strings.Join(lines, "; ")
}

func (e *NotKeptError) Unwrap() error { return e.Err }
