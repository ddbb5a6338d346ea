package mapping

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
)

func newMappingHistoryCmd(a *cli.App) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:   "history",
		Short: "List the copies of schemas that were kept",
		Long: `List the copies of schemas on this machine, the newest first: each is the schema
as it was before scimctl wrote another one. With --app or --job only those of
that application or job, unless --all is given. Nothing is asked of Microsoft
Graph.

As JSON, a list of: id, time, app, job, reason (the command that was about to
write), requestId (of the write, for Microsoft's support).`,
		Example: `  scimctl mapping history --app Workato

  scimctl mapping history --all -o json`,
		RunE: func(*cobra.Command, []string) error {
			kept, err := a.History()
			if err != nil {
				return err
			}
			past := history.Past{History: kept, App: a.Settings.App, Job: a.Settings.Job}
			if all {
				past.App, past.Job = "", ""
			}
			copies, damaged, err := past.Do()
			if err != nil {
				return err
			}
			for _, problem := range damaged {
				a.IO.Warn("%v", problem)
			}
			if len(copies) == 0 {
				a.IO.Note("no copies of schemas are kept%s", ofWhom(past))
			}
			return output.List(a.IO.Out, a.Printer, copies,
				cli.Column("id", func(c history.Copy) string { return c.ID }),
				cli.Column("time", func(c history.Copy) string { return cli.Moment(c.Time) }),
				cli.Column("app", func(c history.Copy) string { return c.App }),
				cli.Long("job", func(c history.Copy) string { return c.Job }),
				cli.Column("reason", func(c history.Copy) string { return c.Reason }),
				cli.Long("request id", func(c history.Copy) string { return c.RequestID }))
		},
	}
	c.Flags().BoolVar(&all, "all", false, "list those of every application")
	return c
}

func ofWhom(past history.Past) string {
	switch {
	case past.App != "":
		return " of " + past.App
	case past.Job != "":
		return " of the job " + past.Job
	}
	return ""
}

func newMappingRestoreCmd(a *cli.App) *cobra.Command {
	var restore mappings.Restore
	c := &cobra.Command{
		Use:         "restore <copy>",
		Annotations: cli.Asks(editsFilter(), graph.OpAvailableExtensions),
		Short:       "Bring back a schema that was kept",
		Long: `Bring back the schema that a copy holds, which undoes everything since. The copy
is named by its id, by as much of its beginning as no other copy of the job has,
or as latest: the newest of the job. The present schema is kept first, so that this can be undone as well.

The service gives the schema a new version and sorts it in its own way; it means
the same.

As JSON: changes[] {object, rule, kind, name, old, new}, warnings, copyId,
copyPath, requestId, restarted.`,
		Example: `  # Undo the last command that wrote
  scimctl mapping restore latest --app Workato

  scimctl mapping restore 20260504T030201 --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if restore.History, err = a.History(); err != nil {
				return err
			}
			restore.ID = args[0]
			return updateSchema(a, c, "the schema is so already", replacing(a, mappings.Update{Plan: restore.Plan}, false))
		},
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			return completeCopies(a, c, args, typed)
		},
	}
	c.Flags().BoolVar(&restore.FromOther, "from-other", false, "take a copy of another job too, when it fits this one")
	return c
}

func newMappingResetCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "reset",
		Annotations: cli.Asks(cli.ReadsSchema(), graph.OpReadSyncTemplates, graph.OpResetSchema, graph.OpPauseJob, graph.OpStartJob),
		Short:       "Go back to the default schema",
		Long: `Go back to the schema that the job was made with, as the portal's Restore default
mappings does: mappings, scoping filters and attributes of one's own are gone.
The present schema is kept first; scimctl mapping restore brings it back.

What will change is told by the schema of the job's template. Where that cannot
be read, it is told afterwards.

As JSON: changes[] {object, rule, kind, name, old, new}, warnings, copyId,
copyPath, requestId, restarted.`,
		Example: `  scimctl mapping reset --app Workato --dry-run

  scimctl mapping reset --app Workato`,
		RunE: func(c *cobra.Command, _ []string) error {
			update := mappings.Update{Confirm: func(ctx context.Context, i mappings.Impact) error { return confirmReset(a, ctx, i) }}
			if err := prepareUpdate(a, c, &update); err != nil {
				return err
			}
			result, err := mappings.Reset(update).Do(c.Context())
			return toldUpdate(a, result, err, "the schema is the default already")
		},
	}
}

// confirmReset asks before all that was changed is gone.
func confirmReset(a *cli.App, ctx context.Context, i mappings.Impact) error {
	what := fmt.Sprintf("reset the schema of %s to the defaults: %s is taken back", i.App.Name, words.Count(len(i.Changes), "change"))
	if len(i.Changes) == 0 {
		what = fmt.Sprintf("reset the schema of %s to the defaults: all that was changed in it is taken back", i.App.Name)
	} else if len(i.Changes) > 1 {
		what = strings.Replace(what, " is taken back", " are taken back", 1)
	}
	return confirmAll(a, ctx, i, append([]string{what}, diff.Risks(i.Before, i.After, i.Changes)...))
}

// completeCopies completes the ids of copies; it asks nobody.
func completeCopies(a *cli.App, c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 || a.Load(c) != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	kept, err := a.History()
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	copies, _, _ := history.Past{History: kept, App: a.Settings.App, Job: a.Settings.Job}.Do() // damaged ones cannot be restored
	ids := []cobra.Completion{cobra.CompletionWithDesc(history.Latest, "the newest of the job")}
	for _, kept := range copies {
		ids = append(ids, cobra.CompletionWithDesc(kept.ID, kept.App+", before "+kept.Reason))
	}
	return ids, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}
