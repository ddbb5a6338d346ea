package cmd

import (
	"fmt"
	"time"
)

// interruptedError is a command that Ctrl-C or a signal ended.
type interruptedError struct{ Err error } // nil when it had nothing left to do

func (e *interruptedError) Error() string {
	if e.Err == nil {
		return "interrupted"
	}
	return fmt.Sprintf("interrupted: %v", e.Err)
}

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

// A shownError is one that the answer on standard output tells already.
type shownError struct{ Err error }

func (e *shownError) Error() string { return e.Err.Error() }

func (e *shownError) Unwrap() error { return e.Err }

// shown marks an error that the person at the terminal has just read. Whoever
// keeps standard output apart is told it on standard error as well.
func (a *App) shown(err error) error {
	if err == nil || !a.forPeople() || !a.IO.OutIsTerminal() || !a.IO.ErrIsTerminal() {
		return err
	}
	return &shownError{err}
}
