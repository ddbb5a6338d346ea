package cmd

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
)

func newExtCmd(a *App) *cobra.Command {
	return newGroup(groupTenant, "ext", "Directory extension properties and their values",
		`Directory extension properties of an application, such as workato_role, and
their values on users.

A property is known by its short name here. Microsoft Entra ID puts the
application before it: extension_{appId without dashes}_workato_role.`,
		newExtCreateCmd(a), newExtListCmd(a), newExtDeleteCmd(a), newExtSetCmd(a), newExtGetCmd(a), newExtClearCmd(a))
}

func newExtCreateCmd(a *App) *cobra.Command {
	var create extattr.Create
	c := &cobra.Command{
		Use:   "create <name>...",
		Short: "Create extension properties",
		Long: `Create extension properties and wait until values can be written to them.
What is there already stays as it is.

As JSON, a list of: name, fullName, id, created.`,
		Example: `  scimctl ext create workato_role --app Workato

  # One for each environment
  scimctl ext create workato_role workato_role_test workato_role_prod --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if create.Graph, err = a.connect(c); err != nil {
				return err
			}
			create.App, create.Names = a.Settings.App, args
			created, err := create.Do(c.Context())
			if len(created) == 0 {
				return err
			}
			a.sayCreated(created)
			return firstError(err, output.List(a.IO.Out, a.Printer, created,
				column("name", func(p extattr.Created) string { return p.Name }),
				column("full name", func(p extattr.Created) string { return p.FullName })))
		},
	}
	c.Flags().StringVar(&create.DataType, "type", "String", "`type` of its values: String, Boolean, Integer, LargeInteger, DateTime or Binary")
	c.Flags().StringVar(&create.Target, "target", "User", "kind of `object` that has it: User, Group, Device, …")
	c.Flags().BoolVar(&create.MultiValued, "multi-valued", false, "let it have several values; such a property cannot be mapped for provisioning")
	return c
}

func (a *App) sayCreated(list []extattr.Created) {
	var made, there []string
	for _, p := range list {
		if p.Created {
			made = append(made, p.Name)
		} else {
			there = append(there, p.Name)
		}
	}
	if len(made) > 0 {
		a.say("%s %s", strings.Join(made, ", "), a.would("created"))
	}
	if len(there) > 0 {
		a.say("%s: there already", strings.Join(there, ", "))
	}
}

// would is "created", or in a dry run "would be created".
func (a *App) would(done string) string {
	if a.Settings.DryRun {
		return "would be " + done
	}
	return done
}

func newExtListCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the extension properties of an application",
		Long: `List the extension properties of an application.

As JSON, a list of: name, fullName, id, dataType, targetObjects, multiValued,
syncedFromOnPremises.`,
		Example: `  scimctl ext list --app Workato

  scimctl ext list --app Workato -o csv`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.connect(c)
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
				column("name", func(p extattr.Extension) string { return p.Name }),
				column("data type", func(p extattr.Extension) string { return p.DataType }),
				column("target objects", func(p extattr.Extension) string { return strings.Join(p.TargetObjects, ", ") }),
				column("full name", func(p extattr.Extension) string { return p.FullName }))
		},
	}
}

func newExtDeleteCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "delete <name>",
		Short: "Delete an extension property",
		Long: `Delete an extension property. Its values can no longer be seen, but still count
towards the hundred that a user may have, and come back when the property is
created again. The application keeps what was provisioned: to take a role away
from people, set the value that revokes it first.`,
		Example: `  scimctl ext delete workato_role_test --app Workato

  # Without being asked
  scimctl ext delete workato_role_test --app Workato --yes`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			gone, err := extattr.Delete{
				Graph: client, App: a.Settings.App, Name: args[0],
				Confirm: func(ctx context.Context, e extattr.Extension) error {
					return a.confirmIn(ctx, "delete the extension property %s: the values on users can no longer be seen, and %s keeps what was provisioned", e.Name, a.Settings.App)
				},
			}.Do(c.Context())
			if err != nil {
				return err
			}
			return told(a, gone, fmt.Sprintf("%s %s; %s keeps the values that were provisioned", gone.Name, a.would("deleted"), a.Settings.App),
				column("name", func(p extattr.Extension) string { return p.Name }),
				column("full name", func(p extattr.Extension) string { return p.FullName }))
		},
	}
}

func newExtSetCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "set <user> <name=value>...",
		Short: "Set values of extension properties of a user",
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
					return usagef(c, "%q is not name=value", arg)
				}
				values[name] = append(values[name], value)
			}
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			changes, err := extattr.Set{Graph: client, App: a.Settings.App, User: args[0], Values: values}.Do(c.Context())
			if err != nil {
				return err
			}
			return a.listChanges(args[0], changes)
		},
	}
}

// listChanges answers a command that writes values of a user.
func (a *App) listChanges(user string, changes []extattr.ValueChange) error {
	written := 0
	for _, change := range changes {
		if change.Changed {
			written++
		}
	}
	switch {
	case written == 0:
		a.say("%s is so already: nothing to write", user)
	case a.Settings.DryRun:
		a.say("%d of %d values of %s would be written", written, len(changes), user)
	}
	return output.List(a.IO.Out, a.Printer, changes,
		column("name", func(v extattr.ValueChange) string { return v.Name }),
		column("old", func(v extattr.ValueChange) string { return v.Old }),
		column("new", func(v extattr.ValueChange) string { return v.New }),
		column("changed", func(v extattr.ValueChange) string { return yesNo(v.Changed) }))
}

func newExtGetCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "get <user> [name...]",
		Short: "Show values of extension properties of a user",
		Long: `Show the values of extension properties of a user: those named, or all that the
application has.

As JSON: user, id, values[] {name, fullName, value}.`,
		Example: `  scimctl ext get ada@contoso.com --app Workato

  scimctl ext get ada@contoso.com workato_role --app Workato --jq '.values[0].value'`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.connect(c)
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

func newExtClearCmd(a *App) *cobra.Command {
	return &cobra.Command{
		Use:   "clear <user> <name>...",
		Short: "Clear values of extension properties of a user",
		Long: `Clear values of extension properties of a user. Provisioning never sends a
cleared value: the application keeps its last one. To take a role away there,
set the value that revokes it, such as NoAccess for Workato, and provision.

As JSON, a list of: name, fullName, old, new, changed.`,
		Example: `  scimctl ext clear ada@contoso.com workato_role_test --app Workato

  # What revokes the role in the application itself
  scimctl ext set ada@contoso.com workato_role_test=NoAccess --app Workato`,
		RunE: func(c *cobra.Command, args []string) error {
			client, err := a.connect(c)
			if err != nil {
				return err
			}
			changes, err := extattr.Clear{
				Graph: client, App: a.Settings.App, User: args[0], Names: args[1:], Confirm: a.confirmClear,
			}.Do(c.Context())
			if err != nil {
				return err
			}
			return a.listChanges(args[0], changes)
		},
	}
}

// confirmClear says what clearing does not do, and asks.
func (a *App) confirmClear(ctx context.Context, user graph.User, gone []extattr.ValueChange) error {
	var names []string
	for _, change := range gone {
		names = append(names, fmt.Sprintf("%s (%s)", change.Name, change.Old))
	}
	return a.confirmIn(ctx, "clear %s of %s: %s keeps the last value, since a cleared one is never sent; what revokes a role is a value such as NoAccess",
		strings.Join(names, ", "), user.UserPrincipalName, a.Settings.App)
}

// firstError is the error that came first.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
