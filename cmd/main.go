// Package cmd is scimctl's command line: flags, arguments and wording. What the
// commands do is done by the packages of the domain.
package cmd

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/parallel"
)

// Main runs scimctl on the arguments of this process and returns its exit code.
func Main() (code int) {
	defer func() {
		if recover() != nil { // from what reports a crash
			_, _ = os.Stderr.WriteString("scimctl: scimctl crashed\n")
			code = int(ExitCrash)
		}
	}()
	result, err := newResultFile(os.Getenv(resultVariable))
	if err != nil {
		fmt.Fprintf(os.Stderr, "scimctl: %v\n", err)
		return int(ExitUsage)
	}
	_ = os.Unsetenv(resultVariable) // a child process must not write the result of this one
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, interruptions()...)
	env := &environment{lookup: os.Getenv, unset: os.Unsetenv, taken: map[string]string{}}
	env.Withhold(secretNames(os.Environ())...)
	a := newApp(iostreams.System(env.Getenv), env.Getenv)
	a.withhold = env.Withhold
	if isCompletion(os.Args[1:]) { // cobra writes there what it cannot complete, which may be a token
		if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
			os.Stderr = null
		}
	}
	code = a.supervise(context.Background(), os.Args[1:], signals)
	if code == int(ExitCrash) || code == int(ExitInterrupted) {
		return code // no result
	}
	if err := result.write(ExitCode(code), a.command); err != nil {
		a.IO.Warn("%v", err)
	}
	return code
}

// interruptions are the signals that end a command. SIGQUIT would end it with
// exit code 2. A hang-up that was ignored before, as by nohup, stays so.
func interruptions() []os.Signal {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// NewRootForDocs gives the whole tree of commands, for a generator of their
// documentation. They read no environment and write nowhere.
func NewRootForDocs() *cobra.Command {
	a := newApp(iostreams.Discard(), func(string) string { return "" })
	a.helping = true
	return newRoot(a)
}

// isCompletion reports whether a shell asks what may follow.
func isCompletion(args []string) bool {
	return len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd)
}

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
	root := newRoot(a)
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
