package cmd

import (
	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/app"
	"github.com/scimctl/scimctl/cmd/assignment"
	"github.com/scimctl/scimctl/cmd/auth"
	"github.com/scimctl/scimctl/cmd/blueprint"
	configcmd "github.com/scimctl/scimctl/cmd/config"
	"github.com/scimctl/scimctl/cmd/credentials"
	"github.com/scimctl/scimctl/cmd/doctor"
	"github.com/scimctl/scimctl/cmd/ext"
	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/mapping"
	"github.com/scimctl/scimctl/cmd/provision"
	"github.com/scimctl/scimctl/cmd/sandbox"
	"github.com/scimctl/scimctl/cmd/user"
	"github.com/scimctl/scimctl/cmd/why"
)

// commands are all commands of the first level.
func commands(a *cli.App) []*cobra.Command {
	return []*cobra.Command{
		app.New(a),
		ext.New(a),
		user.New(a),
		user.NewRuns(a),
		assignment.New(a),
		provision.New(a),
		why.New(a),
		credentials.New(a),
		mapping.New(a),
		blueprint.NewInit(a),
		blueprint.NewPlan(a),
		blueprint.NewApply(a),
		blueprint.NewExport(a),
		sandbox.New(a),
		doctor.New(a),
		auth.New(a),
		configcmd.New(a),
		cli.NewVersionCmd(a),
		cli.NewCompletionCmd(a),
	}
}

func newRoot(a *cli.App) *cobra.Command {
	root := &cobra.Command{
		Use:     "scimctl",
		Version: cli.ReadBuild().Version,
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
		PersistentPreRunE: a.Begin,
		Args:              cli.NoSuchCommand,
		RunE:              func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.AddGroup(
		&cobra.Group{ID: cli.GroupTenant, Title: "Applications and people:"},
		&cobra.Group{ID: cli.GroupProvisioning, Title: "Provisioning:"},
		&cobra.Group{ID: cli.GroupFile, Title: "The whole set-up as one file:"},
		&cobra.Group{ID: cli.GroupTool, Title: "scimctl itself:"},
	)
	config.Register(root.PersistentFlags())
	root.SetFlagErrorFunc(cli.FlagError)
	root.SetUsageFunc(cli.PrintUsage)
	root.SetHelpFunc(cli.PrintHelp)
	root.AddCommand(commands(a)...)
	root.AddCommand(cli.HelpTopics()...)
	root.SetHelpCommand(cli.NewHelpCmd())
	root.InitDefaultHelpCmd() // now, not when the command runs, so that it is finished too
	completeSettings(a, root)
	a.CompleteFlag(root, "app", a.CompleteApps())
	finish(a, root)
	return root
}

// finish gives every command what all have in common.
func finish(a *cli.App, c *cobra.Command) {
	c.InitDefaultHelpFlag()
	c.Flags().Lookup("help").Hidden = c.HasParent()
	c.SuggestionsMinimumDistance = 2
	if c.Runnable() && c.Args == nil {
		c.Args = cli.Arguments(c.Use)
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			a.Started = true
			return run(c, args)
		}
	}
	for _, sub := range c.Commands() {
		finish(a, sub)
	}
}

// completeSettings completes the flags that take one of a few values.
func completeSettings(a *cli.App, root *cobra.Command) {
	for _, s := range config.Table() {
		if len(s.Allowed) == 0 {
			continue
		}
		a.CompleteFlag(root, s.Name, cobra.FixedCompletions(s.Allowed, cobra.ShellCompDirectiveNoFileComp))
	}
}
