package cli

import (
	"slices"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/parallel"
)

// reportCrash tells the user of a panic, and the shell its code.
func (a *App) reportCrash(args []string, p *parallel.Panic) exit.Code {
	e := &exit.CrashError{Panic: p, Debug: a.Settings.Debug || !a.loaded && slices.Contains(args, "--debug")}
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
