package mapping

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

func newMappingCopyCmd(a *cli.App) *cobra.Command {
	var copying mappings.CopyFrom
	c := &cobra.Command{
		Use:         "copy",
		Annotations: cli.Asks(editsFilter(), graph.OpAvailableExtensions),
		Short:       "Copy the mappings of another application",
		Long: `Copy the mappings of another application, all in one write: attribute mappings
with the attributes that they need, scoping filters, target object actions, and
whether groups are provisioned. Without --object those of users and of groups.

Extension properties of the other application become those of the same short
name of this one, which must have them. Mappings that only this application has
stay, unless --prune. What is the same already is left alone.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping copy --from-app Workato --app 'Workday Reporting' --dry-run

  # Users alone, and nothing but what Workato has
  scimctl mapping copy --from-app Workato --object user --prune --app 'Workday Reporting' --yes`,
		RunE: func(c *cobra.Command, _ []string) error {
			if copying.App == "" {
				return exit.Usagef(c, "from which application? Name it with --from-app")
			}
			update := replacing(a, mappings.Update{Plan: copying.Plan}, false)
			scope := update.Show
			update.Show = func(ctx context.Context, i mappings.Impact) error {
				sayRisks(a, i)
				return scope(ctx, i)
			}
			return updateSchema(a, c, "the mappings are those of "+copying.App+" already", update)
		},
	}
	c.Flags().StringVar(&copying.App, "from-app", "", "copy the mappings of this `application`")
	c.Flags().StringVar(&copying.Job, "from-job", "", "its `job`, when it has several")
	c.Flags().BoolVar(&copying.Prune, "prune", false, "remove the mappings that the other application lacks")
	objectFlag(a, c, &copying.Object, "")
	a.CompleteFlag(c, "from-app", a.CompleteApps())
	return c
}
