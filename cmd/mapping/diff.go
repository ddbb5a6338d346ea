package mapping

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
)

func newMappingDiffCmd(a *cli.App) *cobra.Command {
	var path string
	compare := mappings.Compare{}
	c := &cobra.Command{
		Use:         "diff [copy]",
		Annotations: cli.Asks(cli.ReadsSchema()),
		Short:       "Compare the schema with a file or a copy",
		Long: `Show what scimctl mapping import -f would change, or scimctl mapping restore with
the id of a copy: by rule, object and target. What is only written otherwise,
or in another order, is no difference.

  + is in the file or copy alone
  - is in the job's schema alone
  ~ differs: as it is -> as it is in the file or copy

A value of more than 400 characters is cut short around the place where it
differs; JSON, YAML, CSV and TSV have the whole.

The exit code is 0 when they mean the same, and 2 when not.

As JSON: changes[] {object, rule, kind, name, old, new}. object is user or group,
and left out for what belongs to neither; rule is left out where it is the usual
one. kind is enabled, actions, filter, sourceAttribute, targetAttribute, mapping,
rule, objectMapping, directory, attributeList, or member: any other member, whose
name is its path, and old and new are JSON.`,
		Example: `  scimctl mapping diff -f workato.json --app Workato

  # What has changed since the last command that wrote
  scimctl mapping diff latest --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if compare, err = comparison(a, c, path, args, compare); err != nil {
				return err
			}
			changes, err := compare.Do(c.Context())
			if err != nil {
				return err
			}
			if err := writeChanges(a, changes); err != nil {
				return err
			}
			return mappings.Differences(changes)
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return completeCopies(a, c, args, typed)
		},
	}
	documentFlag(c, &path)
	objectFlag(a, c, &compare.Object, "")
	return c
}

// comparison takes a file or a copy, not both.
func comparison(a *cli.App, c *cobra.Command, path string, args []string, compare mappings.Compare) (mappings.Compare, error) {
	if (path != "") == (len(args) > 0) {
		return compare, exit.UsageHint(c, exit.Try("list the copies", "mapping history"), "nothing to compare with: name a file with -f, or a copy")
	}
	var err error
	if path != "" {
		compare.Document, err = readDocument(a, c, path)
	} else {
		compare.CopyID = args[0]
		compare.History, err = a.History()
	}
	if err != nil {
		return compare, err
	}
	compare.Graph, err = a.Connect(c)
	compare.App, compare.Job = a.Settings.App, a.Settings.Job
	return compare, err
}

// writeChanges answers with changes alone.
func writeChanges(a *cli.App, changes []diff.Change) error {
	if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return output.List(a.IO.Out, a.Printer, changes, changeColumns()...)
	}
	return output.Text(a.IO.Out, a.Printer, output.Object{{Name: "changes", Value: changes}}, func(w io.Writer) error {
		for _, line := range changeLines(changes, a.IO.OutStyle()) {
			if _, err := iostreams.Fprintln(w, line); err != nil {
				return err
			}
		}
		return nil
	})
}
