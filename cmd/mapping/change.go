package mapping

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingAddCmd(a *cli.App) *cobra.Command {
	var add mappings.Add
	flags := SettingFlags{App: a}
	c := &cobra.Command{
		Use:         "add [target[=source]...]",
		Annotations: cli.Asks(editsSchema(), graph.OpAvailableExtensions, graph.OpParseExpression),
		Short:       "Add attribute mappings",
		Long: `Add attribute mappings, all in one write: several as target=source, one target
with --from, --expression, --constant or --default, or all that a file lists.
What is mapped so already is left alone; what is mapped otherwise is an error,
and scimctl mapping set changes it.

A source that the attribute list lacks is added when it is an extension
property of the tenant; a target that it lacks when it is a urn: name and no
misspelling of one that is there. In a target ' may stand for ", for shells that
eat double quotes. An expression is checked here, and then by the service, whose
word holds.

A file has the columns of mapping list -o csv, of which only target must be
there, or is a YAML list.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping add urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role=workato_role --app Workato

  # bash
  scimctl mapping add nickName --expression 'Join(" ", [givenName], [surname])' --app Workato

  # PowerShell before 7.3 takes double quotes away; a file keeps them
  Set-Content nick.txt 'Join(" ", [givenName], [surname])'
  scimctl mapping add nickName --expression-file nick.txt --app Workato

  # Every shell
  scimctl mapping add "emails[type eq 'home'].value=otherMails" --app Workato

  # The mappings of another application that this one lacks
  scimctl mapping list --app Workato -o csv | scimctl mapping add -f - --app 'Workday Reporting'`,
		RunE: func(c *cobra.Command, args []string) error {
			settings, err := flags.settings(c, args)
			if err != nil {
				return err
			}
			for _, s := range settings {
				add.Mappings, add.Origins = append(add.Mappings, s.Mapping), append(add.Origins, s.Origin)
			}
			return updateSchema(a, c, "all of this is mapped so already", namingRisks(a, mappings.Update{Plan: add.Plan}))
		},
	}
	objectFlag(a, c, &add.Object, schema.User)
	flags.Register(c)
	newNamesFlags(c, &add.NewSource, &add.NewTarget)
	return c
}

func newMappingSetCmd(a *cli.App) *cobra.Command {
	var set mappings.Set
	flags := SettingFlags{App: a}
	c := &cobra.Command{
		Use:         "set [target[=source]...]",
		Annotations: cli.Asks(editsSchema(), graph.OpAvailableExtensions, graph.OpParseExpression),
		Short:       "Make or change attribute mappings",
		Long: `Make or change attribute mappings, all in one write. What no flag names keeps
its present value: --apply alone changes only that. A target that is not mapped
yet is added, by the rules of mapping add.

To change what accounts are matched by may give people a second account:
scimctl says so and asks, also when provisioning is stopped.

A file has the columns of mapping list -o csv, or is a YAML list. A column that
is not there leaves open what it stands for; an empty default and an empty match
take them away.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping set externalId --from objectId --app Workato

  # Only when an account is created
  scimctl mapping set title --apply on-create --app Workato

  # People without a mailbox
  scimctl mapping set "emails[type eq 'work'].value" --from userPrincipalName --app Workato`,
		RunE: func(c *cobra.Command, args []string) (err error) {
			if set.Settings, err = flags.settings(c, args); err != nil {
				return err
			}
			return updateSchema(a, c, "all of this is mapped so already", namingRisks(a, mappings.Update{Plan: set.Plan}))
		},
	}
	objectFlag(a, c, &set.Object, schema.User)
	flags.Register(c)
	flags.registerRemovals(c)
	newNamesFlags(c, &set.NewSource, &set.NewTarget)
	return c
}

func newMappingRemoveCmd(a *cli.App) *cobra.Command {
	var remove mappings.Remove
	c := &cobra.Command{
		Use:         "remove <target>...",
		Annotations: cli.Asks(editsSchema()),
		Short:       "Remove attribute mappings",
		Long: `Remove attribute mappings, all in one write. What is not mapped is left alone,
but for a name that looks like a misspelling: that is an error.

Provisioning never sends a cleared value: what is mapped no longer stays in the
application as it was last sent. To take a role away there, send the value that
revokes it before, such as NoAccess for Workato. scimctl says so and asks. A
target that the application requires, and the last attribute that accounts are
matched by, cannot be removed.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping remove title --app Workato

  # See before doing
  scimctl mapping remove "phoneNumbers[type eq 'fax'].value" --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			remove.Targets = args
			already := strings.Join(args, ", ") + " is not mapped"
			if len(args) > 1 {
				already = strings.Join(args, ", ") + " are not mapped"
			}
			return updateSchema(a, c, already, namingRisks(a, mappings.Update{Plan: remove.Plan}))
		},
	}
	objectFlag(a, c, &remove.Object, schema.User)
	return c
}

func newNamesFlags(c *cobra.Command, source, target *bool) {
	c.Flags().BoolVar(source, "new-source", false, "add sources that the attribute list lacks, whatever they are")
	c.Flags().BoolVar(target, "new-target", false, "add targets that the attribute list lacks, whatever they are")
}

// namingRisks makes an update say what is dangerous about it, and ask. Where
// nobody is asked, it is said all the same.
func namingRisks(a *cli.App, update mappings.Update) mappings.Update {
	update.Show = func(_ context.Context, i mappings.Impact) error {
		sayRisks(a, i)
		return nil
	}
	update.Confirm = func(ctx context.Context, i mappings.Impact) error {
		return confirmAll(a, ctx, i, diff.Risks(i.Before, i.After, i.Changes))
	}
	return update
}

// sayRisks tells what would be asked where nobody is.
func sayRisks(a *cli.App, i mappings.Impact) {
	if !a.Settings.DryRun && !a.Settings.Yes {
		return
	}
	for _, risk := range diff.Risks(i.Before, i.After, i.Changes) {
		a.IO.Warn("%s", risk)
	}
}
