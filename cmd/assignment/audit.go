package assignment

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/assignment"
)

func newAssignmentAuditCmd(a *cli.App) *cobra.Command {
	var strict bool
	c := &cobra.Command{
		Use:         "audit",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups, graph.OpReadDeletedUsers),
		Short:       "Look for what is odd about who is assigned",
		Long: `Look for what is odd about who is assigned to an application, and change
nothing. A warning is about people who are provisioned otherwise than it seems:

  nestedGroups        a group holds groups: their members are missed
  notSecurityEnabled  a group that provisioning does not look into
  principalDeleted    somebody who is assigned and was deleted

The rest is for information:

  defaultAccess       an assignment without a role; it is provisioned like any
                      other, though guides from before 2020 deny it
  reachedTwice        a user is assigned directly and by groups, or by several
  userDisabled        a user is assigned and disabled in Entra
  holdsSeveralRoles   users have several roles; mapping check tells whether
                      only one of them is sent

The exit code is 0, with --strict 9 when there is a warning. With --verbose the
table tells what to do.

As JSON, a list of: severity (warning or info), code, type, principal,
principalId, problem, remedy. What does not apply is left out.`,
		Example: `  scimctl assignment audit --app Workato --verbose

  # Fail a pipeline when a warning appears
  scimctl assignment audit --app Workato --strict --jq '.[] | select(.severity == "warning") | .problem'`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			findings, err := assignment.Audit{Graph: client, App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			if err := output.List(a.IO.Out, a.Printer, findings, auditColumns(a)...); err != nil {
				return err
			}
			for _, f := range findings {
				a.Remedies(strings.TrimPrefix(f.Principal+": "+f.Problem, ": "), f.Remedy)
			}
			if len(findings) == 0 {
				a.IO.Note("nothing is odd about who is assigned to %s", a.Settings.App)
			}
			return assignment.AuditResult(a.Settings.App, findings, strict)
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "end with exit code 9 when there is a warning")
	return c
}

func auditColumns(a *cli.App) []output.Column[assignment.AuditFinding] {
	columns := []output.Column[assignment.AuditFinding]{
		cli.Column("severity", func(f assignment.AuditFinding) string { return string(f.Severity) }),
		cli.Column("type", func(f assignment.AuditFinding) string { return f.Type }),
		cli.Column("principal", func(f assignment.AuditFinding) string { return f.Principal }),
		cli.Long("problem", func(f assignment.AuditFinding) string { return f.Problem }),
	}
	if !a.ForPeople() {
		columns = append(columns, cli.Long("remedy", func(f assignment.AuditFinding) string { return a.Hinter().Text(f.Remedy) }))
	}
	return columns
}
