// Package failure has the error of most failures: what kind it is, which decides
// on the exit code, and what can be done about it. An error has a type of its own
// only where somebody reads its data.
package failure

import (
	"errors"
	"fmt"

	"github.com/scimctl/scimctl/graph/remedy"
)

// A Kind says what kind of failure it is.
type Kind string

// The kinds of failures.
const (
	Attention Kind = "attention" // it works, and something needs attention
	Differs   Kind = "differs"   // there are differences
	NotFound  Kind = "notFound"  // it does not exist, or has several meanings
	Conflict  Kind = "conflict"  // it exists otherwise, or was changed by somebody else
	Invalid   Kind = "invalid"   // what was asked for cannot be meant
)

// A Failure is an error with its kind and its remedies.
type Failure struct {
	Kind   Kind
	Remedy remedy.List
	err    error
}

// New makes a failure with the text of [fmt.Errorf].
func New(kind Kind, format string, args ...any) *Failure {
	return &Failure{Kind: kind, err: fmt.Errorf(format, args...)}
}

// Try adds what can be done about it.
func (f *Failure) Try(remedies ...remedy.Remedy) *Failure {
	f.Remedy = append(f.Remedy, remedies...)
	return f
}

// Error is the text that the failure was made with.
func (f *Failure) Error() string { return f.err.Error() }

// Unwrap returns what the text was made of with %w.
func (f *Failure) Unwrap() error { return errors.Unwrap(f.err) }

// Is reports whether an error is, or wraps, a failure of a kind.
func Is(err error, kind Kind) bool {
	f, ok := errors.AsType[*Failure](err)
	return ok && f.Kind == kind
}
