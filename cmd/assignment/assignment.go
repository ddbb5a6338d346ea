// Package assignment has the commands for the assignments of an application.
package assignment

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/assignment"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTenant, "assignment", "Assign users and groups to an application",
		`Assign users and groups to an application. Provisioning with the scope
"assigned" reaches those who are assigned, and the direct members of assigned
groups; members of nested groups are not reached.`,
		newAssignmentListCmd(a), newAssignmentAddCmd(a), newAssignmentRemoveCmd(a), newAssignmentAuditCmd(a))
}

func newAssignmentListCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadAssignments, graph.OpReadUsers, graph.OpReadGroups),
		Short:       "List who is assigned to an application",
		Long: `List who is assigned to an application. The members of an assigned group count
as assigned and are not listed themselves: the table says how many direct members
it has, of which provisioning reaches the users.

As JSON, a list of: id, principal, principalId, type, role, roleId, created,
userPrincipalName (of a user), members (of a group).`,
		Example: `  scimctl assignment list --app Workato

  scimctl assignment list --app Workato -o csv`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			rows, err := assignment.List{Graph: client, App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				a.IO.Note("nobody is assigned to %s", a.Settings.App)
			}
			return output.List(a.IO.Out, a.Printer, rows,
				cli.Column("type", func(r assignment.Assignment) string { return r.Type }),
				cli.Long("principal", func(r assignment.Assignment) string { return r.Principal }),
				cli.Column("user principal name", func(r assignment.Assignment) string { return r.UserPrincipalName }),
				cli.Column("members", memberCount),
				cli.Column("role", func(r assignment.Assignment) string { return r.Role }),
				cli.Column("created", func(r assignment.Assignment) string { return cli.Moment(r.Created) }),
				cli.Column("principal id", func(r assignment.Assignment) string { return r.PrincipalID }))
		},
	}
}

// memberCount is how many members a group has; "" for others.
func memberCount(r assignment.Assignment) string {
	if r.Members == nil {
		return ""
	}
	return strconv.Itoa(*r.Members)
}

func newAssignmentAddCmd(a *cli.App) *cobra.Command {
	var add assignment.Add
	var file string
	c := &cobra.Command{
		Use:         "add [user...]",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOwnAssignments, graph.OpAssign),
		Short:       "Assign users and groups",
		Long: `Assign users and groups to an application. Without --role they get its role
"User", else the first that users can have. Who is assigned already stays so.
Everybody is looked up before the first is assigned; whom Graph then refuses does
not keep the others from being assigned, and the exit code is 6.

A group has to be security-enabled, and the tenant needs Entra ID P1 for it; it
may have dynamic members. Provisioning reaches its direct members only: a warning
names the groups within it. Another names users who are disabled in Entra.

With --file, a file or with - standard input names users, one on a line; empty
lines and those that begin with # are passed over.

As JSON, a list of: id, name, type, role, already, warnings[].`,
		Example: `  scimctl assignment add ada@contoso.com --app Workato

  scimctl assignment add --group Sales --role User --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if add.Users, err = namedUsers(a, c, args, file); err != nil {
				return err
			}
			if len(add.Users)+len(add.Groups) == 0 {
				return exit.Usagef(c, "whom? Name users, or groups with --group")
			}
			if add.Graph, err = a.Connect(c); err != nil {
				return err
			}
			add.App = a.Settings.App
			rows, err := add.Do(c.Context())
			if len(rows) == 0 {
				return err
			}
			return cmp.Or(err, listAssigned(a, rows))
		},
	}
	c.Flags().StringArrayVar(&add.Groups, "group", nil, "assign this `group`: its name or id; may be given several times")
	c.Flags().StringVar(&add.Role, "role", "", "in this `role` of the application: its name, value or id")
	c.Flags().StringVarP(&file, "file", "f", "", "assign the users in this `file` too, - for standard input")
	return c
}

// namedUsers are the users of the arguments, then those of the file.
func namedUsers(a *cli.App, c *cobra.Command, args []string, file string) ([]string, error) {
	if !c.Flags().Changed("file") {
		return args, nil
	}
	text, err := a.ReadInput(c, "file", file, bounds.Document)
	if err != nil {
		return nil, err
	}
	users := slices.Clone(args)
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			users = append(users, line)
		}
	}
	if len(users) == len(args) {
		return nil, exit.Usagef(c, "--file: %s names nobody", file)
	}
	return users, nil
}

func listAssigned(a *cli.App, rows []assignment.Assigned) error {
	var made, there []string
	for _, row := range rows {
		if row.Already {
			there = append(there, row.Name)
		} else {
			made = append(made, row.Name)
		}
	}
	for _, row := range rows {
		for _, warning := range row.Warnings {
			a.IO.Warn("%s", a.Hinter().Markup(warning))
		}
	}
	if len(made) > 0 {
		a.Say("%s %s to %s", strings.Join(made, ", "), a.Would("assigned"), a.Settings.App)
	}
	if len(there) > 0 {
		a.Say("%s: assigned already", strings.Join(there, ", "))
	}
	return output.List(a.IO.Out, a.Printer, rows,
		cli.Column("type", func(r assignment.Assigned) string { return r.Type }),
		cli.Column("name", func(r assignment.Assigned) string { return r.Name }),
		cli.Column("role", func(r assignment.Assigned) string { return r.Role }))
}

func newAssignmentRemoveCmd(a *cli.App) *cobra.Command {
	var remove assignment.Remove
	c := &cobra.Command{
		Use: "remove [user...]",
		Annotations: cli.Asks(cli.FindsApp(),
			graph.OpReadUsers, graph.OpReadGroups, graph.OpReadOwnAssignments, graph.OpReadAssignments, graph.OpUnassign,
		),
		Short: "Take users and groups off an application",
		Long: `Take users and groups off an application: all their roles, or that of --role.
Who is not assigned in another way then is deprovisioned: at the next cycle, or
at once with provision on-demand, the application is sent an update that disables
the account (active: false), as long as IsSoftDeleted is mapped and updates are
on. It is sent nothing when the scope is all users, or when out-of-scope
deletions are skipped. The account is not deleted, also not when the user is
deleted from the tenant later: unassigned, they are no longer looked at.

Who is not in the directory any more is named by the object id.

As JSON, a list of: id, name, type, roles[], already, follows (nothing,
disableAtNextCycle, stillAssigned or membersAtNextCycle), still[].`,
		Example: `  scimctl assignment remove ada@contoso.com --app Workato

  scimctl assignment remove --group Sales --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if len(args)+len(remove.Groups) == 0 {
				return exit.Usagef(c, "whom? Name users, or groups with --group")
			}
			if remove.Graph, err = a.Connect(c); err != nil {
				return err
			}
			remove.App, remove.Users, remove.Confirm = a.Settings.App, args, a.ConfirmRisk
			rows, err := remove.Do(c.Context())
			if len(rows) == 0 {
				return err
			}
			return cmp.Or(err, listRemoved(a, rows))
		},
	}
	c.Flags().StringArrayVar(&remove.Groups, "group", nil, "take this `group` off: its name or id; may be given several times")
	c.Flags().StringVar(&remove.Role, "role", "", "only this `role`: its name, value or id")
	return c
}

func listRemoved(a *cli.App, rows []assignment.Removed) error {
	for _, row := range rows {
		switch row.Follows {
		case assignment.FollowsNothing:
			a.Say("%s is not assigned to %s: nothing to remove", row.Name, a.Settings.App)
		case assignment.FollowsStillThere:
			a.Say("%s %s, but stays in scope: still assigned as %s", row.Name, a.Would("removed"), strings.Join(row.Still, ", "))
		case assignment.FollowsDisable:
			a.Say("%s %s; the next cycle disables the account", row.Name, a.Would("removed"))
			a.Note(remedy.Run("to disable it now", "provision on-demand", row.Name).Or(row.Name, row.ID))
		case assignment.FollowsDisableGroup:
			a.Say("%s %s; the next cycle disables the accounts of members who are not assigned otherwise", row.Name, a.Would("removed"))
		}
	}
	return output.List(a.IO.Out, a.Printer, rows,
		cli.Column("type", func(r assignment.Removed) string { return r.Type }),
		cli.Column("name", func(r assignment.Removed) string { return r.Name }),
		cli.Column("roles", func(r assignment.Removed) string { return strings.Join(r.Roles, ", ") }),
		cli.Column("follows", func(r assignment.Removed) string { return fmt.Sprint(r.Follows) }))
}
