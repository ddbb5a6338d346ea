package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/provisioning"
)

func newUserCmd(a *App) *cobra.Command {
	return newGroup(groupTenant, "user", "Find users and set their roles in an application",
		`Users, and the roles that they have in an application by its extension
properties. A user is named by user principal name, mail address or object id.`,
		newUserListCmd(a), newUserShowCmd(a), newUserSetRoleCmd(a), newUserGetRoleCmd(a), newUserClearRoleCmd(a),
		newUserDeleteCmd(a), newUserRestoreCmd(a))
}

func userColumns() []output.Column[provisioning.User] {
	return []output.Column[provisioning.User]{
		column("user principal name", func(u provisioning.User) string { return u.UserPrincipalName }),
		long("display name", func(u provisioning.User) string { return u.DisplayName }),
		column("mail", func(u provisioning.User) string { return u.Mail }),
		column("user type", func(u provisioning.User) string { return u.UserType }),
		column("account enabled", func(u provisioning.User) string { return yesNo(u.AccountEnabled) }),
	}
}

func newUserListCmd(a *App) *cobra.Command {
	var list provisioning.ListUsers
	c := &cobra.Command{
		Use:   "list",
		Short: "List users",
		Long: `List the users of the tenant.

As JSON, a list of: id, displayName, userPrincipalName, mail, userType,
accountEnabled, onPremisesSyncEnabled.`,
		Example: `  scimctl user list --search ada

  scimctl user list -o csv`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Top < 0 {
				return usagef(c, "--top: %d is less than none", list.Top)
			}
			if list.Graph, err = a.Graph(c.Context()); err != nil {
				return err
			}
			users, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			if len(users) == 0 && list.Search != "" {
				a.IO.Note("no name, user principal name or mail address begins with %q", list.Search)
			}
			return output.List(a.IO.Out, a.Printer, users, userColumns()...)
		},
	}
	c.Flags().StringVar(&list.Search, "search", "", "only users whose name, user principal name or mail begins with this `text`")
	c.Flags().IntVar(&list.Top, "top", 0, "no more than this `number` of users; 0 for all")
	return c
}

func newUserShowCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "show <user>",
		Short: "Show a user",
		Long: `Show a user and, with --app, what assigns them to the application.

As JSON: the members of user list, app {the members of app list}, assignments[]
{id, principal, principalId, type, role, roleId, created}.`,
		Example: `  scimctl user show ada@contoso.com

  scimctl user show ada@contoso.com --app Workato`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			user, err := provisioning.ShowUser{Graph: client, User: args[0], App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			return output.Fields(a.IO.Out, a.Printer, user, userFields(user)...)
		},
	}
}

func userFields(user provisioning.UserDetails) []output.Field {
	fields := []output.Field{{Name: "id", Value: user.ID}}
	for _, col := range userColumns() {
		fields = append(fields, output.Field{Name: col.Name, Value: col.Cell(user.User)})
	}
	fields = append(fields, output.Field{Name: "on premises sync enabled", Value: yesNo(user.OnPremises)})
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

func newUserDeleteCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "delete <user>",
		Short: "Delete a user from the tenant",
		Long: `Delete a user from the tenant. For 30 days user restore brings them back. At
the next cycle their account in the application is disabled, and when the 30
days are over it is deleted there too.

As JSON: the members of user list, already.`,
		Example: `  scimctl user delete ada@contoso.com

  scimctl user delete ada@contoso.com --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			done, err := provisioning.DeleteUser{Graph: client, User: args[0], Confirm: a.confirmRisk}.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := fmt.Sprintf("%s %s; within 30 days scimctl user restore %s brings them back", args[0], a.would("deleted"), done.ID)
			if done.Already {
				sentence = fmt.Sprintf("%s is deleted already; scimctl user restore %s brings them back", args[0], done.ID)
			}
			return told(a, done, sentence, changedUserColumns()...)
		},
	}
}

func newUserRestoreCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "restore <user>",
		Short: "Bring a deleted user back",
		Long: `Bring a user back who was deleted in the last 30 days, named by object id, mail
address or the user principal name from before.

As JSON: the members of user list, already.`,
		Example: `  scimctl user restore ada@contoso.com

  scimctl user restore ada@contoso.com --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Graph(c.Context())
			if err != nil {
				return err
			}
			done, err := provisioning.RestoreUser{Graph: client, User: args[0]}.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := args[0] + " " + a.would("restored")
			if done.Already {
				sentence = args[0] + " is not deleted: nothing to restore"
			}
			return told(a, done, sentence, changedUserColumns()...)
		},
	}
}

func changedUserColumns() []output.Column[provisioning.UserChange] {
	return []output.Column[provisioning.UserChange]{
		column("id", func(u provisioning.UserChange) string { return u.ID }),
		column("user principal name", func(u provisioning.UserChange) string { return u.UserPrincipalName }),
		column("already", func(u provisioning.UserChange) string { return yesNo(u.Already) }),
	}
}
