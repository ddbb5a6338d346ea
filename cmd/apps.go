package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning"
)

func newAppCmd(a *App) *cobra.Command {
	return newGroup(groupTenant, "app", "Find and create enterprise applications",
		`Find and create enterprise applications.

Every application has three ids: the appId (also called client id), the object
id of the application, and that of its service principal. Wherever scimctl
takes an application, it takes its name or any of the three.`,
		newAppListCmd(a), newAppShowCmd(a), newAppCreateCmd(a))
}

func newAppListCmd(a *App) *cobra.Command {
	var list provisioning.ListApps
	c := &cobra.Command{
		Use:   "list",
		Short: "List enterprise applications with their ids",
		Long: `List enterprise applications with their ids.

As JSON, a list of: name, appId, applicationId, servicePrincipalId, applicationTemplateId.`,
		Example: `  scimctl app list --search work

  # The ids of one application, for a script
  scimctl app list --search Workato --jq '.[0].servicePrincipalId'`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			apps, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			if len(apps) == 0 && list.Search != "" {
				a.IO.Note("no enterprise application has %q in its name", list.Search)
			}
			return output.List(a.IO.Out, a.Printer, apps,
				long("name", func(p provisioning.App) string { return p.Name }),
				column("app id", func(p provisioning.App) string { return p.AppID }),
				column("application id", func(p provisioning.App) string { return p.ApplicationID }),
				column("service principal id", func(p provisioning.App) string { return p.ServicePrincipalID }))
		},
	}
	c.Flags().StringVar(&list.Search, "search", "", "only applications with this `text` in their name, in any case")
	return c
}

func newAppShowCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "show [app]",
		Short: "Show an application, its roles and provisioning",
		Long: `Show an application: its ids, the roles that users and groups can be given,
whether it can be provisioned, and its provisioning jobs. Without an argument
it is the one of --app.

As JSON: name, appId, applicationId, servicePrincipalId, applicationTemplateId,
applicationTemplateName, gallery, provisions, syncTemplates[], roles[] {id,
name, value, enabled, forUsers}, jobs[] {id, templateId, state}.`,
		Example: `  scimctl app show Workato

  scimctl app show Workato -o json --jq '.roles[].name'`,
		ValidArgsFunction: first(a.completeApps()),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.Settings.App = args[0]
			}
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			app, err := provisioning.ShowApp{Graph: client, App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			return output.Fields(a.IO.Out, a.Printer, app, appFields(app)...)
		},
	}
}

func appFields(app provisioning.AppDetails) []output.Field {
	roles, jobs := []string{}, []string{}
	for _, r := range app.Roles {
		if r.Enabled && r.ForUsers {
			roles = append(roles, r.Name)
		}
	}
	for _, j := range app.Jobs {
		jobs = append(jobs, fmt.Sprintf("%s (%s)", j.ID, j.State))
	}
	template := app.TemplateName
	if template == "" {
		template = app.TemplateID
	}
	return []output.Field{
		{Name: "name", Value: app.Name},
		{Name: "app id", Value: app.AppID},
		{Name: "application id", Value: app.ApplicationID},
		{Name: "service principal id", Value: app.ServicePrincipalID},
		{Name: "template", Value: template},
		{Name: "can be provisioned", Value: yesNo(app.Provisions)},
		{Name: "roles", Value: strings.Join(roles, ", ")},
		{Name: "jobs", Value: strings.Join(jobs, ", ")},
	}
}

func newAppCreateCmd(a *App) *cobra.Command {
	var create provisioning.CreateApp
	c := &cobra.Command{
		Use:   "create <name>",
		Short: "Create an enterprise application",
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
				return usagef(c, "the name is empty")
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
				a.say("%s is there already", app.Name)
			case a.Settings.DryRun:
				a.say("%s would be created from the template %s", app.Name, app.TemplateName)
			default:
				a.say("%s is created", app.Name)
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
