package cli

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/parallel"
)

// A crashError is a bug in scimctl: a panic in any of its goroutines.
type crashError struct {
	Panic *parallel.Panic
	Debug bool // the stack is shown
}

// Error names what went wrong only if Go itself says so: another value may have
// come from a file or a server.
func (e *crashError) Error() string {
	what := "scimctl crashed"
	if _, ok := e.Panic.Value.(runtime.Error); ok {
		what += fmt.Sprintf(" (%v)", e.Panic)
	}
	return what + "; it is not known what was done until then"
}

func (e *crashError) hint() string {
	if e.Debug {
		return "this is a bug: report it with the stack above"
	}
	return "this is a bug: run the command again with --debug, which shows the stack, and report it"
}

// reportCrash tells the user of a panic, and the shell its code.
func (a *App) reportCrash(args []string, p *parallel.Panic) ExitCode {
	e := &crashError{Panic: p, Debug: a.Settings.Debug || !a.loaded && slices.Contains(args, "--debug")}
	if e.Debug {
		_, _ = a.IO.Err.Write(p.Stack) // nobody is left to be told
	}
	asJSON := a.Settings.Output == output.JSON
	if !a.loaded {
		asJSON = a.wantsJSON(args)
	}
	return a.Explain(asJSON, e)
}

// wantsJSON is [App.errorsAsJSON] without the command that runs, which may be
// changing the settings at the same time.
func (a *App) wantsJSON(args []string) bool {
	other := NewApp(a.NewRoot, iostreams.Discard(), a.Getenv)
	c, _, _ := other.NewRoot(other).Find(args) // the root if there is no such command
	return other.errorsAsJSON(c, args)
}
