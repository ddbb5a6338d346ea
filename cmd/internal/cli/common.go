package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Connect is what a command that works on an application begins with: the
// client, once it is known which application is meant.
func (a *App) Connect(c *cobra.Command) (*graph.Client, error) {
	if a.Settings.App == "" {
		return nil, exit.Usagef(c, "which application? Name it with --app or SCIMCTL_APP")
	}
	return a.Graph(c.Context())
}

// ConfirmRisk asks about a risk, naming whom it reaches and in which tenant.
func (a *App) ConfirmRisk(ctx context.Context, r provisioning.Risk) error {
	return a.ConfirmIn(ctx, "%s%s", r.What, Reaching(r.People, r.AtMost))
}

// ConfirmSchema asks before the schema of a running job is written.
func (a *App) ConfirmSchema(ctx context.Context, i mappings.Impact) error {
	if !i.Running {
		return nil
	}
	return a.ConfirmIn(ctx, "provisioning of %s is running: with this change everyone in scope is evaluated again%s", i.App.Name, Reaching(i.People, false))
}

// Reaching is how many accounts something reaches, "" when that is not known.
func Reaching(people int, atMost bool) string {
	switch {
	case people == 0:
		return ""
	case atMost:
		return " (up to " + words.Count(people, "account") + ")"
	}
	return " (" + words.Count(people, "account") + ")"
}

// ConfirmIn asks a question that names the tenant it is about.
func (a *App) ConfirmIn(ctx context.Context, format string, args ...any) error {
	where := "the sandbox"
	if !a.Settings.Sandbox {
		client, err := a.Graph(ctx)
		if err != nil {
			return err
		}
		tenant, err := client.Tenant(ctx)
		if err != nil {
			return err
		}
		if where = "tenant " + tenant; tenant == "" {
			where = "the tenant at " + client.Endpoint()
		}
	}
	return a.Confirm(ctx, "In %s: %s. Go on?", where, fmt.Sprintf(format, args...))
}

// Say tells what a command did, or in a dry run would do. The latter is what
// was asked for: --quiet does not hush it.
func (a *App) Say(format string, args ...any) {
	if a.Settings.DryRun {
		a.IO.Say("dry run, nothing is changed: "+format, args...)
		return
	}
	a.IO.Note(format, args...)
}

// Would is "created", or in a dry run "would be created".
func (a *App) Would(done string) string {
	if a.Settings.DryRun {
		return "would be " + done
	}
	return done
}

// ForPeople tells whether the answer is read by a person and not by a program.
func (a *App) ForPeople() bool {
	return a.Settings.Output == output.Table && !a.Settings.JQ.IsSet()
}

// Told answers a command that changes one thing: with a sentence for people,
// with the whole for programs. That of a dry run looks like that of the real
// thing, so the sentence goes with it.
func Told[T any](a *App, v T, sentence string, cols ...output.Column[T]) error {
	if a.ForPeople() || a.Settings.DryRun {
		a.Say("%s", sentence)
	}
	if a.ForPeople() {
		return nil
	}
	return output.One(a.IO.Out, a.Printer, v, cols...)
}

// History is where copies of schemas are kept.
func (a *App) History() (history.History, error) {
	folder, err := a.Settings.State()
	return history.History{Dir: filepath.Join(folder, "schemas")}, err
}

// notice shows a line from Graph to the user.
func (a *App) notice(line string) { a.IO.Note("%s", line) }

// Keeper remembers fingerprints of tokens.
func (a *App) Keeper() (credentials.Fingerprints, error) {
	folder, err := a.Settings.State()
	if err != nil {
		return nil, err
	}
	if a.Settings.Sandbox {
		folder = filepath.Join(folder, "sandbox")
	}
	return credentials.FingerprintsIn(folder), nil
}

// CompleteApps completes the names of applications.
func (a *App) CompleteApps() cobra.CompletionFunc {
	return a.Complete(func(ctx context.Context, client *graph.Client) ([]cobra.Completion, error) {
		apps, err := apps.List{Graph: client}.Do(ctx)
		names := make([]cobra.Completion, len(apps))
		for i, app := range apps {
			names[i] = cobra.CompletionWithDesc(app.Name, app.AppID)
		}
		return names, err
	})
}

func Column[T any](name string, cell func(T) string) output.Column[T] {
	return output.Column[T]{Name: name, Cell: cell}
}

func Long[T any](name string, cell func(T) string) output.Column[T] {
	return output.Column[T]{Name: name, Cell: cell, Long: true}
}

func YesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// Moment is a time for people and for csv; "" when there is none.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
