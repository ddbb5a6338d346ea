// Package cmd is scimctl's command line: flags, arguments and wording. What the
// commands do is done by the packages of the domain.
package cmd

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// Main runs scimctl on the arguments of this process and returns its exit code.
func Main() (code int) {
	defer func() {
		if recover() != nil { // from what reports a crash
			_, _ = os.Stderr.WriteString("scimctl: scimctl crashed\n")
			code = int(exit.Crash)
		}
	}()
	result, err := cli.NewResultFile(os.Getenv(cli.ResultVariable))
	if err != nil {
		fmt.Fprintf(os.Stderr, "scimctl: %v\n", err)
		return int(exit.Usage)
	}
	_ = os.Unsetenv(cli.ResultVariable) // a child process must not write the result of this one
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, interruptions()...)
	env := &cli.Environment{Lookup: os.Getenv, Unset: os.Unsetenv, Taken: map[string]string{}}
	env.Withhold(cli.SecretNames(os.Environ())...)
	a := newApp(iostreams.System(env.Getenv), env.Getenv)
	a.Withhold = env.Withhold
	if cli.IsCompletion(os.Args[1:]) { // cobra writes there what it cannot complete, which may be a token
		if null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0); err == nil {
			os.Stderr = null
		}
	}
	code = a.Supervise(context.Background(), os.Args[1:], signals)
	if code == int(exit.Crash) || code == int(exit.Interrupted) {
		return code // no result
	}
	if err := result.Write(exit.Code(code), a.Command); err != nil {
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
	a.Helping = true
	return newRoot(a)
}

func newApp(io *iostreams.Streams, getenv func(string) string) *cli.App {
	return cli.NewApp(newRoot, io, getenv)
}
