package cli

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

// NoSuchCommand is for commands that only hold others.
func NoSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	e := &exit.UsageError{Command: c.CommandPath(), Err: fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())}
	if MayGetSecrets(c) {
		e.Err = fmt.Errorf("unknown command for %q", c.CommandPath())
	}
	for _, near := range c.SuggestionsFor(args[0]) {
		e.Near = append(e.Near, c.CommandPath()+" "+near)
	}
	return e
}

// FlagError puts pflag's errors in our words. After a command that does not
// exist its flags are unknown too: the command is what to speak of.
func FlagError(c *cobra.Command, err error) error {
	if c.HasAvailableSubCommands() && c.Flags().NArg() > 0 {
		return NoSuchCommand(c, c.Flags().Args())
	}
	if MayGetSecrets(c) {
		return secretFlagError(c, err)
	}
	if e, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return &exit.UsageError{Command: c.CommandPath(), Near: exit.NearFlags(c, e.GetSpecifiedName()), Err: err}
	}
	if e, ok := errors.AsType[*pflag.InvalidValueError](err); ok && !exit.IsUsage(err) {
		return exit.Usagef(c, "--%s: %w", e.GetFlag().Name, misfit(e))
	}
	if cause := errors.Unwrap(err); cause != nil && exit.IsUsage(cause) {
		return cause
	}
	return &exit.UsageError{Command: c.CommandPath(), Err: err}
}

// Exclusive lets a command have no more than one of some flags.
func Exclusive(c *cobra.Command, flags ...string) {
	c.MarkFlagsMutuallyExclusive(flags...) // completion then offers no second one
	others := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if others != nil {
			if err := others(c, args); err != nil {
				return err
			}
		}
		given := slices.DeleteFunc(slices.Clone(flags), func(name string) bool { return !c.Flags().Changed(name) })
		if len(given) > 1 {
			return exit.Usagef(c, "--%s cannot be given together: take one of them", strings.Join(given, " and --"))
		}
		return nil
	}
}

// misfit says what a flag's value is not.
func misfit(e *pflag.InvalidValueError) error {
	switch kind := e.GetFlag().Value.Type(); {
	case kind == "bool":
		return fmt.Errorf("%q is neither true nor false", e.GetValue())
	case kind == "duration":
		return fmt.Errorf("%q is no duration, such as 90s or 5m", e.GetValue())
	case strings.HasPrefix(kind, "int"), strings.HasPrefix(kind, "uint"):
		return fmt.Errorf("%q is no whole number", e.GetValue())
	default:
		return e.Unwrap()
	}
}

// Arguments makes the check of a command's arguments from how its use is
// written: "set-role <user> [role]", "create <name>...". Capitals do as well as
// angle brackets.
func Arguments(use string) cobra.PositionalArgs {
	var required []string
	most := 0
	for _, word := range strings.Fields(use)[1:] {
		if word == "[flags]" {
			continue
		}
		if !strings.HasPrefix(word, "[") {
			required = append(required, strings.TrimSuffix(word, "..."))
		}
		switch {
		case strings.Contains(word, "..."):
			most = math.MaxInt
		case most < math.MaxInt:
			most++
		}
	}
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(required):
			return exit.Usagef(c, "%s needs %s", c.CommandPath(), strings.Join(required[len(args):], " and "))
		case len(args) > most && MayGetSecrets(c):
			return exit.Usagef(c, "%s: too many arguments; a secret is never given as one", c.CommandPath())
		case len(args) > most && most == 0:
			return exit.Usagef(c, "%s takes no argument, and there is %q", c.CommandPath(), args[0])
		case len(args) > most && most == 1:
			return exit.Usagef(c, "%s takes one argument: %q is too many", c.CommandPath(), args[most])
		case len(args) > most:
			return exit.Usagef(c, "%s takes no more than %d arguments: %q is too many", c.CommandPath(), most, args[most])
		default:
			return nil
		}
	}
}

func PrintHelp(c *cobra.Command, _ []string) {
	text := c.Long
	if text == "" {
		text = c.Short
	}
	c.Println(strings.TrimSpace(text))
	if c.Runnable() || c.HasAvailableSubCommands() {
		c.Println()
		c.Print(c.UsageString())
	}
}

func PrintUsage(c *cobra.Command) error {
	var b strings.Builder
	line := c.UseLine()
	if c.HasAvailableSubCommands() {
		line = c.CommandPath() + " <command> [flags]"
	}
	iostreams.Fprintf(&b, "Usage:\n  %s\n", line)
	if c.HasExample() {
		iostreams.Fprintf(&b, "\nExamples:\n%s\n", iostreams.Lines(strings.TrimRight(c.Example, "\n")))
	}
	listCommands(&b, c)
	if flags := c.NonInheritedFlags(); flags.HasAvailableFlags() {
		iostreams.Fprintf(&b, "\nFlags:\n%s", iostreams.Lines(flags.FlagUsages()))
	}
	switch {
	case c.HasAvailableSubCommands():
		iostreams.Fprintf(&b, "\nMore of a command: %s <command> --help\n", c.CommandPath())
	case c.HasAvailableInheritedFlags():
		b.WriteString("\nFlags that every command has, such as --app and --dry-run: scimctl --help\n")
	}
	if !c.HasParent() {
		b.WriteString("More to read: scimctl help environment, scimctl help exit-codes\n")
	}
	_, err := io.WriteString(c.OutOrStderr(), b.String())
	return err
}

// listCommands lists what c holds, by group.
func listCommands(b *strings.Builder, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	if len(c.Groups()) == 0 {
		listGroup(b, c, "", "Commands:")
		return
	}
	for _, group := range c.Groups() {
		if c.ContainsGroup(group.ID) {
			listGroup(b, c, group.ID, group.Title)
		}
	}
}

func listGroup(b *strings.Builder, c *cobra.Command, id, title string) {
	var lines []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() && sub.GroupID == id {
			lines = append(lines, fmt.Sprintf("  %-*s   %s\n", sub.NamePadding(), sub.Name(), sub.Short))
		}
	}
	if len(lines) > 0 {
		iostreams.Fprintf(b, "\n%s\n%s", title, iostreams.Lines(strings.Join(lines, "")))
	}
}
