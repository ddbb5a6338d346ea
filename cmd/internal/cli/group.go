package cli

import (
	"github.com/spf13/cobra"
)

// The groups that the help of scimctl shows its commands in.
const (
	GroupTenant       = "tenant"
	GroupProvisioning = "provisioning"
	GroupFile         = "file"
	GroupTool         = "tool"
)

// NewGroup makes a command that only holds others.
func NewGroup(group, use, short, long string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{
		Use: use, Short: short, Long: long, GroupID: group,
		Args: NoSuchCommand,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(subs...)
	return c
}
