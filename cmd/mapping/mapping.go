// Package mapping has the commands for attribute mappings, scoping filters and
// expressions.
package mapping

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/mappings/schema"
)

func New(a *cli.App) *cobra.Command {
	c := cli.NewGroup(cli.GroupProvisioning, "mapping", "List and change attribute mappings",
		`Attribute mappings: which attribute of a user or group goes where in the
application.

The schema that holds them is read, changed in place and put back whole: what
scimctl does not know stays as it is. Before each write a copy is kept on this
machine. Microsoft Graph has no way to lock a schema: what someone else writes
between scimctl's last look and its write is lost.`,

		newMappingListCmd(a), newMappingAddCmd(a), newMappingSetCmd(a), newMappingRemoveCmd(a), newMappingCopyCmd(a), newMappingEnableCmd(a), newMappingDisableCmd(a), newMappingActionsCmd(a),
		newMappingCheckCmd(a), newMappingAttributeCmd(a), newMappingFilterCmd(a), newMappingEvalCmd(a), newMappingFunctionsCmd(a),
		newMappingPreviewCmd(a),
		newMappingExportCmd(a), newMappingImportCmd(a), newMappingDiffCmd(a),
		newMappingHistoryCmd(a), newMappingRestoreCmd(a), newMappingResetCmd(a),
	)
	stoppable(c)
	return c
}

func objectFlag(a *cli.App, c *cobra.Command, object *string, usual string) {
	*object = usual
	c.Flags().Var((*objectValue)(object), "object", "mapping of this `object`: user or group")
	a.CompleteFlag(c, "object", cobra.FixedCompletions([]string{schema.User, schema.Group}, cobra.ShellCompDirectiveNoFileComp))
}

// objectValue is a flag that takes user or group.
type objectValue string

func (v *objectValue) Set(text string) error {
	if text != schema.User && text != schema.Group {
		return fmt.Errorf("it is %s or %s", schema.User, schema.Group)
	}
	*v = objectValue(text)
	return nil
}

func (v *objectValue) String() string { return string(*v) }

func (v *objectValue) Type() string { return "object" }
