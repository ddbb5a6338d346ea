package auth

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
)

func newAuthPermissionsCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "permissions [command...]",
		Short: "Show the permissions that commands need",
		Long: `Show the least permissions of Microsoft Graph that a command needs, or all
commands below one, or all: delegated ones for a person who is signed in,
application ones for an application by itself, and the link with which an
administrator consents to the delegated ones for everyone in the tenant.

A person also needs a role in the directory, such as Cloud Application
Administrator, and to change users User Administrator. An application with
Application.ReadWrite.OwnedBy has to own both the application that it works on
and its service principal; else it needs Synchronization.ReadWrite.All.

As JSON, for one command: command, operations, delegated, application,
adminConsentUrl; else a list of those.`,
		Example: `  scimctl auth permissions mapping add

  # Everything that a pipeline's application has to be given
  scimctl auth permissions --jq '[.[].application[]] | unique'`,
		ValidArgsFunction: cli.CompleteCommands,
		RunE: func(c *cobra.Command, args []string) error {
			command, err := cli.Named(c, args)
			if err != nil {
				return err
			}
			cloud, err := graph.ParseCloud(a.Settings.Cloud)
			if err != nil {
				return err
			}
			return tellPermits(a, c, command, a.ConsentIn(cloud))
		},
	}
}

func tellPermits(a *cli.App, c *cobra.Command, command string, consent func(scopes []string) string) error {
	permits := cli.PermitsBelow(c, command, consent)
	switch {
	case len(permits) == 1 && permits[0].Command == command:
		return tellPermit(a, permits[0])
	case len(permits) == 0:
		a.IO.Note("%s asks nothing of Graph", command)
	case command == "":
		a.IO.Note("an administrator consents to the delegated ones at %s; those of an application are granted in its registration", consent(cli.EveryScope(c)))
	}
	return output.List(a.IO.Out, a.Printer, permits,
		cli.Column("command", func(p cli.Permit) string { return p.Command }),
		cli.Column("delegated", func(p cli.Permit) string { return strings.Join(p.Delegated, ", ") }),
		cli.Column("application", func(p cli.Permit) string { return strings.Join(p.Application, ", ") }))
}

func tellPermit(a *cli.App, p cli.Permit) error {
	return output.Fields(a.IO.Out, a.Printer, p,
		output.Field{Name: "command", Value: p.Command},
		output.Field{Name: "operations", Value: strings.Join(p.Operations, ", ")},
		output.Field{Name: "delegated", Value: strings.Join(p.Delegated, ", ")},
		output.Field{Name: "application", Value: strings.Join(p.Application, ", ")},
		output.Field{Name: "admin consent url", Value: p.AdminConsentURL})
}
