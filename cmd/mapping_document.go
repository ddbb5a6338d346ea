package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingExportCmd(a *App) *cobra.Command {
	var path string
	var force bool
	c := &cobra.Command{
		Use:   "export",
		Short: "Write the schema to a file",
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
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			document, err := mappings.Export{Graph: client, App: a.Settings.App, Job: a.Settings.Job}.Do(c.Context())
			if err != nil {
				return err
			}
			document = append(bytes.TrimRight(document, "\n"), '\n')
			if path != "" && path != "-" {
				return a.writeNew(c, path, document, force)
			}
			return a.writeDocument(document)
		},
	}
	c.Flags().StringVar(&path, "out", "", "write to this `file`; - is standard output")
	c.Flags().BoolVar(&force, "force", false, "replace the file")
	return c
}

// writeDocument writes JSON that is not ours to standard output as it is.
func (a *App) writeDocument(document []byte) error {
	asItIs := func(w io.Writer) error {
		_, err := w.Write(document)
		return err
	}
	if a.Settings.Output == output.JSON && !a.Settings.JQ.IsSet() {
		return asItIs(a.IO.Out)
	}
	return output.Text(a.IO.Out, a.Printer, json.RawMessage(document), asItIs)
}

// writeNew writes a file that is not there yet, or may be replaced. Such files
// are given to others, so a secret that a server has put into its answer is
// redacted.
func (a *App) writeNew(c *cobra.Command, path string, content []byte, force bool) error {
	content = []byte(a.secrets.Redact(string(content)))
	there, err := bounds.ReadFile(path, int64(len(content))+1)
	if _, larger := errors.AsType[*bounds.Error](err); larger {
		err = nil // it holds something else
	}
	switch {
	case err == nil && bytes.Equal(there, content):
		a.say("%s holds this already", path)
		return nil
	case err == nil && !force:
		return &fileThereError{Path: path}
	case err == nil || errors.Is(err, fs.ErrNotExist):
		err = private.WriteFile(path, bytes.NewReader(content))
	}
	if err != nil {
		return usagef(c, "--out %s: %w", path, withoutPath(err))
	}
	a.IO.Note("written to %s", path)
	return nil
}

// withoutPath is the cause alone: the path is not that which was asked for.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}

func newMappingImportCmd(a *App) *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "import",
		Short: "Replace the schema by that in a file",
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
				return usagef(c, "which file? Name it with -f; - is standard input")
			}
			document, err := a.readDocument(c, path)
			if err != nil {
				return err
			}
			return a.updateSchema(c, "the schema is so already", a.replacing(mappings.Update{Plan: mappings.Import{Document: document}.Plan}, true))
		},
	}
	documentFlag(c, &path)
	return c
}

func documentFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "file", "f", "", "the schema in this `file`, exported or kept; - is standard input")
}

// readDocument reads the schema in a file, or from standard input.
func (a *App) readDocument(c *cobra.Command, path string) ([]byte, error) {
	raw, err := a.readFile(path, bounds.Document)
	if err == nil {
		raw, err = plaintext.Decode(raw)
	}
	if err != nil {
		return nil, usagef(c, "--file %s: %w", path, withoutPath(err))
	}
	document, err := history.Document(path, raw)
	if err != nil {
		return nil, err
	}
	if _, err = schema.Parse(bytes.Clone(document)); err != nil {
		return nil, usagef(c, "--file %s: %w", path, withoutPath(err))
	}
	return document, nil
}
