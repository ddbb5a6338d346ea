// Package ext has the commands for directory extensions and their values.
package ext

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTenant, "ext", "Make extension properties and set their values",
		`Directory extension properties of an application, such as workato_role, and
their values on users.

A property is known by its short name here. Microsoft Entra ID puts the
application before it: extension_{appId without dashes}_workato_role.`,
		newExtCreateCmd(a), newExtListCmd(a), newExtDeleteCmd(a), newExtSetCmd(a), newExtGetCmd(a), newExtClearCmd(a))
}

func newExtCreateCmd(a *cli.App) *cobra.Command {
	var create extattr.Create
	c := &cobra.Command{
		Use:         "create <name>...",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadExtensions, graph.OpCreateExtension, graph.OpAvailableExtensions),
		Short:       "Create extension properties",
		Long: `Create extension properties and wait until values can be written to them.
What is there already stays as it is.

As JSON, a list of: name, fullName, id, created.`,
		Example: `  scimctl ext create workato_role --app Workato

  # One for each environment
  scimctl ext create workato_role workato_role_test workato_role_prod --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if create.Graph, err = a.Connect(c); err != nil {
				return err
			}
			create.App, create.Names = a.Settings.App, args
			created, err := create.Do(c.Context())
			if len(created) == 0 {
				return err
			}
			sayCreated(a, created)
			return cmp.Or(err, output.List(a.IO.Out, a.Printer, created,
				cli.Column("name", func(p extattr.Created) string { return p.Name }),
				cli.Column("full name", func(p extattr.Created) string { return p.FullName })))
		},
	}
	c.Flags().StringVar(&create.DataType, "type", "String", "`type` of its values: String, Boolean, Integer, LargeInteger, DateTime or Binary")
	c.Flags().StringVar(&create.Target, "target", "User", "kind of `object` that has it: User, Group, Device, …")
	c.Flags().BoolVar(&create.MultiValued, "multi-valued", false, "let it have several values; such a property cannot be mapped for provisioning")
	return c
}

func sayCreated(a *cli.App, list []extattr.Created) {
	var made, there []string
	for _, p := range list {
		if p.Created {
			made = append(made, p.Name)
		} else {
			there = append(there, p.Name)
		}
	}
	if len(made) > 0 {
		a.Say("%s %s", strings.Join(made, ", "), a.Would("created"))
	}
	if len(there) > 0 {
		a.Say("%s: there already", strings.Join(there, ", "))
	}
}

func newExtListCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadExtensions),
		Short:       "List the extension properties of an application",
		Long: `List the extension properties of an application.

As JSON, a list of: name, fullName, id, dataType, targetObjects, multiValued,
syncedFromOnPremises.`,
		Example: `  scimctl ext list --app Workato

  scimctl ext list --app Workato -o csv`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			list, err := extattr.List{Graph: client, App: a.Settings.App}.Do(c.Context())
			if err != nil {
				return err
			}
			if len(list) == 0 {
				a.IO.Note("%s has no extension properties", a.Settings.App)
			}
			return output.List(a.IO.Out, a.Printer, list,
				cli.Column("name", func(p extattr.Extension) string { return p.Name }),
				cli.Column("data type", func(p extattr.Extension) string { return p.DataType }),
				cli.Column("target objects", func(p extattr.Extension) string { return strings.Join(p.TargetObjects, ", ") }),
				cli.Column("full name", func(p extattr.Extension) string { return p.FullName }))
		},
	}
}

func newExtDeleteCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:         "delete <name>",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadExtensions, graph.OpDeleteExtension),
		Short:       "Delete an extension property",
		Long: `Delete an extension property. Its values can no longer be seen, but still count
towards the hundred that a user may have, and come back when the property is
created again. The application keeps what was provisioned: to take a role away
from people, set the value that revokes it first.

As JSON: the members of ext list.`,
		Example: `  scimctl ext delete workato_role_test --app Workato

  # Without being asked
  scimctl ext delete workato_role_test --app Workato --yes`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			gone, err := extattr.Delete{
				Graph: client, App: a.Settings.App, Name: args[0],
				Confirm: func(ctx context.Context, e extattr.Extension) error {
					return a.ConfirmIn(ctx, "delete the extension property %s: the values on users can no longer be seen, a mapping that reads it sends nothing any more, and %s keeps what was provisioned", e.Name, a.Settings.App)
				},
			}.Do(c.Context())
			if err != nil {
				return err
			}
			return cli.Told(a, gone, fmt.Sprintf("%s %s; %s keeps the values that were provisioned", gone.Name, a.Would("deleted"), a.Settings.App),
				cli.Column("name", func(p extattr.Extension) string { return p.Name }),
				cli.Column("full name", func(p extattr.Extension) string { return p.FullName }))
		},
	}
}
