package user

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/provisioning/ondemand"
)

// mostTallies bounds what is shown of the changes before the question.
const mostTallies = 15

// lay says a line of a plan: in any case to who is going to be asked about it.
func lay(a *cli.App, format string, args ...any) {
	if a.Settings.Yes && !a.Settings.DryRun {
		a.IO.Note(format, args...)
		return
	}
	a.IO.Say(format, args...)
}

// showRows tells before the question what a run is going to do.
func showRows(a *cli.App, sum bulk.Summary) {
	if sum.Resumed {
		lay(a, "run %s goes on: %d done before", sum.Run, sum.Changed)
	}
	if sum.Rows == 0 {
		lay(a, "%s: nobody", sum.Input)
		return
	}
	lay(a, "%s: %s, %d to change, %d as they should be, %d that cannot be carried out", sum.Input, words.Count(sum.Rows, "row"), sum.ToChange, sum.Unchanged+sum.Repeated, sum.Failed)
	for i, t := range sum.Changes {
		if i == mostTallies {
			lay(a, "  and %d more, all of them with --dry-run", len(sum.Changes)-i)
			break
		}
		lay(a, "  %s: %s becomes %s for %d", t.Attribute, cmp.Or(cli.OneLineOf(t.Old), "nothing"), cmp.Or(cli.OneLineOf(t.New), "nothing"), t.Users)
	}
	if sum.ToChange > 0 { // which they are, only Graph's answers tell
		lay(a, "  accounts of administrators may be refused by Graph: they are told in the end, and keep nobody else waiting")
	}
	showProblems(a, sum)
	warnOf(a, sum)
}

// mostProblems is how many rows are named for people.
const mostProblems = 5

func showProblems(a *cli.App, sum bulk.Summary) {
	for _, r := range sum.Reasons {
		lay(a, "  %s: %s", words.Count(r.Rows, "row"), r.Reason)
	}
	for i, p := range sum.Problems {
		if i == mostProblems {
			lay(a, "  …")
			break
		}
		where := fmt.Sprintf("line %d", p.Line)
		if p.User != "" {
			where += ", " + p.User
		}
		lay(a, "  %s: %s", where, p.Reason)
	}
}

// warnOf tells what else should be known before the first write.
func warnOf(a *cli.App, sum bulk.Summary) {
	if sum.Clearing > 0 {
		what := fmt.Sprintf("%d values are", sum.Clearing)
		if sum.Clearing == 1 {
			what = "1 value is"
		}
		a.IO.Warn("%s cleared: the application keeps the last one, since a cleared value is never sent; what revokes a role there is a value such as %s, which set-role --revoke writes",
			what, extattr.RevokingRole)
	}
	warnOfColumns(a, sum)
	if len(sum.Nested) > 0 {
		a.IO.Warn("members of groups within the group are not among them: %s; --transitive takes them too", bounds.Names(sum.Nested))
	}
	for i, s := range sum.Several {
		if i == mostTallies {
			a.IO.Warn("%d more are in several of the groups", len(sum.Several)-i)
			break
		}
		a.IO.Warn("%s is in %s: %s, of the first, is taken", s.User, strings.Join(s.Groups, " and "), s.Role)
	}
}

func warnOfColumns(a *cli.App, sum bulk.Summary) {
	if len(sum.Passed) > 0 {
		a.IO.Warn("columns that stand for nothing here, and are passed over: %s", bounds.Names(sum.Passed))
	}
}

// showSummary tells what a run has done, or in a dry run would do. Of one that
// was not begun there is nothing to tell.
func showSummary(a *cli.App, sum bulk.Summary, err error) error {
	if err != nil && !isPartial(err) && !errors.As(err, new(*bulk.CutShortError)) && !errors.As(err, new(*graph.NotReplicatedError)) {
		return nil
	}
	switch {
	case sum.UndoneBefore != "":
	case a.Settings.DryRun:
		showRows(a, sum)
		if sum.ToChange == 0 {
			a.Say("nobody would change")
		} else {
			a.Say("%s, %s", countUsers(sum.ToChange, "would change", "would change"), about(sum))
		}
		if a.ForPeople() {
			return output.List(a.IO.Out, a.Printer, sum.Changes, tallyColumns()...)
		}
		if (a.Settings.Output == output.CSV || a.Settings.Output == output.TSV) && !a.Settings.JQ.IsSet() {
			return output.Stream(a.IO.Out, a.Printer, sum.Planned, plannedColumns()...)
		}
	case sum.ToChange == 0:
		showProblems(a, sum)
		warnOf(a, sum)
	default:
		showRefused(a, sum)
	}
	if a.ForPeople() {
		a.IO.Note("%s", ending(sum))
		if sum.Verified > 0 && sum.Verified < sum.Changed {
			a.IO.Note("Verified %d of %s; to verify all of them, run scimctl user verify-role with the same flags.",
				sum.Verified, words.Count(sum.Changed, "user"))
		}
		if sum.Run != "" && sum.Changed > 0 {
			a.Note(remedy.Run("to undo this", "runs undo", sum.Run))
		}
		return nil
	}
	return output.One(a.IO.Out, a.Printer, sum, summaryColumns()...)
}

// showRefused tells of rows that Graph refused, which the plan could not.
func showRefused(a *cli.App, sum bulk.Summary) {
	for _, r := range sum.Reasons {
		if r.Refused {
			a.IO.Say("  %s refused: %s", words.Count(r.Rows, "row"), r.Reason)
		}
	}
}

func ending(sum bulk.Summary) string {
	if sum.UndoneBefore != "" {
		return "it is undone already, by run " + sum.UndoneBefore
	}
	if sum.Rows == 0 {
		return sum.Input + ": nobody, and nothing to do"
	}
	parts := []string{fmt.Sprintf("%d changed", sum.Changed), fmt.Sprintf("%d unchanged", sum.Unchanged+sum.Repeated)}
	if sum.LeftAlone > 0 {
		parts = append(parts, fmt.Sprintf("%d left alone, changed by somebody else since", sum.LeftAlone))
	}
	if sum.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", sum.Failed))
	}
	text := strings.Join(parts, ", ")
	if sum.Rejects != "" {
		text += "; the rows that failed are in " + sum.Rejects
	}
	return text
}

func isPartial(err error) bool {
	_, partial := errors.AsType[*bulk.RowsFailedError](err)
	return partial
}

func plannedColumns() []output.Column[bulk.Change] {
	return []output.Column[bulk.Change]{
		cli.Column("user", func(c bulk.Change) string { return c.User }),
		cli.Column("attribute", func(c bulk.Change) string { return c.Attribute }),
		cli.Column("old", func(c bulk.Change) string { return c.Old }),
		cli.Column("new", func(c bulk.Change) string { return c.New }),
	}
}

func tallyColumns() []output.Column[bulk.Tally] {
	return []output.Column[bulk.Tally]{
		cli.Column("attribute", func(t bulk.Tally) string { return t.Attribute }),
		cli.Column("old", func(t bulk.Tally) string { return t.Old }),
		cli.Column("new", func(t bulk.Tally) string { return t.New }),
		cli.Column("users", func(t bulk.Tally) string { return strconv.Itoa(t.Users) }),
	}
}

func summaryColumns() []output.Column[bulk.Summary] {
	number := func(name string, n func(bulk.Summary) int) output.Column[bulk.Summary] {
		return cli.Column(name, func(s bulk.Summary) string { return strconv.Itoa(n(s)) })
	}
	return []output.Column[bulk.Summary]{
		cli.Column("run", func(s bulk.Summary) string { return s.Run }),
		number("rows", func(s bulk.Summary) int { return s.Rows }),
		number("changed", func(s bulk.Summary) int { return s.Changed }),
		number("unchanged", func(s bulk.Summary) int { return s.Unchanged + s.Repeated }),
		number("failed", func(s bulk.Summary) int { return s.Failed }),
		cli.Column("rejects", func(s bulk.Summary) string { return s.Rejects }),
	}
}

// gauge is how far a run is, with a bar on a terminal.
func gauge(a *cli.App, p bulk.Progress) string {
	done := p.Done + p.Failed
	text := fmt.Sprintf("%d of %d written", done, p.Total)
	if p.Failed > 0 {
		text += fmt.Sprintf(", %d failed", p.Failed)
	}
	if seconds := p.Took.Seconds(); seconds >= 1 {
		text += fmt.Sprintf(", %.0f/s", float64(done)/seconds)
	}
	if p.Left > 0 {
		text += fmt.Sprintf(", %s left", p.Left.Round(time.Second))
	}
	if !a.IO.ErrIsTerminal() || p.Total == 0 {
		return text
	}
	const width = 24
	full := width * done / p.Total
	return "[" + strings.Repeat("#", full) + strings.Repeat(" ", width-full) + "] " + text
}

// provisionChanged provisions those whom a run has changed, unless a cycle
// comes sooner.
func provisionChanged(a *cli.App, ctx context.Context, ids []string) error {
	client, err := a.Graph(ctx)
	if err != nil {
		return err
	}
	line := a.IO.Progress()
	defer line.Done()
	done, err := ondemand.FollowUp{
		Graph: client, App: a.Settings.App, Job: a.Settings.Job, Users: ids,
		Progress: func(user string, done, total int) {
			line.Say("%s is being provisioned (%d of %d)", user, done+1, total)
		},
	}.Do(ctx)
	line.Done()
	if done.Left > 0 {
		a.IO.Note("the next cycle, at %s, takes all %d sooner than they could be provisioned one by one, which takes %s", cli.Moment(done.NextCycle), done.Left, done.Needs)
		return nil
	}
	if err == nil {
		a.IO.Note("%d provisioned", len(done.Results))
	}
	return err
}
