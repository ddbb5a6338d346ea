// Package app has the commands for applications.
package app

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/apps"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTenant, "app", "Find and create enterprise applications",
		`Find and create enterprise applications.

Every application has three ids: the appId (also called client id), the object
id of the application, and that of its service principal. Wherever scimctl
takes an application, it takes its name or any of the three.`,
		newAppTemplatesCmd(a), newAppListCmd(a), newAppShowCmd(a), newAppCreateCmd(a))
}

func newAppListCmd(a *cli.App) *cobra.Command {
	var list apps.List
	var inventory inventoryFlags
	c := &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadJobs, graph.OpReadSecrets, graph.OpReadOwners), // all but the first with --provisioning
		Short:       "List enterprise applications with their ids",
		Long: `List enterprise applications with their ids. With --provisioning, list their
provisioning jobs instead, of the whole tenant: how each is, and what it is set
to. Applications that cannot be read are named, and the exit code is 6.

As JSON, a list of: name, appId, applicationId, servicePrincipalId, applicationTemplateId.

` + inventoryJSON,
		Example: `  scimctl app list --search work

  # The ids of one application, for a script
  scimctl app list --search Workato --jq '.[0].servicePrincipalId'

  # Everything that is provisioned, for a spreadsheet
  scimctl app list --provisioning -o csv`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := inventory.check(c); err != nil {
				return err
			}
			if list.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			if inventory.on {
				return listInventory(a, c, list, inventory)
			}
			apps, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			if len(apps) == 0 && list.Search != "" {
				a.IO.Note("no enterprise application has %q in its name", list.Search)
			}
			return output.List(a.IO.Out, a.Printer, apps,
				cli.Long("name", func(p provisioning.App) string { return p.Name }),
				cli.Column("app id", func(p provisioning.App) string { return p.AppID }),
				cli.Column("application id", func(p provisioning.App) string { return p.ApplicationID }),
				cli.Column("service principal id", func(p provisioning.App) string { return p.ServicePrincipalID }))
		},
	}
	c.Flags().StringVar(&list.Search, "search", "", "only applications with this `text` in their name, in any case")
	inventory.register(a, c)
	return c
}

func newAppCreateCmd(a *cli.App) *cobra.Command {
	var create apps.Create
	c := &cobra.Command{
		Use:         "create <name>",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadTemplates, graph.OpInstantiate, graph.OpReadSyncTemplates),
		Short:       "Create an enterprise application",
		Long: `Create an enterprise application that can be provisioned: a non-gallery one, or
with --template one from the gallery. It returns when the application answers
everywhere; one of that name that is there already, made from the same
template, is left as it is.

As JSON: name, appId, applicationId, servicePrincipalId, applicationTemplateId,
applicationTemplateName, already.`,
		Example: `  scimctl app create "Contoso SCIM"

  # From the gallery
  scimctl app create Workgrid --template Workgrid`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if strings.TrimSpace(args[0]) == "" {
				return exit.Usagef(c, "the name is empty")
			}
			if create.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			create.Name = args[0]
			app, err := create.Do(c.Context())
			if err != nil {
				return err
			}
			switch {
			case app.Already:
				a.Say("%s is there already", app.Name)
			case a.Settings.DryRun:
				a.Say("%s would be created from the template %s", app.Name, app.TemplateName)
			default:
				a.Say("%s is created", app.Name)
			}
			return output.Fields(a.IO.Out, a.Printer, app,
				output.Field{Name: "name", Value: app.Name},
				output.Field{Name: "app id", Value: app.AppID},
				output.Field{Name: "application id", Value: app.ApplicationID},
				output.Field{Name: "service principal id", Value: app.ServicePrincipalID})
		},
	}
	c.Flags().StringVar(&create.Template, "template", "", "create it from this `template` of the gallery: its name or id")
	return c
}
