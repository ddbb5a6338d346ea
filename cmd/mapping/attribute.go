package mapping

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
)

func newMappingAttributeCmd(a *cli.App) *cobra.Command {
	return cli.NewGroup("", "attribute", "List and change the attribute lists",
		`The attribute lists: what Microsoft Entra ID offers (the source) and what the
application is known to take (the target). Mappings and scoping filters know
the attributes on these lists alone. mapping add puts there what it needs by
itself; these commands are for what else the portal's "Edit attribute list"
does.`,
		newMappingAttributeListCmd(a), newMappingAttributeAddCmd(a), newMappingAttributeRemoveCmd(a))
}

func newMappingAttributeListCmd(a *cli.App) *cobra.Command {
	var list mappings.ListAttributes
	c := &cobra.Command{
		Use:         "list",
		Annotations: cli.Asks(cli.ReadsSchema()),
		Short:       "List the attributes on both sides",
		Long: `List the attributes that users or groups have in Microsoft Entra ID (the
source) and in the application (the target), and which mappings and scoping
filters use them.

As JSON, a list of: side (source or target), name, type (String, Integer,
Boolean, DateTime, Reference or Binary), required, multivalued, caseExact,
anchor, mutability, references[], usedBy[] {object, kind (mapping or filter),
name}.`,
		Example: `  scimctl mapping attribute list --side target --app Workato

  # What nothing uses
  scimctl mapping attribute list --app Workato --jq '.[] | select(.usedBy == []) | .name'`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if list.Graph, err = a.Connect(c); err != nil {
				return err
			}
			list.App, list.Job = a.Settings.App, a.Settings.Job
			found, err := list.Do(c.Context())
			if err != nil {
				return err
			}
			return output.List(a.IO.Out, a.Printer, found,
				cli.Column("side", func(l mappings.ListedAttribute) string { return string(l.Side) }),
				cli.Column("name", func(l mappings.ListedAttribute) string { return l.Name }),
				cli.Column("type", func(l mappings.ListedAttribute) string { return l.Type }),
				cli.Column("marks", marksOf),
				cli.Column("mutability", func(l mappings.ListedAttribute) string { return l.Mutability }),
				cli.Column("references", func(l mappings.ListedAttribute) string { return strings.Join(l.References, ", ") }),
				cli.Long("used by", usedBy))
		},
	}
	objectFlag(a, c, &list.Object, schema.User)
	sideFlag(a, c, &list.Side, "", "only this `side`: source or target")
	return c
}

func marksOf(l mappings.ListedAttribute) string {
	marks := []string{}
	for _, mark := range []struct {
		set  bool
		name string
	}{{l.Anchor, "anchor"}, {l.Required, "required"}, {l.Multivalued, "multivalued"}, {l.CaseExact, "case-exact"}} {
		if mark.set {
			marks = append(marks, mark.name)
		}
	}
	return strings.Join(marks, ", ")
}

func usedBy(l mappings.ListedAttribute) string {
	names := make([]string, len(l.UsedBy))
	for i, use := range l.UsedBy {
		names[i] = use.String()
	}
	return strings.Join(names, ", ")
}

func newMappingAttributeAddCmd(a *cli.App) *cobra.Command {
	var add mappings.AddAttributes
	c := &cobra.Command{
		Use:         "add <name>...",
		Annotations: cli.Asks(editsSchema(), graph.OpAvailableExtensions),
		Short:       "Put attributes on an attribute list",
		Long: `Put attributes on an attribute list, all in one write. What is there alike is
left alone; what is there otherwise is an error.

A target should have a name of the form
urn:ietf:params:scim:schemas:extension:NAME:2.0:User:ATTRIBUTE: others are left
out when an account is created. To an application that is not from the gallery
Microsoft Entra ID sends custom attributes only when they are single-valued and
simple. What looks like a misspelling of an attribute on the list needs
--new-target. In a target ' may stand for ".

A source is the short name of an extension property of the application, and
has its type; any other needs --new-source.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping attribute add urn:ietf:params:scim:schemas:extension:contoso:2.0:User:team --app Workato

  scimctl mapping attribute add employeeHireDate --side source --type DateTime --new-source --app Workato`,
		RunE: func(c *cobra.Command, args []string) error {
			add.Names = args
			return updateSchema(a, c, strings.Join(args, ", ")+": on the list already", mappings.Update{Plan: add.Plan})
		},
	}
	objectFlag(a, c, &add.Object, schema.User)
	sideFlag(a, c, &add.Side, schema.Target, "on this `side`: source or target")
	c.Flags().StringVar(&add.Type, "type", "", "`type` of its values: String, Integer, Boolean, DateTime, Reference or Binary")
	c.Flags().BoolVar(&add.Required, "required", false, "an account has to have a value")
	c.Flags().BoolVar(&add.Multivalued, "multivalued", false, "it has several values")
	c.Flags().BoolVar(&add.CaseExact, "case-exact", false, "upper and lower case count when values are compared")
	c.Flags().StringArrayVar(&add.References, "reference", nil, "it points to this `object` of the directory, such as User; may be given several times")
	c.Flags().BoolVar(&add.NewSource, "new-source", false, "add a source that is no extension property")
	c.Flags().BoolVar(&add.NewTarget, "new-target", false, "add a target whose name resembles one that is there")
	a.CompleteFlag(c, "type", cobra.FixedCompletions(mappings.AttributeTypes(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func newMappingAttributeRemoveCmd(a *cli.App) *cobra.Command {
	var remove mappings.RemoveAttributes
	c := &cobra.Command{
		Use:         "remove <name>...",
		Annotations: cli.Asks(editsSchema()),
		Short:       "Take attributes off an attribute list",
		Long: `Take attributes off an attribute list, all in one write. What a mapping or a
scoping filter uses stays, as do anchors and required attributes. What is not
on the list is left alone, but for a name that looks like a misspelling: that is
an error.

As JSON: changes[] {object, kind, name, old, new}, warnings, copyId, copyPath.`,
		Example: `  scimctl mapping attribute remove nickName --app Workato

  scimctl mapping attribute remove netId --side source --app Workato --dry-run`,
		RunE: func(c *cobra.Command, args []string) error {
			remove.Names = args
			return updateSchema(a, c, "already without the attribute "+strings.Join(args, ", "), mappings.Update{Plan: remove.Plan})
		},
	}
	objectFlag(a, c, &remove.Object, schema.User)
	sideFlag(a, c, &remove.Side, schema.Target, "on this `side`: source or target")
	return c
}

func sideFlag(a *cli.App, c *cobra.Command, side *schema.Side, usual schema.Side, usage string) {
	*side = usual
	c.Flags().Var((*sideValue)(side), "side", usage)
	a.CompleteFlag(c, "side", cobra.FixedCompletions([]string{string(schema.Source), string(schema.Target)}, cobra.ShellCompDirectiveNoFileComp))
}

// sideValue is a flag that takes source or target.
type sideValue schema.Side

func (v *sideValue) Set(text string) error {
	if text != string(schema.Source) && text != string(schema.Target) {
		return fmt.Errorf("it is %s or %s", schema.Source, schema.Target)
	}
	*v = sideValue(text)
	return nil
}

func (v *sideValue) String() string { return string(*v) }

func (v *sideValue) Type() string { return "side" }
