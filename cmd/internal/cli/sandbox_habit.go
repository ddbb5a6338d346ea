package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

func HabitFlag(c *cobra.Command, habit *string) {
	c.Flags().StringVar(habit, "scim-habit", "", "give the SCIM server inside this `habit`: forgets, wipes-groups, strict-booleans")
}

// HabitOf is what the flag asks for; nothing when it is not given.
func HabitOf(text string) ([]sandbox.Option, error) {
	if text == "" {
		return nil, nil
	}
	habit, err := scimserver.ParseHabit(text)
	if err != nil {
		return nil, fmt.Errorf("--scim-habit: %w", err)
	}
	return []sandbox.Option{sandbox.WithSCIMHabit(habit)}, nil
}

// HabitsHelp lists what a SCIM server may do.
func HabitsHelp() string {
	var b strings.Builder
	for _, h := range scimserver.Habits() {
		iostreams.Fprintf(&b, "  %-16s %s\n", h, h.Meaning())
	}
	return strings.TrimRight(b.String(), "\n")
}
