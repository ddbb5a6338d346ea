package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/mappings"
)

func newMappingEnableCmd(a *App) *cobra.Command {
	var object string
	c := &cobra.Command{
		Use:   "enable",
		Short: "Turn the mapping of users or groups on",
		Long: `Turn on the mapping of users or of groups, so that they are provisioned.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping enable --object user --app Workato

  scimctl mapping enable --object group --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.updateSchema(c, "the mapping of "+object+"s is enabled already", mappings.Update{Edit: mappings.SetEnabled(object, true)})
		},
	}
	a.objectFlag(c, &object, mappings.User)
	return c
}

func newMappingDisableCmd(a *App) *cobra.Command {
	var object string
	c := &cobra.Command{
		Use:   "disable",
		Short: "Turn the mapping of groups off",
		Long: `Turn off the mapping of groups, so that they are not provisioned. That of users
cannot be turned off.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping disable --object group --app Workato

  scimctl mapping disable --object group --app Workato --dry-run`,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.updateSchema(c, "the mapping of "+object+"s is disabled already", mappings.Update{Edit: mappings.SetEnabled(object, false)})
		},
	}
	a.objectFlag(c, &object, mappings.Group) // the only one that can be turned off
	return c
}

func newMappingActionsCmd(a *App) *cobra.Command {
	var object string
	var enable, disable []string
	c := &cobra.Command{
		Use:   "actions",
		Short: "Choose between create, update and delete",
		Long: `Choose what provisioning may do in the application: create, update and delete
accounts or groups. What neither flag names stays as it is. Without update nobody
is disabled either: scimctl says so and asks.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping actions --enable create,update --app Workato

  # Never delete anybody
  scimctl mapping actions --disable delete --app Workato`,
		RunE: func(c *cobra.Command, _ []string) error {
			if len(enable)+len(disable) == 0 {
				return usagef(c, "which actions? Name some with --enable or --disable: %s", strings.Join(mappings.ActionNames(), ", "))
			}
			return a.updateSchema(c, "the actions are so already", a.namingRisks(mappings.Update{Edit: mappings.ChangeActions(object, enable, disable)}))
		},
	}
	a.objectFlag(c, &object, mappings.User)
	c.Flags().StringSliceVar(&enable, "enable", nil, "turn these `actions` on, with commas between them")
	c.Flags().StringSliceVar(&disable, "disable", nil, "turn these `actions` off, with commas between them")
	return c
}
