package app

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

func newAppShowCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use: "show [app]",
		Annotations: cli.Asks(cli.ReadsSchema(),
			graph.OpReadTemplates, graph.OpReadSyncTemplates, graph.OpReadSecrets, graph.OpReadAssignments,
			graph.OpReadExtensions, graph.OpReadOwners,
		),
		Short: "Show an application, its roles and provisioning",
		Long: `Show everything about an application that provisioning depends on: its ids and
template, the roles that users and groups can be given, its jobs and what they
do, the tenant URL and which secrets are saved, the settings, how many are
assigned, its extension properties and who owns it. Without an argument it is
the application of --app. What the caller may not read is named and left out.

As JSON: name, appId, applicationId, servicePrincipalId, applicationTemplateId,
applicationTemplateName, gallery, provisions, syncTemplates[], roles[] {id,
name, value, enabled, forUsers}, jobs[] {id, templateId, state, objects[] {kind,
enabled, actions[]}}, tenantUrl, secrets[] {key, masked, setting}, settings {the
members of provision settings}, assignments {users, groups, others},
extensionProperties[], owners[] {id, name, type, ofApplication,
ofServicePrincipal}, notReadable[] {part, reason}. A secret's value is never
shown.`,
		Example: `  scimctl app show Workato

  scimctl app show Workato -o json --jq '.roles[].name'`,
		ValidArgsFunction: cli.First(a.CompleteApps()),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.Settings.App = args[0]
			}
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			app, err := apps.Show{Graph: client, App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			for _, part := range app.Refused {
				a.IO.Warn("the %s cannot be read: %s", part.Part, part.Reason)
			}
			return output.Fields(a.IO.Out, a.Printer, app, appFields(app)...)
		},
	}
}

func appFields(app apps.Details) []output.Field {
	template := app.TemplateName
	if template == "" {
		template = app.TemplateID
	}
	fields := []output.Field{
		{Name: "name", Value: app.Name},
		{Name: "app id", Value: app.AppID},
		{Name: "application id", Value: app.ApplicationID},
		{Name: "service principal id", Value: app.ServicePrincipalID},
		{Name: "template", Value: template},
		{Name: "can be provisioned", Value: cli.YesNo(app.Provisions)},
		{Name: "roles", Value: joined(app.Roles, roleCell)},
		{Name: "jobs", Value: joined(app.Jobs, jobCell)},
		{Name: "mappings", Value: mappingsCell(app.Jobs)},
		{Name: "tenant url", Value: app.TenantURL},
		{Name: "saved", Value: joined(app.Secrets, func(k credentials.SavedKey) string { return k.Key })},
	}
	if len(app.Secrets) > 0 {
		fields = append(fields, cli.SettingsFields("", app.Settings)[1:]...)
	}
	return append(fields,
		output.Field{Name: "assignments", Value: assignmentsCell(app.Assignments)},
		output.Field{Name: "extension properties", Value: strings.Join(app.Extensions, ", ")},
		output.Field{Name: "owners", Value: joined(app.Owners, ownerCell)})
}

// joined writes a list into one cell; what is "" is left out.
func joined[T any](items []T, cell func(T) string) string {
	var cells []string
	for _, item := range items {
		if text := cell(item); text != "" {
			cells = append(cells, text)
		}
	}
	return strings.Join(cells, ", ")
}

func roleCell(r apps.Role) string {
	switch {
	case !r.Enabled || !r.ForUsers:
		return ""
	case r.Value != "":
		return fmt.Sprintf("%s (%s)", r.Name, r.Value)
	}
	return r.Name
}

func jobCell(j apps.JobDetails) string { return fmt.Sprintf("%s (%s)", j.ID, j.State) }

// mappingsCell tells what is done with users and groups; of several jobs,
// which one does it.
func mappingsCell(jobs []apps.JobDetails) string {
	return joined(jobs, func(j apps.JobDetails) string {
		does := joined(j.Objects, objectCell)
		if len(jobs) > 1 && does != "" {
			return j.TemplateID + ": " + does
		}
		return does
	})
}

func objectCell(o apps.Object) string {
	switch {
	case !o.Enabled:
		return o.Kind + " off"
	case len(o.Actions) == 0:
		return o.Kind + " without actions"
	}
	return o.Kind + " " + strings.Join(o.Actions, "+")
}

func assignmentsCell(n apps.AssignmentCounts) string {
	cell := fmt.Sprintf("%d users, %d groups", n.Users, n.Groups)
	if n.Others > 0 {
		cell += fmt.Sprintf(", %d applications", n.Others)
	}
	return cell
}

func ownerCell(o apps.Owner) string {
	name := o.Name
	if name == "" {
		name = o.ID
	}
	switch {
	case !o.OfServicePrincipal:
		return name + " (application only)"
	case !o.OfApplication:
		return name + " (service principal only)"
	}
	return name
}
