package mapping

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingFilterCmd(a *cli.App) *cobra.Command {
	return cli.NewGroup("", "filter", "List and change scoping filters",
		`Scoping filters: which of the users or groups that are assigned (or, with the
scope "all", of the tenant) are provisioned. Whoever passes one of the filters is
in scope; without any filter everybody is.

Who falls out of scope is disabled in the application at the next cycle, unless
provisioning is set to skip deletions of those out of scope.`,
		newMappingFilterListCmd(a), newMappingFilterAddCmd(a), newMappingFilterRemoveCmd(a))
}

func newMappingFilterListCmd(a *cli.App) *cobra.Command {
	var list mappings.ListFilters
	c := &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(cli.ReadsSchema()),
		Short:       "List the scoping filters",
		Long: `List the scoping filters of users or groups.

As JSON, a list of: name, clauses[] {attribute, operator, values[]}.`,
		Example: `  scimctl mapping filter list --app Workato

  scimctl mapping filter list --object group --app Workato -o json`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Graph, err = a.Connect(c); err != nil {
				return err
			}
			list.App, list.Job = a.Settings.App, a.Settings.Job
			found, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			if len(found) == 0 {
				a.IO.Note("no scoping filters: every %s passes", list.Object)
			}
			return output.List(a.IO.Out, a.Printer, found,
				cli.Column("name", func(f schema.Filter) string { return f.Name }),
				cli.Long("clauses", schema.Filter.String))
		},
	}
	objectFlag(a, c, &list.Object, schema.User)
	return c
}

func newMappingFilterAddCmd(a *cli.App) *cobra.Command {
	var add mappings.AddFilter
	c := &cobra.Command{
		Use:         "add <name>",
		Annotations: cli.Asks(editsFilter(), graph.OpReadOperators, graph.OpAvailableExtensions),
		Short:       "Add a scoping filter",
		Long: `Add a scoping filter. All its clauses have to hold; of several filters one is
enough. A filter of that name that is alike is left alone; one that is not is an
error, unless --replace.

A clause is an attribute, an operator, and for most operators a value: all that
follows, quotes around it left out. The operators are those of the job: equals,
not-equals, regex-match, not-regex-match, is-true, is-false, is-null and
is-not-null, and what else it names. Includes takes several values, with
semicolons between them. Upper and lower case count in values. Whoever has no
value passes is-null alone, neither equals nor not-equals. An attribute may be
an extension property by its short name; several values, dates, app roles,
memberships, manager and userType cannot be filtered on.

Before it is saved, scimctl tells how many would fall out of scope and come into
it, and asks when any would fall out.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping filter add Engineers --where 'department equals Engineering' --app Workato

  # Both have to hold
  scimctl mapping filter add 'Staff abroad' --where 'country not-equals US' --where 'employeeId is-not-null' --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			add.Name = args[0]
			return updateSchema(a, c, "the filter "+add.Name+" is so already", showingScope(a, add.Object, mappings.Update{Plan: add.Plan}))
		},
	}
	objectFlag(a, c, &add.Object, schema.User)
	c.Flags().StringArrayVar(&add.Where, "where", nil, "`clause` that has to hold: 'department equals Sales'; may be given several times")
	c.Flags().BoolVar(&add.Replace, "replace", false, "take the place of the filter of that name")
	c.Flags().BoolVar(&add.NewSource, "new-source", false, "filter on an attribute that the attribute list lacks, whatever it is")
	return c
}

func newMappingFilterRemoveCmd(a *cli.App) *cobra.Command {
	var remove mappings.RemoveFilters
	c := &cobra.Command{
		Use:         "remove <name>...",
		Annotations: cli.Asks(editsFilter()),
		Short:       "Remove scoping filters",
		Long: `Remove scoping filters, all in one write. What is not there is left alone, but
for a name that looks like a misspelling: that is an error.

Before that is saved, scimctl tells how many would fall out of scope and come
into it, and asks when any would fall out. Without any filter left everybody
passes.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping filter remove Engineers --app Workato

  scimctl mapping filter remove Engineers 'Staff abroad' --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			remove.Names = args
			return updateSchema(a, c, "already without the filter "+strings.Join(args, ", "),
				showingScope(a, remove.Object, mappings.Update{Plan: remove.Plan}))
		},
	}
	objectFlag(a, c, &remove.Object, schema.User)
	return c
}
