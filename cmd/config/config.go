// Package config has the commands that change the settings of scimctl.
package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/config"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/safetext"
)

func New(a *cli.App) *cobra.Command {
	return cli.NewGroup(cli.GroupTool, "config", "What is set, and where",
		`Settings: what each is now and what says so, and the profiles in the config
file. A setting is looked for in this order: flag, variable, profile, default.

No secret is ever shown, and none is kept in the config file.`,
		newConfigListCmd(a), newConfigGetCmd(a), newConfigSetCmd(a), newConfigUnsetCmd(a))
}

func newConfigListCmd(a *cli.App) *cobra.Command {
	var showOrigin bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List all settings and their values",
		Long: `List all settings with the values that hold for this command. With
--show-origin, also where each comes from: a flag, a variable, or a file with
line and key. A secret shows as stars.

As JSON, a list of: key, value, source (flag, variable, file or default),
origin.`,
		Example: `  scimctl config list

  # Who says so?
  scimctl config list --show-origin --profile work`,
		RunE: func(*cobra.Command, []string) error {
			columns := []output.Column[config.Entry]{
				cli.Column("key", func(e config.Entry) string { return e.Key }),
				cli.Column("value", func(e config.Entry) string { return e.Value }),
			}
			if showOrigin {
				columns = append(columns, cli.Column("origin", originOf))
			}
			return output.List(a.IO.Out, a.Printer, a.Settings.Entries(), columns...)
		},
	}
	c.Flags().BoolVar(&showOrigin, "show-origin", false, "show where each value comes from")
	return c
}

func originOf(e config.Entry) string {
	if e.Origin == "" {
		return string(e.Source)
	}
	return e.Origin
}

func newConfigGetCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "get <key>",
		Short: "Show the value of a setting",
		Long: `Show the value that holds for this command, as scimctl config list does: an
empty line when nothing sets it, stars for a secret.

As JSON: key, value, source (flag, variable, file or default), origin.`,
		Example: `  scimctl config get app

  scimctl config get wait_timeout --jq .origin`,
		ValidArgsFunction: completeKeys(everyKey),
		RunE: func(c *cobra.Command, args []string) error {
			e, ok := a.Settings.Entry(args[0])
			if !ok {
				return exit.Usagef(c, "there is no setting %s: there are %s", args[0], strings.Join(everyKey(), ", "))
			}
			if a.ForPeople() {
				_, err := iostreams.Fprintln(a.IO.Out, e.Value)
				return err
			}
			return output.One(a.IO.Out, a.Printer, e,
				cli.Column("key", func(e config.Entry) string { return e.Key }),
				cli.Column("value", func(e config.Entry) string { return e.Value }),
				cli.Column("origin", originOf))
		},
	}
}

func newConfigSetCmd(a *cli.App) *cobra.Command {
	c := &cobra.Command{
		Use:   "set <key> <value>",
		Short: "Set a value in a profile of the config file",
		Long: `Set a value in a profile of the config file: that of --profile, else the default
one. File and profile are made when they are missing; comments and order stay.

The key default_profile says which profile holds when none is named. Secrets,
and what is for one command at a time (dry_run, yes, sandbox), are refused.

As JSON: file, profile, key, old, new, changed, default (whether the profile
holds without being named).`,
		Example: `  scimctl config set app Workato

  # A second profile, and which one holds
  scimctl config set tenant fabrikam.com --profile test
  scimctl config set default_profile test`,
		ValidArgsFunction: completeKeys(config.FileKeys),
		PersistentPreRunE: func(c *cobra.Command, args []string) error { return beginAround(a, c, args) },
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(args[1]) == "" {
				return exit.UsageHint(c, exit.Try("remove the setting", "config unset", args[0]), "the value is empty")
			}
			return editConfig(a, args[0], args[1])
		},
	}
	return c
}

func newConfigUnsetCmd(a *cli.App) *cobra.Command {
	return &cobra.Command{
		Use:   "unset <key>",
		Short: "Take a value out of a profile of the config file",
		Long: `Take a value out of a profile of the config file: that of --profile, else the
default one. The profile stays, also without any value.

As JSON: file, profile, key, old, changed, default.`,
		Example: `  scimctl config unset wait_timeout

  scimctl config unset default_profile`,
		ValidArgsFunction: completeKeys(config.FileKeys),
		PersistentPreRunE: func(c *cobra.Command, args []string) error { return beginAround(a, c, args) },
		RunE:              func(_ *cobra.Command, args []string) error { return editConfig(a, args[0], "") },
	}
}

// beginAround begins a command that may have to mend the config file.
func beginAround(a *cli.App, c *cobra.Command, _ []string) error {
	return a.LoadBy(c, config.LoadAround)
}

func editConfig(a *cli.App, key, value string) error {
	edit := config.Edit{Path: a.Settings.Config, Profile: a.Settings.Profile, Key: key, Value: value, DryRun: a.Settings.DryRun}
	done, err := edit.Do()
	if err != nil {
		return err
	}
	if u, err := url.Parse(done.Old); err != nil || u.Host != "" { // what was there may be one that is refused today
		done.Old = safetext.Address(done.Old)
	}
	if err := cli.Told(a, done, editSentence(a, done),
		cli.Column("file", func(e config.Edited) string { return e.File }),
		cli.Column("profile", func(e config.Edited) string { return e.Profile }),
		cli.Column("key", func(e config.Edited) string { return e.Key }),
		cli.Column("old", func(e config.Edited) string { return e.Old }),
		cli.Column("new", func(e config.Edited) string { return e.New }),
		cli.Column("changed", func(e config.Edited) string { return cli.YesNo(e.Changed) })); err != nil {
		return err
	}
	if e, _ := a.Settings.Entry(done.Key); e.Source == config.Flag || e.Source == config.Variable {
		a.IO.Warn("%s is stronger than the config file", e.Origin)
	}
	if done.New != "" && done.Profile != "" && !done.Default {
		a.Note(remedy.Run("it applies with --profile; to always use this profile", "config set", config.DefaultProfile, done.Profile))
	}
	return nil
}

func editSentence(a *cli.App, done config.Edited) string {
	what := done.Key
	if done.Profile != "" {
		what += " of profile " + done.Profile
	}
	switch {
	case !done.Changed && done.New == "":
		return fmt.Sprintf("%s is not set in %s: nothing to write", what, done.File)
	case !done.Changed:
		return fmt.Sprintf("%s is %s already: nothing to write", what, done.New)
	case done.New == "":
		return fmt.Sprintf("%s, which was %s, %s out of %s", what, done.Old, a.Would("taken"), done.File)
	}
	return fmt.Sprintf("%s %s to %s in %s", what, a.Would("set"), done.New, done.File)
}

// everyKey are the keys that config get takes.
func everyKey() []string {
	keys := []string{config.DefaultProfile}
	for _, s := range config.Table() {
		keys = append(keys, strings.ReplaceAll(s.Name, "-", "_"))
	}
	slices.Sort(keys)
	return keys
}

// completeKeys completes a key, and after it a value where there are but a few.
func completeKeys(keys func() []string) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
		switch {
		case len(args) == 0:
			return keys(), cobra.ShellCompDirectiveNoFileComp
		case len(args) == 1 && c.Name() == "set":
			for _, s := range config.Table() {
				if s.Key() == args[0] {
					return s.Allowed, cobra.ShellCompDirectiveNoFileComp
				}
			}
		}
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
}
