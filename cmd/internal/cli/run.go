package cli

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph/parallel"
)

// IsCompletion reports whether a shell asks what may follow.
func IsCompletion(args []string) bool {
	return len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
}

// Run carries out one command line. An App runs once.
func (a *App) Run(ctx context.Context, args []string) (code int) {
	defer a.IO.Flush()
	defer func() {
		if value := recover(); value != nil {
			code = int(a.reportCrash(args, parallel.Recovered(value)))
		}
	}()
	a.Helping = slices.ContainsFunc(args, func(arg string) bool { return arg == "help" || arg == "--help" || arg == "-h" })
	a.completing = IsCompletion(args)
	root := a.NewRoot(a)
	root.SetArgs(args)
	root.SetIn(a.IO.In)
	root.SetOut(a.IO.Out)
	root.SetErr(a.IO.Err)
	a.guardArguments(root, args)
	command, err := a.execute(ctx, root)
	a.IO.Flush()
	a.Command = strings.TrimPrefix(command.CommandPath(), root.Name()+" ")
	if err = a.Classify(ctx, command, err); err == nil {
		return int(exit.OK)
	}
	a.hideArguments(command, args, err)
	asJSON := a.errorsAsJSON(command, args)
	if !a.loaded && command.Context() != nil {
		_ = a.Load(command) // the commands of a hint have the settings of this one, as far as they can be read
	}
	return int(a.Explain(asJSON, err))
}

func (a *App) execute(ctx context.Context, root *cobra.Command) (*cobra.Command, error) {
	defer a.Close()
	command, err := root.ExecuteContextC(ctx)
	a.warnOfStopped(command.Context(), err)
	return command, err
}

// Classify gives err a type where cobra gives none, and tells an end that was
// asked for from a failure. Whatever an interrupted command returned, it is an
// interruption: nobody may take it for a result.
func (a *App) Classify(ctx context.Context, command *cobra.Command, err error) error {
	switch {
	case ctx.Err() != nil:
		return &exit.InterruptedError{Err: err}
	case err == nil:
		return nil
	case command.Context() != nil && errors.Is(command.Context().Err(), context.DeadlineExceeded):
		return &exit.TimeoutError{After: a.Settings.Timeout, Err: err}
	case !a.Started && !exit.IsUsage(err):
		return &exit.UsageError{Command: command.CommandPath(), Err: err}
	default:
		return err
	}
}
