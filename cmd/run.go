package cmd

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/graph/parallel"
)

// run carries out one command line. An App runs once.
func (a *App) run(ctx context.Context, args []string) (code int) {
	defer a.IO.Flush()
	defer func() {
		if value := recover(); value != nil {
			code = int(a.reportCrash(args, parallel.Recovered(value)))
		}
	}()
	a.helping = slices.ContainsFunc(args, func(arg string) bool { return arg == "help" || arg == "--help" || arg == "-h" })
	a.completing = isCompletion(args)
	root := a.newRoot(a)
	root.SetArgs(args)
	root.SetIn(a.IO.In)
	root.SetOut(a.IO.Out)
	root.SetErr(a.IO.Err)
	a.guardArguments(root, args)
	command, err := a.execute(ctx, root)
	a.IO.Flush()
	a.command = strings.TrimPrefix(command.CommandPath(), root.Name()+" ")
	if err = a.classify(ctx, command, err); err == nil {
		return int(ExitOK)
	}
	a.hideArguments(command, args, err)
	asJSON := a.errorsAsJSON(command, args)
	if !a.loaded && command.Context() != nil {
		_ = a.load(command) // the commands of a hint have the settings of this one, as far as they can be read
	}
	return int(a.explain(asJSON, err))
}

func (a *App) execute(ctx context.Context, root *cobra.Command) (*cobra.Command, error) {
	defer a.Close()
	command, err := root.ExecuteContextC(ctx)
	a.warnOfStopped(command.Context(), err)
	return command, err
}

// classify gives err a type where cobra gives none, and tells an end that was
// asked for from a failure. Whatever an interrupted command returned, it is an
// interruption: nobody may take it for a result.
func (a *App) classify(ctx context.Context, command *cobra.Command, err error) error {
	switch {
	case ctx.Err() != nil:
		return &interruptedError{err}
	case err == nil:
		return nil
	case command.Context() != nil && errors.Is(command.Context().Err(), context.DeadlineExceeded):
		return &timeoutError{After: a.Settings.Timeout, Err: err}
	case !a.started && !isUsage(err):
		return &UsageError{Command: command.CommandPath(), Err: err}
	default:
		return err
	}
}
