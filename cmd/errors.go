package cmd

import (
	"fmt"
	"time"
)

// interruptedError is a command that Ctrl-C or a signal ended.
type interruptedError struct{ Err error }

func (e *interruptedError) Error() string { return fmt.Sprintf("interrupted: %v", e.Err) }

func (e *interruptedError) Unwrap() error { return e.Err }

// timeoutError is a command that --timeout ended.
type timeoutError struct {
	After time.Duration
	Err   error
}

func (e *timeoutError) Error() string { return fmt.Sprintf("gave up after %s: %v", e.After, e.Err) }

func (e *timeoutError) Unwrap() error { return e.Err }

// A fileThereError is a file that holds something else already.
type fileThereError struct{ Path string }

func (e *fileThereError) Error() string {
	return e.Path + " is there already, and holds something else"
}

// A DeclinedError is a question that was answered with no.
type DeclinedError struct{}

// Error says that nothing was done.
func (*DeclinedError) Error() string { return "not confirmed: nothing was changed" }
