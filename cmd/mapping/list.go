package mapping

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingListCmd(a *cli.App) *cobra.Command {
	var list mappings.List
	c := &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(cli.ReadsSchema()),
		Short:       "List the attribute mappings",
		Long: `List the attribute mappings of users or groups.

As JSON, a list of: target, kind (direct, expression, constant or none),
source, default, match, apply (always or on-create; Graph knows
multi-value-add-only, value-add-only and attribute-add-only too), and flow:
always, when a value is sent also unchanged.

csv, tsv, yaml and json can be handed to mapping add and mapping set with -f.`,
		Example: `  scimctl mapping list --app Workato

  scimctl mapping list --object group --app Workato -o yaml

  scimctl mapping list --app Workato -o csv > mappings.csv`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Graph, err = a.Connect(c); err != nil {
				return err
			}
			list.App, list.Job = a.Settings.App, a.Settings.Job
			found, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			columns := []output.Column[schema.Mapping]{
				cli.Column("target", func(m schema.Mapping) string { return m.Target }),
				cli.Column("kind", func(m schema.Mapping) string { return string(m.Kind) }),
				cli.Long("source", func(m schema.Mapping) string { return m.Source }),
				cli.Column("match", func(m schema.Mapping) string { return matchOf(m) }),
				cli.Column("apply", func(m schema.Mapping) string { return string(m.Apply) }),
				cli.Column("default", func(m schema.Mapping) string { return m.Default }),
			}
			if a.Settings.Output != output.Table || hasFlow(found) {
				columns = append(columns, cli.Column("flow", func(m schema.Mapping) string { return string(m.Flow) }))
			}
			return output.List(a.IO.Out, a.Printer, found, columns...)
		},
	}
	objectFlag(a, c, &list.Object, schema.User)
	return c
}

func matchOf(m schema.Mapping) string {
	if m.Match == 0 {
		return ""
	}
	return fmt.Sprint(m.Match)
}

// hasFlow tells whether any mapping flows otherwise than usual: for people the
// column would mostly be empty.
func hasFlow(list []schema.Mapping) bool {
	return slices.ContainsFunc(list, func(m schema.Mapping) bool { return m.Flow != "" })
}
