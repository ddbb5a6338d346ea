package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
)

func newAuthPermissionsCmd(a *App) *cobra.Command {
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
		ValidArgsFunction: completeCommands,
		RunE: func(c *cobra.Command, args []string) error {
			command, err := named(c, args)
			if err != nil {
				return err
			}
			cloud, err := graph.ParseCloud(a.Settings.Cloud)
			if err != nil {
				return err
			}
			return a.tellPermits(command, a.consentIn(cloud))
		},
	}
}

// consentIn gives the link for an administrator of the tenant to consent to
// scopes, "" for none.
func (a *App) consentIn(cloud graph.Cloud) func(scopes []string) string {
	client := a.signIn(cloud).ClientID
	if client == "" {
		client = graph.DefaultClientID
	}
	return func(scopes []string) string {
		if len(scopes) == 0 {
			return ""
		}
		return cloud.ConsentURL(a.Settings.Tenant, client, scopes)
	}
}

func (a *App) tellPermits(command string, consent func(scopes []string) string) error {
	permits := permitsBelow(command, consent)
	switch {
	case len(permits) == 1 && permits[0].Command == command:
		return a.tellPermit(permits[0])
	case len(permits) == 0:
		a.IO.Note("%s asks nothing of Graph", command)
	case command == "":
		a.IO.Note("an administrator consents to the delegated ones at %s; those of an application are granted in its registration", consent(everyScope()))
	}
	return output.List(a.IO.Out, a.Printer, permits,
		column("command", func(p permit) string { return p.Command }),
		column("delegated", func(p permit) string { return strings.Join(p.Delegated, ", ") }),
		column("application", func(p permit) string { return strings.Join(p.Application, ", ") }))
}

func (a *App) tellPermit(p permit) error {
	return output.Fields(a.IO.Out, a.Printer, p,
		output.Field{Name: "command", Value: p.Command},
		output.Field{Name: "operations", Value: strings.Join(p.Operations, ", ")},
		output.Field{Name: "delegated", Value: strings.Join(p.Delegated, ", ")},
		output.Field{Name: "application", Value: strings.Join(p.Application, ", ")},
		output.Field{Name: "admin consent url", Value: p.AdminConsentURL})
}

// named finds the command that words stand for.
func named(c *cobra.Command, words []string) (string, error) {
	about, rest, err := c.Root().Find(words)
	if err == nil && len(rest) > 0 {
		err = noSuchCommand(about, rest)
	}
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(strings.TrimPrefix(about.CommandPath(), c.Root().Name())), nil
}
