package mapping

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings"
)

const whileStopped = "while-stopped"

// stoppable gives the flag --while-stopped to all commands below c that write a
// schema.
func stoppable(c *cobra.Command) {
	for _, sub := range c.Commands() {
		stoppable(sub)
	}
	writes := func(op graph.Operation) bool {
		return op.Name == graph.OpWriteSchema.Name || op.Name == graph.OpResetSchema.Name
	}
	if slices.ContainsFunc(cli.AskedBy(c), writes) {
		c.Flags().Bool(whileStopped, false, "stop a running job for the write, and start it again")
	}
}

// nameIn is the command's name below scimctl, also while it has no parent yet.
func nameIn(c *cobra.Command) string { return strings.TrimPrefix(c.CommandPath(), "scimctl ") }

// updateSchema carries an edit out and tells what changed, or that it was so
// already.
func updateSchema(a *cli.App, c *cobra.Command, already string, update mappings.Update) error {
	if err := prepareUpdate(a, c, &update); err != nil {
		return err
	}
	result, err := update.Do(c.Context())
	return toldUpdate(a, result, err, already)
}

func prepareUpdate(a *cli.App, c *cobra.Command, update *mappings.Update) (err error) {
	if update.Graph, err = a.Connect(c); err != nil {
		return err
	}
	if update.History, err = a.History(); err != nil {
		return err
	}
	update.App, update.Job, update.Reason = a.Settings.App, a.Settings.Job, nameIn(c)
	if update.Confirm == nil {
		update.Confirm = a.ConfirmSchema
	}
	update.Notes = a.Notes()
	update.WhileStopped, err = c.Flags().GetBool(whileStopped)
	return err
}

func toldUpdate(a *cli.App, result mappings.Result, err error, already string) error {
	for _, warning := range result.Warnings {
		a.IO.Warn("%s", warning)
	}
	if result.CopyPath != "" {
		a.TellPipeline("schema-copy", result.CopyPath)
	}
	if err != nil {
		sayRestarted(a, result)
		sayCopy(a, result)
		return err
	}
	sayChanges(a, result, already)
	if a.ForPeople() {
		return nil
	}
	if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return output.List(a.IO.Out, a.Printer, result.Changes, changeColumns()...)
	}
	return output.Fields(a.IO.Out, a.Printer, result)
}

// sayCopy tells where the way back is.
func sayCopy(a *cli.App, result mappings.Result) {
	if result.CopyPath == "" {
		return
	}
	a.IO.Note("the schema as it was before is kept in %s", result.CopyPath)
	a.Note(remedy.Run("to undo this", "mapping restore", result.CopyID))
}

// editsSchema is what a change of the schema asks; the job is stopped and started
// with --while-stopped.
func editsSchema() []graph.Operation {
	return append(cli.ReadsSchema(), graph.OpWriteSchema, graph.OpPauseJob, graph.OpStartJob)
}

// editsFilter asks also who falls out of scope.
func editsFilter() []graph.Operation {
	return append(editsSchema(), graph.OpReadSecrets, graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups)
}
