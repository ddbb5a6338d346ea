// Package cmd is scimctl's command line: flags, arguments and wording. What the
// commands do is done by the packages of the domain.
package cmd

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// Main runs scimctl on the arguments of this process and returns its exit code.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // the second Ctrl-C ends the process, whatever hangs
	return newApp(iostreams.System(os.Getenv), os.Getenv).run(ctx, os.Args[1:])
}

// NewRootForDocs gives the whole tree of commands, for a generator of their
// documentation. They read no environment and write nowhere.
func NewRootForDocs() *cobra.Command {
	a := newApp(iostreams.Discard(), func(string) string { return "" })
	a.helping = true
	return newRoot(a)
}

// run carries out one command line. An App runs once.
func (a *App) run(ctx context.Context, args []string) int {
	a.helping = slices.ContainsFunc(args, func(arg string) bool { return arg == "help" || arg == "--help" || arg == "-h" })
	a.completing = len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
	root := newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.IO.In)
	root.SetOut(a.IO.Out)
	root.SetErr(a.IO.Err)
	defer a.IO.Flush()
	defer a.Close()
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return int(ExitOK)
	}
	asJSON, err := a.errorsAsJSON(command, args), a.classify(ctx, command, err)
	if !a.loaded && command.Context() != nil {
		_ = a.load(command) // the commands of a hint have the settings of this one, as far as they can be read
	}
	return int(a.explain(asJSON, err))
}

// classify gives err a type where cobra gives none, and tells an end that was
// asked for from a failure.
func (a *App) classify(ctx context.Context, command *cobra.Command, err error) error {
	switch {
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		return &interruptedError{err}
	case command.Context() != nil && errors.Is(command.Context().Err(), context.DeadlineExceeded):
		return &timeoutError{After: a.Settings.Timeout, Err: err}
	case !a.started && !isUsage(err):
		return &UsageError{Command: command.CommandPath(), Err: err}
	default:
		return err
	}
}
