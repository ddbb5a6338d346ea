package exit

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/graph/remedy"
)

// A UsageError is a command line that cannot be understood.
type UsageError struct {
	Command string   // the command that was meant, as typed
	Near    []string // commands that may have been meant instead
	Hint    remedy.List
	Err     error
}

// Error is what is wrong with it.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives the error that it was made from.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes the error of a command whose flags or arguments do not fit
// together.
func Usagef(c *cobra.Command, format string, args ...any) error {
	return &UsageError{Command: c.CommandPath(), Err: fmt.Errorf(format, args...)}
}

// UsageHint is usagef for a mistake with a remedy of its own.
func UsageHint(c *cobra.Command, hint remedy.List, mistake string) error {
	return &UsageError{Command: c.CommandPath(), Hint: hint, Err: errors.New(mistake)}
}

// NearFlags finds the flags of a command that may have been meant, by cobra's
// own measure for commands.
func NearFlags(c *cobra.Command, name string) []string {
	if len(name) < 2 {
		return nil
	}
	flags := &cobra.Command{SuggestionsMinimumDistance: min(2, len(name)-1)} // not every letter another
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			flags.AddCommand(&cobra.Command{Use: f.Name, Run: func(*cobra.Command, []string) {}})
		}
	})
	var near []string
	for _, flag := range flags.SuggestionsFor(name) {
		near = append(near, "--"+flag)
	}
	return near
}
