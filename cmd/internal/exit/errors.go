package exit

import (
	"fmt"
	"runtime"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

// A CrashError is a bug in scimctl: a panic in any of its goroutines.
type CrashError struct {
	Panic *parallel.Panic
	Debug bool // the stack is shown
}

// Error names what went wrong only if Go itself says so: another value may have
// come from a file or a server.
func (e *CrashError) Error() string {
	what := "scimctl crashed"
	if _, ok := e.Panic.Value.(runtime.Error); ok {
		what += fmt.Sprintf(" (%v)", e.Panic)
	}
	return what + "; it is not known what was done until then"
}

func (e *CrashError) hint() string {
	if e.Debug {
		return "this is a bug: report it with the stack above"
	}
	return "this is a bug: run the command again with --debug, which shows the stack, and report it"
}

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
