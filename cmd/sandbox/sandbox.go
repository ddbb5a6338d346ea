// Package sandbox has the commands of the simulated tenant.
package sandbox

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTool, "sandbox", "Try things in a simulated tenant",
		`A simulated tenant on this machine. With --sandbox, or SCIMCTL_SANDBOX=1, every
command works on it, without signing in; it is kept between commands.

It begins as a small company with a Workato application. Its provisioning
service really evaluates scope and mappings, and really sends SCIM: to a SCIM
server inside, `+sandbox.SCIMURL+`, or to one of yours.`,
		newSandboxTourCmd(a), newSandboxServeCmd(a), newSandboxShowCmd(a), newSandboxTickCmd(a), newSandboxResetCmd(a))
}

func newSandboxShowCmd(a *cli.App) *cobra.Command {
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
			view, err := lookAtSandbox(a, c.Context())
			if err != nil {
				return err
			}
			if !a.ForPeople() {
				return output.Fields(a.IO.Out, a.Printer, view, viewFields(view)...)
			}
			return showView(a, view)
		},
	}
}

func showView(a *cli.App, view sandbox.View) error {
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
		{Name: "time", Value: cli.Moment(view.Time)},
		{Name: "scim url", Value: view.SCIMURL},
		{Name: "scim habit", Value: string(view.Habit)},
		{Name: "scim token", Value: view.Token},
		{Name: "scim users", Value: fmt.Sprint(len(view.Users))},
		{Name: "scim groups", Value: fmt.Sprint(len(view.Groups))},
	}
}

// lookAtSandbox opens the kept sandbox for a moment. Cycles that are due run
// first: what they do is what is looked for.
func lookAtSandbox(a *cli.App, ctx context.Context) (sandbox.View, error) {
	tenant, err := a.OpenSandbox(ctx)
	if _, served := errors.AsType[*exit.ServedError](err); served {
		return a.LookOverShoulder()
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

func newSandboxResetCmd(a *cli.App) *cobra.Command {
	var habit string
	c := &cobra.Command{
		Use:   "reset",
		Short: "Make the sandbox as it was at first",
		Long: `Make the sandbox the small company again that it was at first. All that was done
in it is gone, and its clock is right again.

With --scim-habit the SCIM server inside does from then on what some real ones
do, so that it can be seen what the provisioning service makes of it:

` + cli.HabitsHelp(),
		Example: `  scimctl sandbox reset --yes

  # A SCIM server that refuses to disable with a text
  scimctl sandbox reset --scim-habit strict-booleans --yes`,
		RunE: func(c *cobra.Command, _ []string) error {
			options, err := cli.HabitOf(habit)
			if err != nil {
				return exit.Usagef(c, "%w", err)
			}
			if err := a.Confirm(c.Context(), "Everything that was done in the sandbox will be gone. Go on?"); err != nil {
				return err
			}
			if a.Settings.DryRun {
				a.Say("the sandbox would be reset")
				return nil
			}
			if served := a.ServedAt(c.Context()); served != "" {
				return &exit.ServedError{URL: served}
			}
			path, err := a.SandboxFile("state.json")
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
			a.Say("the sandbox is as it was at first")
			return nil
		},
	}
	cli.HabitFlag(c, &habit)
	return c
}
