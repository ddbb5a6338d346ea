package mapping

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingEnableCmd(a *cli.App) *cobra.Command {
	var object string
	c := &cobra.Command{
		Use:         "enable",
		Annotations: cli.Asks(editsSchema()),
		Short:       "Turn the mapping of users or groups on",
		Long: `Turn on the mapping of users or of groups, so that they are provisioned.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping enable --object user --app Workato

  scimctl mapping enable --object group --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			return updateSchema(a, c, "the mapping of "+object+"s is enabled already", mappings.Update{Edit: mappings.SetEnabled(object, true)})
		},
	}
	objectFlag(a, c, &object, schema.User)
	return c
}

func newMappingDisableCmd(a *cli.App) *cobra.Command {
	var object string
	c := &cobra.Command{
		Use:         "disable",
		Annotations: cli.Asks(editsSchema()),
		Short:       "Turn the mapping of groups off",
		Long: `Turn off the mapping of groups, so that they are not provisioned. That of users
cannot be turned off.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping disable --object group --app Workato

  scimctl mapping disable --object group --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			return updateSchema(a, c, "the mapping of "+object+"s is disabled already", mappings.Update{Edit: mappings.SetEnabled(object, false)})
		},
	}
	objectFlag(a, c, &object, schema.Group) // the only one that can be turned off
	return c
}

func newMappingActionsCmd(a *cli.App) *cobra.Command {
	var object string
	var enable, disable []string
	c := &cobra.Command{
		Use:         "actions",
		Annotations: cli.Asks(editsSchema()),
		Short:       "Choose between create, update and delete",
		Long: `Choose what provisioning may do in the application: create, update and delete
accounts or groups. What neither flag names stays as it is. Without update nobody
is disabled either: scimctl says so and asks. Without a flag, show what it may do
now.

As JSON: object, actions[] without a flag; else changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping actions --app Workato

  scimctl mapping actions --enable create,update --app Workato

  # Never delete anybody
  scimctl mapping actions --disable delete --app Workato`,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(enable)+len(disable) == 0 {
				return listActions(a, c, object)
			}
			return updateSchema(a, c, "the actions are so already", namingRisks(a, mappings.Update{Edit: mappings.ChangeActions(object, enable, disable)}))
		},
	}
	objectFlag(a, c, &object, schema.User)
	c.Flags().StringSliceVar(&enable, "enable", nil, "turn these `actions` on, with commas between them")
	c.Flags().StringSliceVar(&disable, "disable", nil, "turn these `actions` off, with commas between them")
	return c
}

// listActions shows what is done with users or groups.
func listActions(a *cli.App, c *cobra.Command, of string) error {
	client, err := a.Connect(c)
	if err != nil {
		return err
	}
	list, err := mappings.ListActions{Graph: client, App: a.Settings.App, Job: a.Settings.Job, Object: of}.Do(c.Context())
	if err != nil {
		return err
	}
	if len(list) == 0 {
		a.IO.Note("no actions: nothing is done with %ss", of)
	}
	return output.Fields(a.IO.Out, a.Printer, output.Object{{Name: "object", Value: of}, {Name: "actions", Value: list}},
		output.Field{Name: "object", Value: of}, output.Field{Name: "actions", Value: strings.Join(list, ", ")})
}
