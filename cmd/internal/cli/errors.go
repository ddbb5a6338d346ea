package cli

import (
	"fmt"
	"time"
)

// InterruptedError is a command that Ctrl-C or a signal ended.
type InterruptedError struct{ Err error } // nil when it had nothing left to do

func (e *InterruptedError) Error() string {
	if e.Err == nil {
		return "interrupted"
	}
	return fmt.Sprintf("interrupted: %v", e.Err)
}

func (e *InterruptedError) Unwrap() error { return e.Err }

// TimeoutError is a command that --timeout ended.
type TimeoutError struct {
	After time.Duration
	Err   error
}

func (e *TimeoutError) Error() string { return fmt.Sprintf("gave up after %s: %v", e.After, e.Err) }

func (e *TimeoutError) Unwrap() error { return e.Err }

// A FileThereError is a file that holds something else already.
type FileThereError struct{ Path string }

func (e *FileThereError) Error() string {
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

// Shown marks an error that the person at the terminal has just read. Whoever
// keeps standard output apart is told it on standard error as well.
func (a *App) Shown(err error) error {
	if err == nil || !a.ForPeople() || !a.IO.OutIsTerminal() || !a.IO.ErrIsTerminal() {
		return err
	}
	return &shownError{err}
}

// An UnknownFunctionNameError is the name of a function that does not exist.
type UnknownFunctionNameError struct {
	Name string
	Near []string
}

func (e *UnknownFunctionNameError) Error() string {
	return fmt.Sprintf("no function %q is documented", e.Name)
}

// A ServedError says that the sandbox belongs to a server that runs.
type ServedError struct{ URL string }

func (e *ServedError) Error() string {
	return "the sandbox is being served at " + e.URL
}
