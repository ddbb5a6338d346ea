package provision

import (
	"context"
	"io"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/logs"
)

func newProvisionLogsCmd(a *cli.App) *cobra.Command {
	entries := logs.Query{Limit: 100}
	var follow bool
	c := &cobra.Command{
		Use:         "logs",
		Annotations: cli.Asks(cli.FindsJob(), graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadGroups, graph.OpReadLogs),
		Short:       "Read the provisioning logs",
		Long: `Read what the provisioning service did with users and groups, and why it did
nothing, newest first. Entries show up some minutes after what they tell; they
are kept for 30 days, without a premium licence for 7.

With --follow, entries are written as they come, the oldest first, until
Ctrl-C; as JSON one object a line.

As JSON, a list of: id, time, action (create, update, delete, disable,
stagedDelete or other), status (success, failure, skipped or warning), type,
sourceId, source, targetId, jobId, cycleId, code, reason, modified[] {name, old,
new}, steps[] {name, type, status, description, details}.`,
		Example: `  scimctl provision logs --app Workato --since 24h --status failure

  scimctl provision logs --user ada@contoso.com --app Workato -o json`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := readsLogs(a, c, &entries); err != nil {
				return err
			}
			if follow {
				entries, err := entries.Follow(c.Context())
				if err != nil {
					return err
				}
				return output.Follow(a.IO.Out, a.Printer, entries, logColumns()...)
			}
			entries, err := entries.Do(c.Context())
			if err != nil {
				return err
			}
			return output.Stream(a.IO.Out, a.Printer, noteWhenEmpty(a, entries, noLogs), logColumns()...)
		},
	}
	logFlags(c, &entries)
	c.Flags().StringVar(&entries.Action, "action", "", "only entries of this `action`: "+strings.Join(logs.Actions(), ", "))
	c.Flags().StringVar(&entries.Status, "status", "", "only entries of this `status`: "+strings.Join(logs.Statuses(), ", "))
	c.Flags().IntVar(&entries.Limit, "limit", entries.Limit, "at most this `number` of entries; 0 for all")
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what comes")
	cli.Exclusive(c, "follow", "until")
	cli.Exclusive(c, "follow", "limit")
	c.AddCommand(newProvisionLogsShowCmd(a), newProvisionLogsStatsCmd(a))
	return c
}

const noLogs = "there are no such entries: they show up some minutes after what they tell, and are kept for 30 days, without a premium licence for 7"

// noteWhenEmpty passes entries on, and says so when there are none.
func noteWhenEmpty(a *cli.App, entries iter.Seq2[logs.Entry, error], note string) iter.Seq2[logs.Entry, error] {
	return func(yield func(logs.Entry, error) bool) {
		empty := true
		for e, err := range entries {
			empty = false
			if !yield(e, err) {
				return
			}
		}
		if empty {
			a.IO.Note("%s", note)
		}
	}
}

// logFlags are those by which entries are chosen, for the list as for the
// statistics.
func logFlags(c *cobra.Command, logs *logs.Query) {
	c.Flags().StringVar(&logs.User, "user", "", "only entries of this `user`, who may be deleted")
	c.Flags().StringVar(&logs.Group, "group", "", "only entries of this `group`")
	c.Flags().StringVar(&logs.Cycle, "cycle", "", "only entries of the cycle of this `id`")
	c.Flags().Var((*flags.MomentValue)(&logs.Since), "since", "only entries since this `time`: 24h, 7d, 2026-03-30 or 2026-03-30T07:00:00Z")
	c.Flags().Var((*flags.MomentValue)(&logs.Until), "until", "only entries before this `time`, written in the same ways")
}

// readsLogs is for commands about the logs of an application.
func readsLogs(a *cli.App, c *cobra.Command, logs *logs.Query) (err error) {
	if logs.Graph, err = a.Connect(c); err != nil {
		return err
	}
	logs.App, logs.Job = a.Settings.App, a.Settings.Job
	return nil
}

func logColumns() []output.Column[logs.Entry] {
	return []output.Column[logs.Entry]{
		cli.Column("time", func(e logs.Entry) string { return cli.Moment(e.Time) }),
		cli.Column("action", func(e logs.Entry) string { return e.Action }),
		cli.Column("status", func(e logs.Entry) string { return e.Status }),
		cli.Column("type", func(e logs.Entry) string { return e.Type }),
		cli.Column("source", func(e logs.Entry) string { return e.Source }),
		cli.Column("code", func(e logs.Entry) string { return e.Code }),
		cli.Column("id", func(e logs.Entry) string { return e.ID }),
		cli.Long("reason", func(e logs.Entry) string { return e.Reason }),
	}
}

func newProvisionLogsShowCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "show <id>",
		Annotations: cli.Asks(nil, graph.OpReadLogs),
		Short:       "Explain an entry of the provisioning logs",
		Long: `Explain one entry of the provisioning logs: its steps, old and new values, and
what its code means and how it is mended. What can be told of the application's
habits is told too: that it did not keep what it took, that it may have emptied
a group, or that it refuses a text where a boolean belongs.

As JSON: the members of provision logs, meaning, remedy.`,
		Example: `  scimctl provision logs show 75b5b0ae-9fc5-8d0e-e0a9-7y6a4728de56

  scimctl provision logs show 75b5b0ae-9fc5-8d0e-e0a9-7y6a4728de56 --jq .modified`,
		RunE: func(c *cobra.Command, args []string) error {
			id := strings.TrimSpace(args[0])
			if id == "" {
				return exit.Usagef(c, "which entry? The id is empty")
			}
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			entry, err := logs.Show{Graph: client, ID: id}.Do(c.Context())
			if err != nil {
				return err
			}
			return output.Text(a.IO.Out, a.Printer, entry, func(w io.Writer) error { return writeLog(a, w, entry) })
		},
	}
}

// writeLog writes an entry for people.
func writeLog(a *cli.App, w io.Writer, e logs.Explained) error {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			iostreams.Fprintf(&b, "%-9s %s\n", name, value)
		}
	}
	line("time", cli.Moment(e.Time))
	line("action", e.Action)
	line("status", e.Status)
	line(strings.ToLower(e.Type), e.Source)
	line("cycle", e.CycleID)
	line("code", e.Code)
	line("reason", e.Reason)
	line("meaning", e.Meaning)
	if len(e.Remedy) > 0 {
		iostreams.Fprintf(&b, "%-9s %s\n", "remedy", a.Hinter().Markup(e.Remedy...))
	}
	for _, s := range e.Steps {
		iostreams.Fprintf(&b, "\n%s, %s: %s\n", s.Type, s.Status, s.Description)
		for _, name := range slices.Sorted(maps.Keys(s.Details)) {
			iostreams.Fprintf(&b, "  %s: %s\n", name, s.Details[name])
		}
	}
	if len(e.Modified) > 0 {
		b.WriteString("\nmodified\n")
	}
	for _, m := range e.Modified {
		iostreams.Fprintf(&b, "  %s: %s -> %s\n", m.Name, orNothing(m.Old), orNothing(m.New))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func orNothing(value *string) string {
	if value == nil {
		return "nothing"
	}
	return strconv.Quote(*value)
}

func newProvisionLogsStatsCmd(a *cli.App) *cobra.Command {
	var logs logs.Query
	c := &cobra.Command{
		Use:         "stats",
		Annotations: cli.Asks(cli.FindsJob(), graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadGroups, graph.OpReadLogs),
		Short:       "Count the provisioning logs by cycle and action",
		Long: `Count the entries of the provisioning logs by cycle and action, the latest
first. All entries are read for that: --since keeps it short.

As JSON, a list of: cycleId, first, last, action, success, failure, skipped,
warning.`,
		Example: `  scimctl provision logs stats --app Workato --since 24h

  scimctl provision logs stats --app Workato --since 7d -o csv`,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := readsLogs(a, c, &logs); err != nil {
				return err
			}
			return tellStats(a, c.Context(), logs)
		},
	}
	logFlags(c, &logs)
	return c
}

func tellStats(a *cli.App, ctx context.Context, entries logs.Query) error {
	stats, err := entries.Stats(ctx)
	if err != nil {
		return err
	}
	if len(stats) == 0 {
		a.IO.Note("%s", noLogs)
	}
	count := func(name string, of func(logs.Count) int) output.Column[logs.Count] {
		return cli.Column(name, func(s logs.Count) string { return strconv.Itoa(of(s)) })
	}
	return output.List(a.IO.Out, a.Printer, stats,
		cli.Column("cycle id", func(s logs.Count) string { return s.CycleID }),
		cli.Column("first", func(s logs.Count) string { return cli.Moment(s.First) }),
		cli.Column("last", func(s logs.Count) string { return cli.Moment(s.Last) }),
		cli.Column("action", func(s logs.Count) string { return s.Action }),
		count("success", func(s logs.Count) int { return s.Success }),
		count("failure", func(s logs.Count) int { return s.Failure }),
		count("skipped", func(s logs.Count) int { return s.Skipped }),
		count("warning", func(s logs.Count) int { return s.Warning }))
}
