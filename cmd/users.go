package cmd

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/provisioning"
)

func newUserCmd(a *App) *cobra.Command {
	return newGroup(groupTenant, "user", "Users, and their roles in an application",
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

As JSON: the members of user list, app, assignments[] {id, principal,
principalId, type, role, roleId, created}.`,
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
			fields := []output.Field{{Name: "id", Value: user.ID}}
			for _, col := range userColumns() {
				fields = append(fields, output.Field{Name: col.Name, Value: col.Cell(user.User)})
			}
			fields = append(fields, output.Field{Name: "on premises sync enabled", Value: yesNo(user.OnPremises)})
			if user.App != nil && len(user.Assignments) == 0 {
				fields = append(fields, output.Field{Name: "in " + user.App.Name, Value: "not assigned"})
			}
			for _, row := range user.Assignments {
				how := row.Role
				if row.PrincipalID != user.ID {
					how = fmt.Sprintf("%s, through %s", row.Role, row.Principal)
				}
				fields = append(fields, output.Field{Name: "in " + user.App.Name, Value: how})
			}
			return output.Fields(a.IO.Out, a.Printer, user, fields...)
		},
	}
}

func newUserSetRoleCmd(a *App) *cobra.Command {
	var set extattr.SetRole
	var envs []string
	c := &cobra.Command{
		Use:   "set-role <user> [role]",
		Short: "Give a user their role in an application",
		Long: `Give a user their role in an application, by the extension property that holds
it: workato_role, and workato_role_ENV for an environment. All in one request;
a role that is there already is not written. The application hears of it with
the next provisioning cycle, or at once with provision on-demand.

As JSON, a list of: name, fullName, old, new, changed.`,
		Example: `  scimctl user set-role ada@contoso.com Admin --env test=Analyst --env prod=Operator --app Workato

  # Take a role away in one environment
  scimctl user set-role ada@contoso.com --env prod=NoAccess --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			set.User = args[0]
			if len(args) == 2 {
				set.Role = args[1]
				if set.Role == "" {
					return usagef(c, "the role is empty; scimctl user clear-role takes a role away")
				}
			}
			for _, text := range envs {
				env, err := extattr.ParseEnvRole(text)
				if err != nil {
					return usagef(c, "--env: %q is not environment=role, such as test=Analyst", text)
				}
				set.Env = append(set.Env, env)
			}
			if set.Role == "" && len(set.Env) == 0 {
				return usagef(c, "which role? Name it, or one for an environment with --env")
			}
			if set.Graph, err = a.connect(c); err != nil {
				return err
			}
			set.App = a.Settings.App
			a.roleAttribute(c, &set.Attribute)
			changes, err := set.Do(c.Context())
			if err != nil {
				return err
			}
			return a.listChanges(set.User, changes)
		},
	}
	c.Flags().StringArrayVar(&envs, "env", nil, "role in an environment, as `env=role`; may be given several times")
	attributeFlag(c, &set.Attribute)
	return c
}

func attributeFlag(c *cobra.Command, attribute *string) {
	c.Flags().StringVar(attribute, "attribute", extattr.DefaultRoleAttribute, "base `name` of the extension property that holds the role")
}

// roleAttribute takes the base from the profile when no flag names one.
func (a *App) roleAttribute(c *cobra.Command, attribute *string) {
	if a.Settings.RoleAttribute != "" && !c.Flags().Changed("attribute") {
		*attribute = a.Settings.RoleAttribute
	}
}

func newUserGetRoleCmd(a *App) *cobra.Command {
	var get extattr.GetRole
	c := &cobra.Command{
		Use:   "get-role <user>...",
		Short: "Show the roles of users in an application",
		Long: `Show the roles of users in an application, in all its environments.

As JSON, a list of: user, id, values[] {name, fullName, value}.`,
		Example: `  scimctl user get-role ada@contoso.com --app Workato

  scimctl user get-role ada@contoso.com grace@contoso.com --app Workato -o csv`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if get.Graph, err = a.connect(c); err != nil {
				return err
			}
			get.App, get.Users = a.Settings.App, args
			a.roleAttribute(c, &get.Attribute)
			users, err := get.Do(c.Context())
			if err != nil {
				return err
			}
			return output.List(a.IO.Out, a.Printer, users, roleColumns(users)...)
		},
	}
	attributeFlag(c, &get.Attribute)
	return c
}

// roleColumns are the user and each attribute.
func roleColumns(users []extattr.UserValues) []output.Column[extattr.UserValues] {
	cols := []output.Column[extattr.UserValues]{column("user", func(u extattr.UserValues) string { return u.User })}
	if len(users) == 0 {
		return cols
	}
	for _, value := range users[0].Values {
		cols = append(cols, column(value.Name, func(u extattr.UserValues) string {
			i := slices.IndexFunc(u.Values, func(v extattr.Value) bool { return v.FullName == value.FullName })
			if i < 0 {
				return ""
			}
			return u.Values[i].Value
		}))
	}
	return cols
}

func newUserClearRoleCmd(a *App) *cobra.Command {
	var clearing extattr.ClearRole
	c := &cobra.Command{
		Use:   "clear-role <user>",
		Short: "Clear a user's role in an application",
		Long: `Clear a user's role in an application, in all environments or in those of
--env. Provisioning never sends a cleared value: the application keeps its last
one. What takes the role away there is a value that revokes it, such as
NoAccess for Workato, set with set-role.

As JSON, a list of: name, fullName, old, new, changed.`,
		Example: `  scimctl user clear-role ada@contoso.com --env test --app Workato

  # What revokes the role in the application itself
  scimctl user set-role ada@contoso.com --env test=NoAccess --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if clearing.Graph, err = a.connect(c); err != nil {
				return err
			}
			clearing.App, clearing.User, clearing.Confirm = a.Settings.App, args[0], a.confirmClear
			a.roleAttribute(c, &clearing.Attribute)
			changes, err := clearing.Do(c.Context())
			if err != nil {
				return err
			}
			return a.listChanges(args[0], changes)
		},
	}
	c.Flags().StringArrayVar(&clearing.Envs, "env", nil, "only in this `environment`; may be given several times")
	attributeFlag(c, &clearing.Attribute)
	return c
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
