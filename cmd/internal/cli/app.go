// Package cli is what all commands share: streams, settings, the connection to
// Graph, questions and completion.
package cli

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/resume"
)

// App is what a command may ask for. What costs something is a function, so
// that help and completion never sign in.
type App struct {
	NewRoot  func(*App) *cobra.Command // builds the tree of commands
	timedOut func(after time.Duration) // called when --timeout has passed; may be nil
	IO       *iostreams.Streams
	Printer  output.Printer  // once the command runs
	Settings config.Settings // once the command runs
	// Graph connects, the first time that it is called.
	Graph func(context.Context) (*graph.Client, error)

	Command    string // its name, once it has ended
	Getenv     func(string) string
	Secrets    *graph.Secrets    // never to be seen in any output
	Withhold   func(...string)   // takes variables out of the environment of other programs
	completing bool              // somebody pressed Tab: nothing may be said
	Helping    bool              // help is asked for: what its text takes is looked up
	Touring    bool              // inside the tour, which has said that it is in a sandbox
	Started    bool              // arguments and settings are right, and the command has begun
	loaded     bool              // Settings hold
	closers    []func()          // what Close ends, the last first
	client     *graph.Client     // once Graph has connected
	stopped    []resume.Note     // jobs that interrupted commands had left stopped before this one
	Tenant     tenant            // where Graph is, when it is neither the real one nor the sandbox
	Authority  http.RoundTripper // the way to what gives out tokens, when it is not the real one
}

func NewApp(newRoot func(*App) *cobra.Command, io *iostreams.Streams, getenv func(string) string) *App {
	a := &App{NewRoot: newRoot, IO: io, Getenv: getenv, Secrets: graph.NewSecrets(), Withhold: func(...string) {}}
	if getenv("TF_BUILD") != "" || getenv("GITHUB_ACTIONS") != "" {
		io.OnRunner()
	}
	a.Graph = once(a.dial)
	a.redactOutput()
	return a
}

// Close gives back what the command has opened. It may be called twice.
func (a *App) Close() {
	for len(a.closers) > 0 {
		last := len(a.closers) - 1
		closer := a.closers[last]
		a.closers = a.closers[:last]
		closer()
	}
}

// TakesMarkdown marks the commands that answer in markdown.
const TakesMarkdown = "markdown"

// Load reads the settings and gives the command its deadline. It runs before
// every command, but not before help and completion.
func (a *App) Load(c *cobra.Command) error { return a.LoadBy(c, config.Load) }

func (a *App) LoadBy(c *cobra.Command, read func(*pflag.FlagSet, func(string) string) (config.Settings, error)) error {
	if a.loaded {
		return nil
	}
	settings, err := read(c.Root().PersistentFlags(), a.Getenv)
	if err != nil {
		return err
	}
	if settings.JQ.IsSet() && settings.Output != output.JSON && settings.Output != output.Table {
		return &exit.UsageError{Command: c.CommandPath(), Err: fmt.Errorf("--jq filters JSON and cannot be used with -o %s", settings.Output)}
	}
	if settings.Output == output.Markdown && (c.Annotations[TakesMarkdown] == "" || settings.JQ.IsSet()) {
		return &exit.UsageError{Command: c.CommandPath(), Err: fmt.Errorf("-o markdown is for plan alone, and not with --jq")}
	}
	a.Settings, a.loaded = settings, true
	a.Printer = output.Printer{
		Format: settings.Output, Width: a.IO.Width(), Raw: settings.Raw, Remedies: a.Hinter().Render,
		Head: func(head string) string { return string(a.IO.OutStyle().Bold(head)) },
	}
	a.IO.Quiet = settings.Quiet
	a.IO.Data = settings.JQ.IsSet() || settings.Output == output.CSV || settings.Output == output.TSV
	a.IO.NoProgress = settings.Output != output.Table || settings.Debug
	if settings.Timeout > 0 {
		ctx, cancel := context.WithTimeout(c.Context(), settings.Timeout)
		stop := parallel.After(ctx, func() {
			if a.timedOut != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				a.timedOut(settings.Timeout)
			}
		})
		a.closers = append(a.closers, stop, cancel)
		c.SetContext(ctx)
	}
	a.IO.In = iostreams.Until(c.Context(), a.IO.In)
	a.Printer.JQ = settings.JQ.Within(c.Context(), a.limit(output.QueryLimit))
	return nil
}

// Confirm asks before something that cannot be undone. --yes answers it, a dry
// run does not need it. A no is a *[exit.DeclinedError].
func (a *App) Confirm(ctx context.Context, format string, args ...any) error {
	if a.Settings.Yes || a.Settings.DryRun {
		return nil
	}
	yes, err := a.IO.Confirm(ctx, fmt.Sprintf(format, args...))
	if err == nil && !yes {
		return &exit.DeclinedError{}
	}
	return err
}

// errorsAsJSON reports whether the user wants JSON, also when the settings could
// not be read to their end.
func (a *App) errorsAsJSON(c *cobra.Command, args []string) bool {
	if a.loaded {
		return a.Settings.Output == output.JSON
	}
	flags := pflag.NewFlagSet(c.Name(), pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true // one of them may be the error
	format := flags.StringP("output", "o", a.Getenv("SCIMCTL_OUTPUT"), "")
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Name != "output" {
			flags.AddFlag(&pflag.Flag{Name: f.Name, Shorthand: f.Shorthand, NoOptDefVal: f.NoOptDefVal, Value: anyValue{}})
		}
	})
	_ = flags.Parse(args) // what there was before an error counts
	return *format == string(output.JSON)
}

// anyValue is a flag whose value does not matter.
type anyValue struct{}

func (anyValue) String() string { return "" }

func (anyValue) Set(string) error { return nil }

func (anyValue) Type() string { return "string" }

// Begin runs before every command. Completion reads the settings later, when
// it has parsed the flags.
func (a *App) Begin(c *cobra.Command, _ []string) error {
	if c.Name() == cobra.ShellCompRequestCmd || c.Name() == cobra.ShellCompNoDescRequestCmd {
		return nil
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[SecretAnnotation] != nil {
			a.Withhold(f.Value.String())
		}
	})
	return a.Load(c)
}
