package cmd

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/config"
)

// The groups that the help of scimctl shows its commands in.
const (
	groupTenant       = "tenant"
	groupProvisioning = "provisioning"
	groupFile         = "file"
	groupTool         = "tool"
)

// commands are all commands of the first level.
func commands(a *App) []*cobra.Command {
	return []*cobra.Command{
		newAppCmd(a),
		newExtCmd(a),
		newUserCmd(a),
		newRunsCmd(a),
		newAssignmentCmd(a),
		newProvisionCmd(a),
		newWhyCmd(a),
		newCredentialsCmd(a),
		newMappingCmd(a),
		newInitCmd(a),
		newPlanCmd(a),
		newApplyCmd(a),
		newExportCmd(a),
		newSandboxCmd(a),
		newDoctorCmd(a),
		newAuthCmd(a),
		newConfigCmd(a),
		newVersionCmd(a),
		newCompletionCmd(a),
	}
}

func newRoot(a *App) *cobra.Command {
	root := &cobra.Command{
		Use:     "scimctl",
		Version: readBuild().Version,
		Short:   "Provision users from Entra ID to applications",
		Long: `scimctl sets up, changes, runs and explains Microsoft Entra ID's automatic
SCIM user provisioning for an enterprise application, through Microsoft Graph.`,
		Example: `  # Workato's whole guide, in a simulated tenant on this machine
  scimctl sandbox tour

  # Any command works there too
  scimctl app list --sandbox`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRunE: a.begin,
		Args:              noSuchCommand,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.AddGroup(
		&cobra.Group{ID: groupTenant, Title: "Applications and people:"},
		&cobra.Group{ID: groupProvisioning, Title: "Provisioning:"},
		&cobra.Group{ID: groupFile, Title: "The whole set-up as one file:"},
		&cobra.Group{ID: groupTool, Title: "scimctl itself:"},
	)
	config.Register(root.PersistentFlags())
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(printUsage)
	root.SetHelpFunc(printHelp)
	root.AddCommand(commands(a)...)
	root.AddCommand(helpTopics()...)
	root.SetHelpCommand(newHelpCmd())
	root.InitDefaultHelpCmd() // now, not when the command runs, so that it is finished too
	completeSettings(a, root)
	a.completeFlag(root, "app", a.completeApps())
	finish(a, root)
	return root
}

// newGroup makes a command that only holds others.
func newGroup(group, use, short, long string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Long: long, GroupID: group,
		Args: noSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(subs...)
	return c
}

// begin runs before every command. Completion reads the settings later, when
// it has parsed the flags.
func (a *App) begin(c *cobra.Command, _ []string) error {
	if c.Name() == cobra.ShellCompRequestCmd || c.Name() == cobra.ShellCompNoDescRequestCmd {
		return nil
	}
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Annotations[secretAnnotation] != nil {
			a.withhold(f.Value.String())
		}
	})
	return a.load(c)
}

// finish gives every command what all have in common.
func finish(a *App, c *cobra.Command) {
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Hidden = c.HasParent()
	c.SuggestionsMinimumDistance = 2
	if c.Runnable() && c.Args == nil {
		c.Args = arguments(c.Use)
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			a.started = true
			return run(c, args)
		}
	}
	for _, sub := range c.Commands() {
		finish(a, sub)
	}
}

// completeSettings completes the flags that take one of a few values.
func completeSettings(a *App, root *cobra.Command) {
	for _, s := range config.Table() {
		if len(s.Allowed) == 0 {
			continue
		}
		a.completeFlag(root, s.Name, cobra.FixedCompletions(s.Allowed, cobra.ShellCompDirectiveNoFileComp))
	}
}
