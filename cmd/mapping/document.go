package mapping

import (
	"bytes"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingExportCmd(a *cli.App) *cobra.Command {
	var path string
	var force bool
	c := &cobra.Command{
		Use:         "export",
		Annotations: cli.Asks(cli.ReadsSchema()),
		Short:       "Write the schema to a file",
		Long: `Write the synchronization schema of the job: mappings, scoping filters, attribute
lists and all else that belongs to it, every byte as Microsoft Graph answered.
It holds no secrets. scimctl mapping import brings it back.

Without --out it goes to standard output. A file that is there is replaced only
with --force, unless it holds the same.

The JSON is Graph's own, whatever -o says; --jq and -o yaml are made from it.`,
		Example: `  scimctl mapping export --out workato.json --app Workato

  # The expressions alone
  scimctl mapping export --app Workato --jq '.. | .expression? // empty'`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			document, err := mappings.Export{Graph: client, App: a.Settings.App, Job: a.Settings.Job}.Do(c.Context())
			if err != nil {
				return err
			}
			document = append(bytes.TrimRight(document, "\n"), '\n')
			if path != "" && path != "-" {
				return a.WriteNew(c, path, document, force)
			}
			return a.WriteDocument(document)
		},
	}
	c.Flags().StringVar(&path, "out", "", "write to this `file`; - is standard output")
	c.Flags().BoolVar(&force, "force", false, "replace the file")
	return c
}

func newMappingImportCmd(a *cli.App) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:         "import",
		Annotations: cli.Asks(editsFilter(), graph.OpAvailableExtensions),
		Short:       "Replace the schema by that in a file",
		Long: `Replace the whole schema of the job by one that was exported: mappings, scoping
filters and attribute lists. The file may be of another job, if that was made
from the same template: id and version stay those of this job.

It is checked before anything is sent. A target or a source that no attribute
list has, an expression that does not parse, two mappings for one target,
nothing to match by, a rule that the job does not have: all of it is told, and
nothing is sent. An error that the present schema has as well is let pass.

A file that means the same as the present schema is not sent. scimctl mapping
diff -f shows before what would change.

As JSON: changes[] {object, rule, kind, name, old, new}, warnings, copyId,
copyPath, requestId, restarted.`,
		Example: `  scimctl mapping import -f workato.json --app Workato --dry-run

  scimctl mapping export --app Workato | scimctl mapping import -f - --app Workato`,
		RunE: func(c *cobra.Command, _ []string) error {
			if path == "" {
				return exit.Usagef(c, "which file? Name it with -f; - is standard input")
			}
			document, err := readDocument(a, c, path)
			if err != nil {
				return err
			}
			return updateSchema(a, c, "the schema is so already", replacing(a, mappings.Update{Plan: mappings.Import{Document: document}.Plan}, true))
		},
	}
	documentFlag(c, &path)
	return c
}

func documentFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "file", "f", "", "the schema in this `file`, exported or kept; - is standard input")
}

// readDocument reads the schema in a file, or from standard input.
func readDocument(a *cli.App, c *cobra.Command, path string) ([]byte, error) {
	raw, err := a.ReadFile(path, bounds.Document)
	if err == nil {
		raw, err = plaintext.Decode(raw)
	}
	if err != nil {
		return nil, exit.Usagef(c, "--file %s: %w", path, cli.WithoutPath(err))
	}
	document, err := history.Document(path, raw)
	if err != nil {
		return nil, err
	}
	if _, err = schema.Parse(bytes.Clone(document)); err != nil {
		return nil, exit.Usagef(c, "--file %s: %w", path, cli.WithoutPath(err))
	}
	return document, nil
}
