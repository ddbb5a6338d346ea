package cmd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning"
)

// onDemandFlags are whom to provision, and what is expected of it.
type onDemandFlags struct {
	group   string
	members []string
	expect  provisioning.Expectation
}

func newProvisionOnDemandCmd(a *App) *cobra.Command {
	var flags onDemandFlags
	var expect string
	c := &cobra.Command{
		Use:   "on-demand [user...]",
		Short: "Provision users or a group now",
		Long: `Provision users now and show each step of it, with old and new values. It waits
while the service still sees old values or no assignment; attributes that a
create left out are sent by a second run.

The exit code is 0 when the state was reached that --expect names, else 8.
Without --expect that is provisioned, or for a user who is not assigned a
deprovisioning that really happened.

With --group a group is provisioned, and of its direct members those named with
--member, or all.

As JSON, a list of: subject, state (created, updated, disabled, deleted,
alreadyEqual, succeeded, skipped or failed), code, reason, recommendedAction,
source and target {id, type, displayName, system}, changes[] {attribute, old,
new}, steps[] {name, type, status, description, time, details}, notExported[],
assigned, runs.`,
		Example: `  scimctl provision on-demand ada@contoso.com --app Workato

  # In a pipeline: was the account disabled?
  scimctl provision on-demand ada@contoso.com --app Workato --expect deprovisioned`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if flags.expect, err = provisioning.ParseExpectation(expect); err != nil {
				return usagef(c, "--expect: %w", err)
			}
			switch {
			case len(args) > 0 && flags.group != "":
				return usagef(c, "a group is provisioned alone: its members are named with --member")
			case len(args) == 0 && flags.group == "":
				return usagef(c, "whom? Name users, or a group with --group")
			case len(flags.members) > 0 && flags.group == "":
				return usagef(c, "--member is for a group: name it with --group")
			}
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			results, err := a.onDemand(c.Context(), client, args, flags)
			return firstError(a.showResults(results), err)
		},
	}
	c.Flags().StringVar(&flags.group, "group", "", "provision this `group`: its name or id")
	c.Flags().StringArrayVar(&flags.members, "member", nil, "only this `user` of the group, also one who has left it; may be given several times")
	c.Flags().StringVar(&expect, "expect", "", "`state` that has to be reached: provisioned, deprovisioned or skipped")
	return c
}

func (a *App) onDemand(ctx context.Context, client *graph.Client, users []string, flags onDemandFlags) ([]provisioning.Result, error) {
	line := a.IO.Progress()
	defer line.Done()
	if flags.group != "" {
		return a.onDemandGroup(ctx, client, flags, line)
	}
	return a.onDemandUsers(ctx, client, users, flags, line)
}

func (a *App) onDemandGroup(ctx context.Context, client *graph.Client, flags onDemandFlags, line *iostreams.Line) ([]provisioning.Result, error) {
	done, err := provisioning.OnDemandGroup{
		Graph: client, App: a.Settings.App, Job: a.Settings.Job, Group: flags.group, Members: flags.members, Expect: flags.expect,
		Progress: func(done, total int) { line.Say("%d of %d requests answered", done, total) },
	}.Do(ctx)
	if len(done.Nested) > 0 {
		a.IO.Warn("members of nested groups are not provisioned: %s", strings.Join(done.Nested, ", "))
	}
	results := make([]provisioning.Result, len(done.Runs))
	for i, run := range done.Runs {
		results[i] = run.Result
	}
	return results, err
}

// onDemandUsers provisions one after the other, since the service takes five
// requests in ten seconds, and goes on after one that did not reach its state.
func (a *App) onDemandUsers(ctx context.Context, client *graph.Client, users []string, flags onDemandFlags, line *iostreams.Line) ([]provisioning.Result, error) {
	var results []provisioning.Result
	var errs []error
	for i, user := range users {
		if len(users) > 1 {
			line.Say("%s is being provisioned (%d of %d)", user, i+1, len(users))
		}
		result, err := provisioning.OnDemand{Graph: client, App: a.Settings.App, Job: a.Settings.Job, User: user, Expect: flags.expect}.Do(ctx)
		if result.Subject != "" {
			results = append(results, result)
		}
		if errs = append(errs, err); ctx.Err() != nil {
			break
		}
	}
	return results, errors.Join(errs...)
}

func (a *App) showResults(results []provisioning.Result) error {
	if a.Settings.DryRun {
		for _, r := range results {
			a.say("%s would be provisioned", r.Subject)
		}
	}
	if !a.forPeople() {
		if a.Settings.Output == output.CSV || a.Settings.Output == output.TSV {
			return output.List(a.IO.Out, a.Printer, changesOf(results), subjectColumns()...)
		}
		return output.List[provisioning.Result](a.IO.Out, a.Printer, results)
	}
	happened := slices.DeleteFunc(slices.Clone(results), func(r provisioning.Result) bool { return r.State == "" })
	for i, result := range happened {
		if i > 0 {
			fmt.Fprintln(a.IO.Out)
		}
		if err := a.showResult(a.IO.Out, result); err != nil {
			return err
		}
	}
	return nil
}

// showResult tells what happened to one subject: the verdict, the steps, and
// what was sent.
func (a *App) showResult(w io.Writer, r provisioning.Result) error {
	fmt.Fprintf(w, "%s: %s\n\n", a.IO.OutStyle().Bold(r.Subject), verdict(a.Settings.App, r))
	err := output.List(w, a.Printer, r.Steps,
		column("step", func(s provisioning.Step) string { return s.Type }),
		column("status", func(s provisioning.Step) string { return s.Status }),
		long("description", func(s provisioning.Step) string { return s.Description }))
	if r.State == provisioning.Disabled && r.Assigned {
		a.IO.Warn("%s is assigned, and the service, which does not see that yet, has disabled the account: run this again in a while", r.Subject)
	}
	if err != nil || len(r.Changes) == 0 {
		return err
	}
	fmt.Fprintln(w)
	err = output.List(w, a.Printer, r.Changes,
		column("attribute", func(p provisioning.Change) string { return p.Attribute }),
		column("old", func(p provisioning.Change) string { return p.Old }),
		column("new", func(p provisioning.Change) string { return p.New }))
	for _, name := range r.NotExported {
		a.IO.Warn("%s has a value and was not sent; a reference, such as a manager, follows when the other account is there", name)
	}
	return err
}

func verdict(app string, r provisioning.Result) string {
	words := map[provisioning.Outcome]string{
		provisioning.AlreadyEqual: "nothing to do, source and application are equal",
	}[r.State]
	if words == "" {
		words = string(r.State)
	}
	if r.Target.System != "" && r.State != provisioning.Skipped {
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
	provisioning.Change
	subject string
	state   provisioning.Outcome
}

func changesOf(results []provisioning.Result) []subjectChange {
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
		column("subject", func(s subjectChange) string { return s.subject }),
		column("state", func(s subjectChange) string { return string(s.state) }),
		column("attribute", func(s subjectChange) string { return s.Attribute }),
		column("old", func(s subjectChange) string { return s.Old }),
		column("new", func(s subjectChange) string { return s.New }),
	}
}
