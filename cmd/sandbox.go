package cmd

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/sandbox"
)

func newSandboxCmd(a *App) *cobra.Command {
	return newGroup(groupTool, "sandbox", "Try things in a simulated tenant",
		`A simulated tenant on this machine. With --sandbox, or SCIMCTL_SANDBOX=1, every
command works on it, without signing in; it is kept between commands.

It begins as a small company with a Workato application. Its provisioning
service really evaluates scope and mappings, and really sends SCIM: to a SCIM
server inside, `+sandbox.SCIMURL+`, or to one of yours.`,
		newSandboxTourCmd(a), newSandboxServeCmd(a), newSandboxShowCmd(a), newSandboxTickCmd(a), newSandboxResetCmd(a))
}

func newSandboxShowCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Show the sandbox and what arrived by SCIM",
		Long: `Show the sandbox: the tenant URL and the token of the SCIM server inside, and
the users and groups that it holds. The token is made when the sandbox is reset
and is no secret.

As JSON: tenantId, domain, time (by the sandbox's clock, which sandbox tick puts
forward), scimUrl, scimHabit, scimToken, users[] and groups[] as the SCIM
server holds them, jobs[] {id, application, state, provisioned}, counts.`,
		Example: `  scimctl sandbox show

  # The token, for credentials set
  scimctl sandbox show --jq .scimToken`,
		RunE: func(c *cobra.Command, _ []string) error {
			view, err := a.lookAtSandbox(c.Context())
			if err != nil {
				return err
			}
			if !a.forPeople() {
				return output.Fields(a.IO.Out, a.Printer, view, viewFields(view)...)
			}
			return a.showView(view)
		},
	}
}

func (a *App) showView(view sandbox.View) error {
	if err := output.Fields(a.IO.Out, a.Printer, view, viewFields(view)...); err != nil {
		return err
	}
	for _, resource := range append(view.Users, view.Groups...) {
		iostreams.Fprintln(a.IO.Out)
		if err := output.Fields(a.IO.Out, output.Printer{Format: output.JSON}, resource); err != nil {
			return err
		}
	}
	return nil
}

func viewFields(view sandbox.View) []output.Field {
	return []output.Field{
		{Name: "domain", Value: view.Domain},
		{Name: "tenant id", Value: view.TenantID},
		{Name: "time", Value: moment(view.Time)},
		{Name: "scim url", Value: view.SCIMURL},
		{Name: "scim habit", Value: string(view.Habit)},
		{Name: "scim token", Value: view.Token},
		{Name: "scim users", Value: fmt.Sprint(len(view.Users))},
		{Name: "scim groups", Value: fmt.Sprint(len(view.Groups))},
	}
}

// lookAtSandbox opens the kept sandbox for a moment. Cycles that are due run
// first: what they do is what is looked for.
func (a *App) lookAtSandbox(ctx context.Context) (sandbox.View, error) {
	tenant, err := a.openSandbox(ctx)
	if _, served := errors.AsType[*servedError](err); served {
		return a.lookOverShoulder()
	}
	if err != nil {
		return sandbox.View{}, err
	}
	defer func() { _ = tenant.Close() }() // its state is saved with every request
	if err := tenant.Tick(ctx); err != nil {
		return sandbox.View{}, err
	}
	return tenant.Snapshot()
}

// lookOverShoulder opens a sandbox that a server has, which alone runs its
// cycles: it may know tokens that are kept nowhere.
func (a *App) lookOverShoulder() (sandbox.View, error) {
	path, err := a.sandboxFile("state.json")
	if err != nil {
		return sandbox.View{}, err
	}
	tenant, err := sandbox.Open(path)
	if err != nil {
		return sandbox.View{}, err
	}
	defer func() { _ = tenant.Close() }() // nothing has changed
	return tenant.Snapshot()
}

func newSandboxResetCmd(a *App) *cobra.Command {
	var habit string
	c := &cobra.Command{
		Use:   "reset",
		Short: "Make the sandbox as it was at first",
		Long: `Make the sandbox the small company again that it was at first. All that was done
in it is gone, and its clock is right again.

With --scim-habit the SCIM server inside does from then on what some real ones
do, so that it can be seen what the provisioning service makes of it:

` + habitsHelp(),
		Example: `  scimctl sandbox reset --yes

  # A SCIM server that refuses to disable with a text
  scimctl sandbox reset --scim-habit strict-booleans --yes`,
		RunE: func(c *cobra.Command, _ []string) error {
			options, err := habitOf(habit)
			if err != nil {
				return usagef(c, "%w", err)
			}
			if err := a.Confirm(c.Context(), "Everything that was done in the sandbox will be gone. Go on?"); err != nil {
				return err
			}
			if a.Settings.DryRun {
				a.say("the sandbox would be reset")
				return nil
			}
			if served := a.servedAt(c.Context()); served != "" {
				return &servedError{URL: served}
			}
			path, err := a.sandboxFile("state.json")
			if err != nil {
				return err
			}
			kept, err := sandbox.Reset(path, options...)
			if err != nil {
				return err
			}
			if kept != "" {
				a.IO.Warn("the state was damaged; it is kept as %s", kept)
			}
			a.say("the sandbox is as it was at first")
			return nil
		},
	}
	habitFlag(c, &habit)
	return c
}

func (a *App) sandboxFile(name string) (string, error) {
	folder, err := a.Settings.State()
	return filepath.Join(folder, "sandbox", name), err
}
