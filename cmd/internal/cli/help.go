package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

func NewHelpCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "help [command...]",
		Short:   "Show the help of a command or topic",
		Long:    "Show the help of a command. The topics environment and exit-codes are no commands, but have help too.",
		GroupID: GroupTool,
		Example: `  scimctl help version

  scimctl help exit-codes`,
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil }, // no settings are needed
		RunE: func(c *cobra.Command, args []string) error {
			about, rest, err := c.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = NoSuchCommand(about, rest)
			}
			if err != nil {
				return err
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
		ValidArgsFunction: CompleteCommands,
	}
}

// CompleteCommands completes the words of a command.
func CompleteCommands(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	about, rest, err := c.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []cobra.Completion
	for _, sub := range about.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, cobra.CompletionWithDesc(sub.Name(), sub.Short))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// oneOf refuses arguments that are not in a list.
func oneOf(known []string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		for _, arg := range args {
			if !slices.Contains(known, arg) {
				return exit.Usagef(c, "%q is none of %s", arg, strings.Join(known, ", "))
			}
		}
		return nil
	}
}

// HelpTopics are pages of the help that belong to no command. They are made
// from the tables that the program itself goes by.
func HelpTopics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "environment", Short: "Show variables and the config file", Long: environmentHelp(), Hidden: true},
		{Use: "exit-codes", Short: "Show what the exit codes mean", Long: exitCodesHelp(), Hidden: true},
	}
}

func exitCodesHelp() string {
	var b strings.Builder
	b.WriteString("The exit codes of scimctl:\n\n")
	for _, code := range exit.Codes() {
		iostreams.Fprintf(&b, "  %3d   %s\n", code, code.Meaning())
	}
	b.WriteString("\nWith -o json an error is one JSON object, the last line on standard error: error,\ncode and, where there are any, hint and requestId.\n")
	return b.String()
}

func environmentHelp() string {
	var b strings.Builder
	b.WriteString(`A setting is looked for in this order: flag, variable, profile of the config
file, default. A variable that is empty is none; scimctl config list
--show-origin says what holds and why.

  export SCIMCTL_APP=Workato         bash
  $env:SCIMCTL_APP = 'Workato'       PowerShell
  set SCIMCTL_APP=Workato            the Windows command prompt

Each variable with its key in a profile:

`)
	var also []string
	for _, s := range config.Table() {
		iostreams.Fprintf(&b, "  %-28s %-18s  %s\n", s.Variable(), s.Key(), plainUsage(s))
		if s.Also != "" {
			also = append(also, fmt.Sprintf("  %-39s for %s\n", s.Also, s.Variable()))
		}
	}
	b.WriteString("\nVariables of other tools, when nothing above sets the same:\n\n" + strings.Join(also, ""))
	b.WriteString(`
SCIMCTL_SANDBOX_SCIM_TOKEN is the token that the sandbox sends to a SCIM server
of yours, at SCIMCTL_SANDBOX_SCIM_URL and nowhere else. It is stored nowhere, so
set both for each command.
SCIMCTL_RESULT_FILE names a file to which the exit code and the name of the
command are written when it has ended; after a crash or an interruption there is
none. See docs/ci.md.
NO_COLOR takes colour away, CLICOLOR_FORCE gives it to a pipe too.

The config file is scimctl/config.yaml in the user's config folder: ~/.config or
$XDG_CONFIG_HOME, ~/Library/Application Support on macOS, %AppData% on Windows.
scimctl config set and unset change it. The only profile holds by itself, of
several the default one, or that of --profile:

  default_profile: work
  profiles:
    work:
      app: Workato
      tenant: contoso.com
`)
	return b.String()
}

// plainUsage is the help of a setting without the marks that flags need.
func plainUsage(s config.Setting) string {
	usage := strings.ReplaceAll(s.Usage, "`", "")
	if len(s.Allowed) > 0 {
		usage += ": " + strings.Join(s.Allowed, ", ")
	}
	return usage
}
