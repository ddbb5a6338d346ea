package provision

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/ondemand"
)

// onDemandFlags are whom to provision, and what is expected of it.
type onDemandFlags struct {
	group      string
	members    []string
	expect     ondemand.Expectation
	waitForLog bool
	fromStart  bool
}

func newProvisionOnDemandCmd(a *cli.App) *cobra.Command {
	var flags onDemandFlags
	var expect string
	c := &cobra.Command{
		Use: "on-demand [user...]",
		// the last with --wait-for-log
		Annotations: cli.Asks(cli.ReadsSchema(),
			graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOwnAssignments, graph.OpReadSecrets, graph.OpProvision,
			graph.OpReadLogs,
		),
		Short: "Provision users or a group now",
		Long: `Provision users now and show each step of it, with old and new values. It waits
while the service still sees old values or no assignment; attributes that a
create left out are sent by a second run. Of several users a table tells what
became of each, and --verbose shows the steps of all. The service takes five
requests in ten seconds, and more are sent at that rate.

The exit code is 0 when the state was reached that --expect names, else 8.
Without --expect that is provisioned, or for a user who is not assigned a
deprovisioning that really happened.

With --group a group is provisioned, and of its direct members those named with
--member, or all, five to a request. Who is not in the application yet is left
out of it there, and named: provision them first. What Ctrl-C or a lost connection cuts short
goes on where it was when the same command is run again within a day;
--from-start begins anew.

With --wait-for-log it stays until the provisioning logs show what was done,
some minutes later, and tells the ids of the entries.

As JSON, a list of: subject, state (created, updated, disabled, deleted,
alreadyEqual, succeeded, skipped or failed), code, reason, recommendedAction,
source and target {id, type, displayName, system}, changes[] {attribute, old,
new}, steps[] {name, type, status, description, time, details}, notExported[],
writtenBack[], assigned, runs, reached, changeId, ended, logId, error; with --group one for
each request, with members[] and leftOut[].`,
		Example: `  scimctl provision on-demand ada@contoso.com --app Workato

  # In a pipeline: was the account disabled?
  scimctl provision on-demand ada@contoso.com --app Workato --expect deprovisioned

  # A group and all of its direct members
  scimctl provision on-demand --group Sales --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if flags.expect, err = ondemand.ParseExpectation(expect); err != nil {
				return exit.Usagef(c, "--expect: %w", err)
			}
			if err := flags.check(c, args); err != nil {
				return err
			}
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			if flags.group != "" {
				return onDemandGroup(a, c.Context(), client, flags)
			}
			return onDemandUsers(a, c.Context(), client, args, flags)
		},
	}
	c.Flags().StringVar(&flags.group, "group", "", "provision this `group`: its name or id")
	c.Flags().StringArrayVar(&flags.members, "member", nil, "only this `user` of the group, also one who has left it; may be given several times")
	c.Flags().BoolVar(&flags.fromStart, "from-start", false, "begin a group anew that was cut short")
	c.Flags().StringVar(&expect, "expect", "", "`state` that has to be reached: provisioned, deprovisioned or skipped")
	c.Flags().BoolVar(&flags.waitForLog, "wait-for-log", false, "stay until the provisioning logs show it")
	return c
}

func (f onDemandFlags) check(c *cobra.Command, users []string) error {
	switch {
	case len(users) > 0 && f.group != "":
		return exit.Usagef(c, "a group is provisioned alone: its members are named with --member")
	case len(users) == 0 && f.group == "":
		return exit.Usagef(c, "whom? Name users, or a group with --group")
	case len(f.members) > 0 && f.group == "":
		return exit.Usagef(c, "--member is for a group: name it with --group")
	case f.fromStart && f.group == "":
		return exit.Usagef(c, "--from-start is for a group: name it with --group")
	}
	return nil
}

func onDemandUsers(a *cli.App, ctx context.Context, client *graph.Client, users []string, flags onDemandFlags) error {
	line := a.IO.Progress()
	results, err := ondemand.Users{
		Graph: client, App: a.Settings.App, Job: a.Settings.Job, Users: users, Expect: flags.expect, WaitForLog: flags.waitForLog,
		Progress: func(user string, done, total int) {
			if total > 1 {
				line.Say("%s is being provisioned (%d of %d)", user, done+1, total)
			}
		},
	}.Do(ctx)
	line.Done()
	return cmp.Or(showResults(a, results), err)
}

func onDemandGroup(a *cli.App, ctx context.Context, client *graph.Client, flags onDemandFlags) error {
	state, err := a.Settings.State()
	if err != nil {
		return err
	}
	line := a.IO.Progress()
	done, err := ondemand.Group{
		Graph: client, App: a.Settings.App, Job: a.Settings.Job, Group: flags.group, Members: flags.members, Expect: flags.expect,
		WaitForLog: flags.waitForLog, FromStart: flags.fromStart, Bookmarks: ondemand.LastRunsIn(state),
		Progress: func(done, total int) {
			if total > 1 {
				line.Say("%d of %d requests answered", done, total)
			}
		},
	}.Do(ctx)
	line.Done()
	if len(done.Nested) > 0 {
		a.IO.Warn("members of nested groups are not provisioned: %s", bounds.Names(done.Nested))
	}
	if done.Earlier > 0 {
		a.IO.Note("%d members were provisioned %s already, by a run that was cut short; --from-start begins anew", done.Earlier, cli.Moment(done.At))
	}
	return cmp.Or(showGroup(a, done), err)
}

func showGroup(a *cli.App, done ondemand.GroupResult) error {
	results := make([]ondemand.Result, len(done.Runs))
	for i, run := range done.Runs {
		results[i] = run.Result
		if len(done.Runs) > 1 {
			results[i].Subject += ": " + strings.Join(run.Members, ", ")
		}
	}
	if a.ForPeople() || a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
		return showResults(a, results)
	}
	return output.List[ondemand.GroupRun](a.IO.Out, a.Printer, done.Runs)
}

// showResults shows what became of one user or group step by step, and of
// several in a table, unless the steps of all are asked for.
func showResults(a *cli.App, results []ondemand.Result) error {
	if a.Settings.DryRun {
		for _, r := range results {
			a.Say("%s would be provisioned", r.Subject)
		}
	}
	if !a.ForPeople() {
		if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
			return output.List(a.IO.Out, a.Printer, changesOf(results), subjectColumns()...)
		}
		return output.List[ondemand.Result](a.IO.Out, a.Printer, results)
	}
	for _, r := range results {
		if r.State == ondemand.Disabled && r.Assigned {
			a.IO.Warn("%s is assigned, and the service, which does not see that yet, has disabled the account: run this again in a while", r.Subject)
		}
		if len(r.WrittenBack) > 0 {
			a.IO.Warn("%s: the service saw an older value of %s at first and sent that, then the present one", r.Subject, strings.Join(r.WrittenBack, ", "))
		}
	}
	happened := slices.DeleteFunc(slices.Clone(results), func(r ondemand.Result) bool {
		return r.State == "" && (r.Error == "" || len(results) == 1) // the error of the only one is told as such
	})
	if len(happened) > 1 && !a.Settings.Verbose {
		return output.List(a.IO.Out, a.Printer, happened, outcomeColumns()...)
	}
	for i, result := range happened {
		if i > 0 {
			iostreams.Fprintln(a.IO.Out)
		}
		if err := showResult(a, a.IO.Out, result); err != nil {
			return err
		}
	}
	return nil
}

// outcomeColumns are for what became of each of several.
func outcomeColumns() []output.Column[ondemand.Result] {
	return []output.Column[ondemand.Result]{
		cli.Column("subject", func(r ondemand.Result) string { return r.Subject }),
		cli.Column("state", func(r ondemand.Result) string { return cmp.Or(string(r.State), "unknown") }),
		cli.Column("reached", func(r ondemand.Result) string { return cli.YesNo(r.Reached) }),
		cli.Column("changes", func(r ondemand.Result) string { return strconv.Itoa(len(r.Changes)) }),
		cli.Long("reason", func(r ondemand.Result) string { return cmp.Or(r.Error, r.Reason, r.Code) }),
	}
}

// showResult tells what happened to one subject: the verdict, the steps, and
// what was sent.
func showResult(a *cli.App, w io.Writer, r ondemand.Result) error {
	iostreams.Fprintf(w, "%s: %s\n\n", a.IO.OutStyle().Bold(r.Subject), verdict(a.Settings.App, r))
	if r.LogID != "" {
		a.Note(remedy.Run("to see it in the logs", "provision logs show", r.LogID))
	}
	err := output.List(w, a.Printer, r.Steps,
		cli.Column("step", func(s ondemand.Step) string { return s.Type }),
		cli.Column("status", func(s ondemand.Step) string { return s.Status }),
		cli.Long("description", func(s ondemand.Step) string { return s.Description }))
	if err != nil || len(r.Changes) == 0 {
		return err
	}
	iostreams.Fprintln(w)
	err = output.List(w, a.Printer, r.Changes,
		cli.Column("attribute", func(p ondemand.Change) string { return p.Attribute }),
		cli.Column("old", func(p ondemand.Change) string { return p.Old }),
		cli.Column("new", func(p ondemand.Change) string { return p.New }))
	for _, name := range r.NotExported {
		a.IO.Warn("%s has a value and was not sent; a reference, such as a manager, follows when the other account is there", name)
	}
	return err
}

func verdict(app string, r ondemand.Result) string {
	if r.Error != "" {
		return r.Error
	}
	words := map[ondemand.Outcome]string{
		ondemand.AlreadyEqual: "nothing to do, source and application are equal",
	}[r.State]
	if words == "" {
		words = string(r.State)
	}
	if r.Target.System != "" && r.State != ondemand.Skipped {
		words += fmt.Sprintf(" in %s (%s)", app, r.Target.System)
	}
	if r.Runs > 1 {
		words += fmt.Sprintf(", in %d runs", r.Runs)
	}
	if r.Code != "" {
		words += " (" + r.Code + ")"
	}
	return words
}

// A subjectChange is one change of one subject, as csv wants it.
type subjectChange struct {
	ondemand.Change
	subject string
	state   ondemand.Outcome
}

func changesOf(results []ondemand.Result) []subjectChange {
	var all []subjectChange
	for _, r := range results {
		for _, change := range r.Changes {
			all = append(all, subjectChange{change, r.Subject, r.State})
		}
	}
	return all
}

func subjectColumns() []output.Column[subjectChange] {
	return []output.Column[subjectChange]{
		cli.Column("subject", func(s subjectChange) string { return s.subject }),
		cli.Column("state", func(s subjectChange) string { return string(s.state) }),
		cli.Column("attribute", func(s subjectChange) string { return s.Attribute }),
		cli.Column("old", func(s subjectChange) string { return s.Old }),
		cli.Column("new", func(s subjectChange) string { return s.New }),
	}
}
