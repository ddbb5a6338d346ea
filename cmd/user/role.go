package user

import (
	"cmp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
)

func newUserSetRoleCmd(a *cli.App) *cobra.Command {
	var set extattr.SetRole
	var envs []string
	var flags bulkFlags
	c := &cobra.Command{
		Use:         "set-role [user] [role]",
		Annotations: cli.Asks(setsRoles()),
		Short:       "Give a user, or thousands, their roles",
		Long: `Give a user their role in an application, by the extension property that holds
it: workato_role, and workato_role_ENV for an environment. All in one request;
a role that is there already is not written. The application hears of it with
the next provisioning cycle, or at once with provision on-demand.

With --file it is done for all users in a table, with --members-of for those in a
group, with --filter for those that Graph finds, and with --role-from-group by the
group that each is in. The table has a column for the user (user,
userPrincipalName, mail or id) and one for each role: role, the name of an
environment, or that of an attribute. An empty cell leaves a value, - clears it.
What is there is read first, and only what differs is written, after a question
that says how much. Every write that Graph confirms is on the disk at once: cut
short, the same command goes on where it was. Rows that fail are in a file of
their own, and the exit code is then 6.

A dry run as csv is a list of all that would change.

As JSON, of one user a list of: name, fullName, old, new, changed. Of many: run,
resumed, app, input, rows, toChange, changed, unchanged, repeated, leftAlone,
failed, changes[] {attribute, old, new, users}, reasons[] {reason, rows},
problems[] {line, user, reason} (the first 20), several[] {user, role, groups},
nested[], passedOver[], clearing, estimatedSeconds, rejects.`,
		Example: `  scimctl user set-role ada@contoso.com Admin --env test=Analyst --env prod=Operator --app Workato

  # Take a role away in one environment
  scimctl user set-role ada@contoso.com --env prod=NoAccess --app Workato

  # Everyone in a table; see first what would change
  scimctl user set-role --file roles.csv --app Workato --dry-run

  # Everyone in a group, with those in the groups within it
  scimctl user set-role --members-of Sales --transitive --role Operator --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			switch {
			case many(c) && len(args) > 0 && c.Flags().Changed("revoke") && flags.revoke == extattr.RevokingRole:
				return exit.Usagef(c, "--revoke takes a value of its own after =: --revoke=%s", args[0])
			case len(args) == 1 && (c.Flags().Changed("members-of") || c.Flags().Changed("filter")) && flags.role == "":
				return exit.Usagef(c, "a role for many users is given with --role: %q", args[0])
			case many(c) && len(args) > 0:
				return exit.Usagef(c, "one user or many? %q cannot be named together with --file, --members-of, --filter or --role-from-group", args[0])
			case !many(c) && len(args) == 0:
				return exit.Usagef(c, "whom? Name a user, or many with --file, --members-of, --filter or --role-from-group")
			case !many(c):
				if err := withoutMany(c, flags.forMany()...); err != nil {
					return err
				}
				set.User = args[0]
			}
			if len(args) == 2 {
				set.Role = strings.TrimSpace(args[1])
				if set.Role == "" || set.Role == "-" {
					return exit.Usagef(c, "the role is %s; to remove a role, use user clear-role", cmp.Or(set.Role, "empty"))
				}
			}
			for _, text := range envs {
				env, err := extattr.ParseEnvRole(text)
				if err != nil {
					return exit.Usagef(c, "--env: %q is not environment=role, such as test=Analyst", text)
				}
				if env.Role == "-" && !many(c) {
					return exit.Usagef(c, "--env: the role is -; to remove a role, use user clear-role")
				}
				set.Env = append(set.Env, env)
			}
			if many(c) {
				roleAttribute(a, c, &set.Attribute)
				return setRoles(a, c, flags, set.Attribute, set.Env)
			}
			if set.Role == "" && len(set.Env) == 0 {
				return exit.Usagef(c, "which role? Name it, or one for an environment with --env")
			}
			if set.Graph, err = a.Connect(c); err != nil {
				return err
			}
			set.App = a.Settings.App
			roleAttribute(a, c, &set.Attribute)
			changes, err := set.Do(c.Context())
			if err != nil {
				return err
			}
			return a.ListChanges(set.User, changes)
		},
	}
	c.Flags().StringArrayVar(&envs, "env", nil, "role in an environment, as `env=role`; may be given several times")
	attributeFlag(c, &set.Attribute)
	flags.register(c)
	return c
}

func newUserGetRoleCmd(a *cli.App) *cobra.Command {
	var get extattr.GetRole
	var whom whomFlags
	var all bool
	c := &cobra.Command{
		Use:         "get-role [user...]",
		Annotations: cli.Asks(cli.ReadsValues(), graph.OpReadGroups), // the latter with --members-of
		Short:       "Show the roles of users in an application",
		Long: `Show the roles of users in an application, in all its environments: of those who
are named, of those in the first column of a table with --file, in a group with
--members-of, or of all users. As csv it is the table that set-role --file reads.

As JSON, a list of: user, id, values[] {name, fullName, value}.`,
		Example: `  scimctl user get-role ada@contoso.com --app Workato

  # What is there now, to be changed and handed to set-role --file
  scimctl user get-role --members-of Sales --app Workato -o csv`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			switch {
			case many(c) && len(args) > 0:
				return exit.Usagef(c, "%q cannot be named together with --file, --members-of or --all", args[0])
			case !many(c) && len(args) == 0:
				return exit.Usagef(c, "whose? Name users, or many with --file, --members-of or --all")
			case many(c):
				roleAttribute(a, c, &get.Attribute)
				return getRoles(a, c, whom, get.Attribute)
			}
			if err := withoutMany(c, "transitive", "match", "column"); err != nil {
				return err
			}
			if get.Graph, err = a.Connect(c); err != nil {
				return err
			}
			get.App, get.Users = a.Settings.App, args
			roleAttribute(a, c, &get.Attribute)
			users, err := get.Do(c.Context())
			if err != nil {
				return err
			}
			return output.List(a.IO.Out, a.Printer, users, roleColumns(users)...)
		},
	}
	attributeFlag(c, &get.Attribute)
	whom.register(c, "show the roles of")
	c.Flags().BoolVar(&all, "all", false, "show the roles of all users of the tenant")
	cli.Exclusive(c, "file", "members-of", "all")
	return c
}

// roleColumns are the user and each attribute.
func roleColumns(users []extattr.UserValues) []output.Column[extattr.UserValues] {
	cols := []output.Column[extattr.UserValues]{cli.Column("user", func(u extattr.UserValues) string { return u.User })}
	if len(users) == 0 {
		return cols
	}
	for _, value := range users[0].Values {
		cols = append(cols, cli.Column(value.Name, func(u extattr.UserValues) string {
			i := slices.IndexFunc(u.Values, func(v extattr.Value) bool { return v.FullName == value.FullName })
			if i < 0 {
				return ""
			}
			return u.Values[i].Value
		}))
	}
	return cols
}

func newUserClearRoleCmd(a *cli.App) *cobra.Command {
	var clearing extattr.ClearRole
	c := &cobra.Command{
		Use:         "clear-role <user>",
		Annotations: cli.Asks(cli.WritesValues()),
		Short:       "Clear a user's role in an application",
		Long: `Clear a user's role in an application, in all environments or in those of
--env. Provisioning never sends a cleared value: the application keeps its last
one. What takes the role away there is a value that revokes it, such as
NoAccess for Workato, set with set-role.

As JSON, a list of: name, fullName, old, new, changed.`,
		Example: `  scimctl user clear-role ada@contoso.com --env test --app Workato

  # What revokes the role in the application itself
  scimctl user set-role ada@contoso.com --env test=NoAccess --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if clearing.Graph, err = a.Connect(c); err != nil {
				return err
			}
			clearing.App, clearing.User, clearing.Confirm = a.Settings.App, args[0], a.ConfirmClear
			roleAttribute(a, c, &clearing.Attribute)
			changes, err := clearing.Do(c.Context())
			if err != nil {
				return err
			}
			return a.ListChanges(args[0], changes)
		},
	}
	c.Flags().StringArrayVar(&clearing.Envs, "env", nil, "only in this `environment`; may be given several times")
	attributeFlag(c, &clearing.Attribute)
	return c
}

func attributeFlag(c *cobra.Command, attribute *string) {
	c.Flags().StringVar(attribute, "attribute", extattr.DefaultRoleAttribute, "base `name` of the extension property that holds the role")
}

// roleAttribute takes the base from the profile when no flag names one.
func roleAttribute(a *cli.App, c *cobra.Command, attribute *string) {
	if a.Settings.RoleAttribute != "" && !c.Flags().Changed("attribute") {
		*attribute = a.Settings.RoleAttribute
	}
}

// setsRoles is what writing roles asks; from the groups on with a file or
// --provision.
func setsRoles() []graph.Operation {
	return append(cli.WritesValues(), graph.OpReadGroups, graph.OpReadJobs, graph.OpReadSchema, graph.OpReadOwnAssignments,
		graph.OpReadSecrets, graph.OpProvision)
}
