// Package why has the command that says why a user is or is not in an
// application.
package why

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/why"
)

func New(a *cli.App) *cobra.Command {
	var why why.Why
	var now string
	c := &cobra.Command{
		Use: "why <user>",
		Annotations: cli.Asks(cli.ReadsSchema(),
			graph.OpReadSecrets, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadOwnAssignments,
			graph.OpReadGroups, graph.OpReadLogs,
		),
		GroupID: cli.GroupProvisioning,
		Short:   "Tell why a user is, or is not, in the application",
		Long: `Tell why a user is, or is not, in an application: the account in Entra, also of
somebody who was deleted; what assigns them; the scope and its filters; what is
sent, and what is not; the job; and what the logs say. First comes the verdict,
in a sentence, with the command that mends it. Nothing is written, and the
application is not asked anything: whether it has an account is what the logs
tell, which are kept for 30 days, without a premium licence for 7.

The exit code is 0 for a user who is provisioned or due to be, else 8. With
--verbose all attributes are listed, else those with something to say.

As JSON: user, app {the members of app list}, account {id, displayName, userType,
enabled, deleted, onPremises}, assignment {assigned, defaultAccessOnly, by[]
{principal, principalId, type, role, roleId, since, counts, obstacle (nested or
notSecurityEnabled), within[]}, notRead}, scope (assigned or all),
skipOutOfScopeDeletions, inScope, undecided, filters[] {filter, input, attribute,
operator, values[], has[], passed, unknown}, matching[] and attributes[] {the
attributes of mapping preview}, job {id, templateId, state, running, mapped,
actions[], credentials, lastCycle, nextCycle, progress[], quarantine}, logs[] {the
members of provision logs, meaning, remedy}, logsNotRead, verdict {state,
sentence, command[] (its words), also[] {state, sentence, command[]}},
provisioned. State is provisioned, incomplete, due or unlogged; else noJob,
deleted, accountDisabled, mappingDisabled, noMatchingValue, dropped, notAssigned,
nestedOnly, notSecurityEnabled, filteredOut, undecided, createOff, noCredentials,
quarantine, stopped, failed or notKept; in also[] groupAtRisk too. What does not
apply is left out.`,
		Example: `  scimctl why ada@contoso.com --app Workato

  # What is the matter, in one word
  scimctl why ada@contoso.com --app Workato --jq .verdict.state`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if why.User = strings.TrimSpace(args[0]); why.User == "" {
				return exit.Usagef(c, "which user? The name is empty")
			}
			if why.Now, err = flags.TimeOf(c, "now", now); err != nil {
				return err
			}
			if why.Graph, err = a.Connect(c); err != nil {
				return err
			}
			why.App, why.Job = a.Settings.App, a.Settings.Job
			report, err := why.Do(c.Context())
			if err != nil {
				return err
			}
			report = withCommands(a, report)
			err = output.Text(a.IO.Out, a.Printer, report, func(w io.Writer) error { return writeWhy(a, w, report) })
			return cmp.Or(err, a.Shown(report.Check()))
		},
	}
	c.Flags().StringVar(&now, "now", "", "evaluate Now() in mappings as of this `time`, such as 2026-03-01 or 2026-03-01T09:00:00Z")
	return c
}

// withCommands gives the remarks of a report the words of their commands.
func withCommands(a *cli.App, r why.Report) why.Report {
	r.Verdict.Also = slices.Clone(r.Verdict.Also)
	remarks := []*why.Remark{&r.Verdict.Remark}
	for i := range r.Verdict.Also {
		remarks = append(remarks, &r.Verdict.Also[i])
	}
	for _, remark := range remarks {
		if len(remark.Fix.Args) > 0 {
			remark.Command = a.Hinter().Words(remark.Fix)
		}
	}
	return r
}
