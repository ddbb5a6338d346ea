package ext

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
)

func newExtSetCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "set <user> <name=value>...",
		Annotations: cli.Asks(cli.WritesValues()),
		Short:       "Set values of extension properties of a user",
		Long: `Set values of extension properties of a user, all in one request. A value that
is there already is not written. A property with several values is named
several times.

As JSON, a list of: name, fullName, old, new, changed.`,
		Example: `  scimctl ext set ada@contoso.com workato_role=Admin --app Workato

  # See before doing
  scimctl ext set ada@contoso.com workato_role=Admin --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			values := map[string][]string{}
			for _, arg := range args[1:] {
				name, value, ok := strings.Cut(arg, "=")
				if !ok || name == "" {
					return exit.Usagef(c, "%q is not name=value", arg)
				}
				values[name] = append(values[name], value)
			}
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			changes, err := extattr.Set{Graph: client, App: a.Settings.App, User: args[0], Values: values}.Do(c.Context())
			if err != nil {
				return err
			}
			return a.ListChanges(args[0], changes)
		},
	}
}

func newExtGetCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "get <user> [name...]",
		Annotations: cli.Asks(cli.ReadsValues()),
		Short:       "Show values of extension properties of a user",
		Long: `Show the values of extension properties of a user: those named, or all that the
application has.

As JSON: user, id, values[] {name, fullName, value}.`,
		Example: `  scimctl ext get ada@contoso.com --app Workato

  scimctl ext get ada@contoso.com workato_role --app Workato --jq '.values[0].value'`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			found, err := extattr.Get{Graph: client, App: a.Settings.App, Users: args[:1], Names: args[1:]}.Do(c.Context())
			if err != nil {
				return err
			}
			var fields []output.Field
			for _, value := range found[0].Values {
				fields = append(fields, output.Field{Name: value.Name, Value: value.Value})
			}
			return output.Fields(a.IO.Out, a.Printer, found[0], append([]output.Field{{Name: "user", Value: found[0].User}}, fields...)...)
		},
	}
}

func newExtClearCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "clear <user> <name>...",
		Annotations: cli.Asks(cli.WritesValues()),
		Short:       "Clear values of extension properties of a user",
		Long: `Clear values of extension properties of a user. Provisioning never sends a
cleared value: the application keeps its last one. To take a role away there,
set the value that revokes it, such as NoAccess for Workato, and provision.

As JSON, a list of: name, fullName, old, new, changed.`,
		Example: `  scimctl ext clear ada@contoso.com workato_role_test --app Workato

  # What revokes the role in the application itself
  scimctl ext set ada@contoso.com workato_role_test=NoAccess --app Workato`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			changes, err := extattr.Clear{
				Graph: client, App: a.Settings.App, User: args[0], Names: args[1:], Confirm: a.ConfirmClear,
			}.Do(c.Context())
			if err != nil {
				return err
			}
			return a.ListChanges(args[0], changes)
		},
	}
}
