package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/safetext"
)

// completionTime is how long somebody who pressed Tab is kept waiting.
const completionTime = 2 * time.Second

// Complete makes a completion of what list gives from Graph, with a description
// after a tab where there is one. When that cannot be had in two seconds, or at
// all, nothing is completed and nothing is said.
func (a *App) Complete(list func(context.Context, *graph.Client) ([]cobra.Completion, error)) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		names, err := a.lookUp(c, list)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveError
		}
		return Completions(names), cobra.ShellCompDirectiveNoFileComp
	}
}

// Completions leaves out names that a command line cannot have as they are. A
// description follows its name after a tab.
func Completions(names []cobra.Completion) []cobra.Completion {
	var offered []cobra.Completion
	for _, completion := range names {
		name, description, described := strings.Cut(completion, "\t")
		switch {
		case name != safetext.Line(name), strings.HasPrefix(name, "-"):
		case described:
			offered = append(offered, cobra.CompletionWithDesc(name, safetext.Line(description)))
		default:
			offered = append(offered, name)
		}
	}
	return offered
}

// CompleteFlag completes the values of a flag. Cobra keeps completions, and all
// that they refer to, for as long as the program runs: they are made only when a
// shell asks for them.
func (a *App) CompleteFlag(c *cobra.Command, flag string, values cobra.CompletionFunc) {
	if a.completing {
		_ = c.RegisterFlagCompletionFunc(flag, values) // it fails for a flag that does not exist, and this one does
	}
}

// First makes a completion of the first argument alone.
func First(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(c, args, typed)
	}
}

func (a *App) lookUp(c *cobra.Command, list func(context.Context, *graph.Client) ([]cobra.Completion, error)) ([]cobra.Completion, error) {
	if err := a.Load(c); err != nil {
		return nil, err
	}
	a.IO.Quiet = true
	ctx, cancel := context.WithTimeout(c.Context(), completionTime)
	defer cancel()
	client, err := a.Graph(ctx)
	if err != nil {
		return nil, err
	}
	return list(ctx, client)
}

func NewCompletionCmd(a *App) *cobra.Command {
	shells := []string{"bash", "zsh", "fish", "powershell"}
	return &cobra.Command{
		Use:   "completion <shell>",
		Short: "Print what makes a shell complete scimctl",
		Long: `Print what makes a shell complete scimctl: commands, flags and, where the
tenant answers within two seconds, names of applications.

The shells are bash (with the bash-completion package), zsh, fish and powershell.`,
		GroupID:   GroupTool,
		ValidArgs: shells,
		Args:      cobra.MatchAll(Arguments("completion <shell>"), oneOf(shells)),
		Example: `  # bash: put this line into ~/.bashrc
  source <(scimctl completion bash)

  # PowerShell: put this line into $PROFILE
  scimctl completion powershell | Out-String | Invoke-Expression`,
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), a.IO.Out
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			default:
				return root.GenPowerShellCompletionWithDesc(out)
			}
		},
	}
}
