package cmd

import (
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings"
)

const whileStopped = "while-stopped"

// stoppable gives the flag --while-stopped to all commands below c that write a
// schema.
func stoppable(c *cobra.Command, asked map[string][]graph.Operation) {
	for _, sub := range c.Commands() {
		stoppable(sub, asked)
	}
	writes := func(op graph.Operation) bool {
		return op.Name == graph.OpWriteSchema.Name || op.Name == graph.OpResetSchema.Name
	}
	if slices.ContainsFunc(asked[nameIn(c)], writes) {
		c.Flags().Bool(whileStopped, false, "stop a running job for the write, and start it again")
	}
}

// nameIn is the command's name below scimctl, also while it has no parent yet.
func nameIn(c *cobra.Command) string { return strings.TrimPrefix(c.CommandPath(), "scimctl ") }

// updateSchema carries an edit out and tells what changed, or that it was so
// already.
func (a *App) updateSchema(c *cobra.Command, already string, update mappings.Update) error {
	if err := a.prepareUpdate(c, &update); err != nil {
		return err
	}
	result, err := update.Do(c.Context())
	return a.toldUpdate(result, err, already)
}

func (a *App) prepareUpdate(c *cobra.Command, update *mappings.Update) (err error) {
	if update.Graph, err = a.connect(c); err != nil {
		return err
	}
	if update.History, err = a.history(); err != nil {
		return err
	}
	update.App, update.Job, update.Reason = a.Settings.App, a.Settings.Job, nameIn(c)
	if update.Confirm == nil {
		update.Confirm = a.confirmSchema
	}
	update.Notes, update.Notice = a.notes(), a.notice
	update.WhileStopped, err = c.Flags().GetBool(whileStopped)
	return err
}

func (a *App) toldUpdate(result mappings.Result, err error, already string) error {
	for _, warning := range result.Warnings {
		a.IO.Warn("%s", warning)
	}
	if result.CopyPath != "" {
		a.tellPipeline("schema-copy", result.CopyPath)
	}
	if err != nil {
		a.sayRestarted(result)
		a.sayCopy(result)
		return err
	}
	a.sayChanges(result, already)
	if a.forPeople() {
		return nil
	}
	if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return output.List(a.IO.Out, a.Printer, result.Changes, changeColumns()...)
	}
	return output.Fields(a.IO.Out, a.Printer, result)
}

// sayCopy tells where the way back is.
func (a *App) sayCopy(result mappings.Result) {
	if result.CopyPath == "" {
		return
	}
	a.IO.Note("the schema as it was before is kept in %s", result.CopyPath)
	a.note(remedy.Run("to undo this", "mapping restore", result.CopyID))
}

// tellPipeline sets an output of a step in GitHub Actions, from which later
// steps take it: the runner goes away, and its folders with it.
//
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter
func (a *App) tellPipeline(name, value string) {
	path := a.getenv("GITHUB_OUTPUT")
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = iostreams.Fprintf(file, "%s=%s\n", name, value)
		err = firstError(err, file.Close())
	}
	if err != nil {
		a.IO.Warn("the output %s of this step cannot be set: %v", name, err)
	}
}
