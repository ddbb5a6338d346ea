package user

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph/remedy"
)

func NewRuns(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTenant, "runs", "Look at bulk runs, go on with them, take them back",
		`The runs of user set-role for many users, as they are kept on this machine: the
input, what was to be replaced by what, and each write that Graph confirmed. A run
that was cut short goes on where it was, and one that was wrong can be taken back.
The last fifty that are finished are kept. None holds a secret.`,
		newRunsListCmd(a), newRunsShowCmd(a), newRunsResumeCmd(a), newRunsUndoCmd(a))
}

func runColumns() []output.Column[bulk.Run] {
	number := func(name string, n func(bulk.Run) int) output.Column[bulk.Run] {
		return cli.Column(name, func(r bulk.Run) string { return strconv.Itoa(n(r)) })
	}
	return []output.Column[bulk.Run]{
		cli.Column("run", func(r bulk.Run) string { return r.ID }),
		cli.Column("app", func(r bulk.Run) string { return r.App }),
		cli.Long("input", func(r bulk.Run) string { return r.Input }),
		cli.Column("status", func(r bulk.Run) string { return runStatus(r) }),
		number("rows", func(r bulk.Run) int { return r.Rows }),
		number("changed", func(r bulk.Run) int { return r.Changed }),
		number("failed", func(r bulk.Run) int { return r.Failed }),
	}
}

func runStatus(r bulk.Run) string {
	if r.Undone != "" {
		return "undone"
	}
	return string(r.Status)
}

func newRunsListCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List bulk runs",
		Long: `List bulk runs, with --app those of one application, the newest first. One that is running, or was cut short, has
changed as many as its journal says; one that cannot be read is damaged, and in
nobody's way.

As JSON, a list of the members of runs show.`,
		Example: `  scimctl runs list

  # Those that were cut short
  scimctl runs list --jq '.[] | select(.status == "unfinished") | .id'`,
		RunE: func(c *cobra.Command, _ []string) error {
			runs, err := runs(a)
			if err != nil {
				return err
			}
			list, err := runs.List()
			if err != nil {
				return err
			}
			if c.Flags().Changed("app") { // what the profile names is not asked for
				list = slices.DeleteFunc(list, func(r bulk.Run) bool { return !isAbout(r, a.Settings.App) })
			}
			if len(list) == 0 {
				a.Note(remedy.Run("there is no bulk run yet; to start one", "user set-role").Flag("file", "FILE"))
			}
			for _, run := range list {
				if run.Problem != "" {
					a.IO.Warn("%s", run.Problem)
				}
			}
			return output.List(a.IO.Out, a.Printer, list, runColumns()...)
		},
	}
}

// isAbout tells whether a run is about an application; of a damaged one nobody knows.
func isAbout(r bulk.Run, app string) bool {
	return r.Status == bulk.Damaged || strings.EqualFold(r.App, app) || strings.EqualFold(r.AppID, app)
}

func newRunsShowCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "show <run>",
		Short: "Show a bulk run",
		Long: `Show a bulk run. One that another has taken back is undone.

As JSON: id, what (set or undo), of, app, appId, input, columns[] {name,
fullName}, status (running, unfinished, finished or damaged), started, ended,
rows, changed, unchanged, failed, undone (by which run), problem.`,
		Example: `  scimctl runs show 20261124-093000-ab12`,
		RunE: func(_ *cobra.Command, args []string) error {
			runs, err := runs(a)
			if err != nil {
				return err
			}
			run, err := runs.Get(args[0])
			if err != nil {
				return err
			}
			fields := []output.Field{}
			for _, col := range runColumns() {
				fields = append(fields, output.Field{Name: col.Name, Value: col.Cell(run)})
			}
			return output.Fields(a.IO.Out, a.Printer, run, append(fields,
				output.Field{Name: "unchanged", Value: strconv.Itoa(run.Unchanged)},
				output.Field{Name: "started", Value: cli.Moment(run.Started)},
				output.Field{Name: "ended", Value: cli.Moment(run.Ended)},
				output.Field{Name: "undone by", Value: run.Undone},
				output.Field{Name: "folder", Value: runs.Folder(run.ID)})...)
		},
	}
}

// againFlags are for what goes on with a run, or back.
type againFlags struct {
	most      int
	rejects   string
	provision bool
	quota     int
}

func (f *againFlags) register(c *cobra.Command) {
	c.Flags().IntVar(&f.most, "max-changes", 0, "change no more than this `number` of users, and else nobody; 0 for any number")
	c.Flags().StringVar(&f.rejects, "rejects", "", "write the rows that fail to this `file`, instead of one beside the journal")
	c.Flags().BoolVar(&f.provision, "provision", false, "then provision those who changed, unless the next cycle comes first")
	quotaFlag(c, &f.quota)
}

func newRunsResumeCmd(a *cli.App) *cobra.Command {
	var f againFlags
	c := &cobra.Command{
		Use:         "resume <run>",
		Annotations: cli.Asks(setsRoles()),
		Short:       "Go on with a bulk run that was cut short",
		Long: `Go on with a bulk run that was cut short, from the copy of its input. What Graph
has confirmed is not written again; of the others it is read anew what they have.
The same user set-role does the same, as long as its input is the same.

As JSON: the members of user set-role --file.`,
		Example: `  scimctl runs resume 20261124-093000-ab12`,
		RunE: func(c *cobra.Command, args []string) error {
			return again(a, c, args[0], f, func(ctx context.Context, r bulk.Resume) (bulk.Summary, error) { return r.Do(ctx) })
		},
	}
	f.register(c)
	return c
}

func newRunsUndoCmd(a *cli.App) *cobra.Command {
	var f againFlags
	c := &cobra.Command{
		Use:         "undo <run>",
		Annotations: cli.Asks(setsRoles()),
		Short:       "Put back what a bulk run replaced",
		Long: `Put back the values that a bulk run replaced, of those users who still have what
the run wrote; what somebody has changed since is left alone. It is a run itself:
it can go on when it was cut short, and be undone.

As JSON: the members of user set-role --file, and undoneBefore: the run that had
done it already.`,
		Example: `  scimctl runs undo 20261124-093000-ab12 --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			return again(a, c, args[0], f, func(ctx context.Context, r bulk.Resume) (bulk.Summary, error) {
				return bulk.Undo(r).Do(ctx)
			})
		},
	}
	f.register(c)
	return c
}

func again(a *cli.App, c *cobra.Command, id string, f againFlags, do func(context.Context, bulk.Resume) (bulk.Summary, error)) error {
	if err := checkLimits(c, f.most, f.quota); err != nil {
		return err
	}
	runs, err := runs(a)
	if err != nil {
		return err
	}
	run, err := runs.Get(id)
	if err != nil {
		return err
	}
	if a.Settings.App == "" {
		a.Settings.App = run.AppID
	}
	client, err := a.Graph(c.Context())
	if err != nil {
		return err
	}
	client.AllowWrites(f.quota)
	if f.provision && a.Settings.App != run.App && a.Settings.App != run.AppID {
		return exit.Usagef(c, "the run is about %s, not %s", run.App, fmt.Sprintf("%q", a.Settings.App))
	}
	return bulkRun(a, c.Context(), f.provision, func(ctx context.Context, hooks bulk.Hooks) (bulk.Summary, error) {
		return do(ctx, bulk.Resume{Graph: client, Run: id, Most: f.most, Rejects: f.rejects, Runs: runs, Hooks: hooks})
	})
}
