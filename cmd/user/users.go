package user

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/users"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTenant, "user", "Find users and set their roles in an application",
		`Users, and the roles that they have in an application by its extension
properties. A user is named by user principal name, mail address or object id.`,
		newUserListCmd(a), newUserShowCmd(a), newUserSetRoleCmd(a), newUserGetRoleCmd(a), newUserVerifyRoleCmd(a), newUserClearRoleCmd(a),
		newUserDeleteCmd(a), newUserRestoreCmd(a))
}

func userColumns() []output.Column[users.User] {
	return []output.Column[users.User]{
		cli.Column("user principal name", func(u users.User) string { return u.UserPrincipalName }),
		cli.Long("display name", func(u users.User) string { return u.DisplayName }),
		cli.Column("mail", func(u users.User) string { return u.Mail }),
		cli.Column("user type", func(u users.User) string { return u.UserType }),
		cli.Column("account enabled", func(u users.User) string { return cli.YesNo(u.AccountEnabled) }),
	}
}

func deletedColumns() []output.Column[users.User] {
	return []output.Column[users.User]{
		cli.Column("former user principal name", func(u users.User) string { return u.Former }),
		cli.Long("display name", func(u users.User) string { return u.DisplayName }),
		cli.Column("deleted", func(u users.User) string { return cli.Moment(u.Deleted) }),
		cli.Column("purge", func(u users.User) string { return cli.Moment(u.Purge) }),
		cli.Column("id", func(u users.User) string { return u.ID }),
	}
}

func newUserListCmd(a *cli.App) *cobra.Command {
	var list users.List
	c := &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(nil, graph.OpReadUsers, graph.OpReadDeletedUsers), // the latter with --deleted
		Short:       "List users",
		Long: `List the users of the tenant, or with --deleted those who were deleted in the
last 30 days, the first deleted first: user restore brings them back.

As JSON, a list of: id, displayName, userPrincipalName, mail, userType,
accountEnabled, onPremisesSyncEnabled; of a deleted user also
formerUserPrincipalName, deletedDateTime, purgeDateTime (when they are gone for
good).`,
		Example: `  scimctl user list --search ada

  scimctl user list --deleted -o csv`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Top < 0 {
				return exit.Usagef(c, "--top: %d is less than none", list.Top)
			}
			if list.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			users, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			switch {
			case len(users) == 0 && list.Search != "":
				a.IO.Note("no name, user principal name or mail address begins with %q", list.Search)
			case len(users) == 0 && list.Deleted:
				a.IO.Note("nobody was deleted in the last 30 days")
			}
			if list.Deleted {
				return output.List(a.IO.Out, a.Printer, users, deletedColumns()...)
			}
			return output.List(a.IO.Out, a.Printer, users, userColumns()...)
		},
	}
	c.Flags().StringVar(&list.Search, "search", "", "only users whose name, user principal name or mail begins with this `text`")
	c.Flags().BoolVar(&list.Deleted, "deleted", false, "those who were deleted and can be restored")
	c.Flags().IntVar(&list.Top, "top", 0, "no more than this `number` of users; 0 for all")
	return c
}

func newUserShowCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "show <user>",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadOwnAssignments),
		Short:       "Show a user",
		Long: `Show a user and, with --app, what assigns them to the application. Of one who
was deleted it says so.

As JSON: the members of user list, app {the members of app list}, assignments[]
{id, principal, principalId, type, role, roleId, created}.`,
		Example: `  scimctl user show ada@contoso.com

  scimctl user show ada@contoso.com --app Workato`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			user, err := users.Show{Graph: client, User: args[0], App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			return output.Fields(a.IO.Out, a.Printer, user, userFields(user)...)
		},
	}
}

func userFields(user users.Details) []output.Field {
	fields := []output.Field{{Name: "id", Value: user.ID}}
	for _, col := range userColumns() {
		fields = append(fields, output.Field{Name: col.Name, Value: col.Cell(user.User)})
	}
	fields = append(fields, output.Field{Name: "on premises sync enabled", Value: cli.YesNo(user.OnPremises)})
	if user.App == nil {
		return fields
	}
	assigned := []string{}
	for _, row := range user.Assignments {
		how := row.Role
		if row.PrincipalID != user.ID {
			how += " through " + row.Principal
		}
		assigned = append(assigned, how)
	}
	if len(assigned) == 0 {
		assigned = []string{"none"}
	}
	return append(fields,
		output.Field{Name: "app", Value: user.App.Name},
		output.Field{Name: "assignments", Value: strings.Join(assigned, ", ")})
}

func newUserDeleteCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "delete <user>",
		Annotations: cli.Asks(nil, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpReadOwnAssignments, graph.OpDeleteUser),
		Short:       "Delete a user from the tenant",
		Long: `Delete a user from the tenant. For 30 days user restore brings them back.

What an application is sent, that the user is provisioned to: at the next cycle
an update that disables the account (active: false), as long as IsSoftDeleted is
mapped and updates are on; when the 30 days are over a DELETE, as long as deletes
are on. It is not sent a DELETE when the user was unassigned before. The question
names the applications that the user is assigned to.

As JSON: the members of user list, already, apps[].`,
		Example: `  scimctl user delete ada@contoso.com

  scimctl user delete ada@contoso.com --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			done, err := users.Delete{Graph: client, User: args[0], Confirm: a.ConfirmRisk}.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := fmt.Sprintf("%s %s", args[0], a.Would("deleted"))
			if len(done.Apps) > 0 {
				sentence += fmt.Sprintf("; assigned to %s: where that is provisioned, the next cycle disables the account", strings.Join(done.Apps, ", "))
			}
			if done.Already {
				sentence = fmt.Sprintf("%s is deleted already", args[0])
			}
			if err := cli.Told(a, done, sentence, changedUserColumns()...); err != nil || !a.ForPeople() || a.Settings.DryRun {
				return err
			}
			a.Note(remedy.Run("to restore the user within 30 days", "user restore", done.ID))
			return nil
		},
	}
}

func newUserRestoreCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "restore <user>",
		Annotations: cli.Asks(nil, graph.OpReadUsers, graph.OpReadDeletedUsers, graph.OpRestoreUser),
		Short:       "Bring a deleted user back",
		Long: `Bring a user back who was deleted in the last 30 days, named by object id, mail
address or the user principal name from before. Assignments and group memberships
come back with them, and the next cycle enables the account in the application
again. user list --deleted lists who can be restored.

As JSON: the members of user list, already, apps[] (empty).`,
		Example: `  scimctl user restore ada@contoso.com

  scimctl user restore ada@contoso.com --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			done, err := users.Restore{Graph: client, User: args[0]}.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := args[0] + " " + a.Would("restored")
			if done.Already {
				sentence = args[0] + " is not deleted: nothing to restore"
			}
			return cli.Told(a, done, sentence, changedUserColumns()...)
		},
	}
}

func changedUserColumns() []output.Column[users.Change] {
	return []output.Column[users.Change]{
		cli.Column("id", func(u users.Change) string { return u.ID }),
		cli.Column("user principal name", func(u users.Change) string { return u.UserPrincipalName }),
		cli.Column("already", func(u users.Change) string { return cli.YesNo(u.Already) }),
	}
}
