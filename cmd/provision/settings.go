package provision

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

const settingsJSON = `app {the members of app list}, scope (assigned, all;
absent when it was never set), notify[], notifyEnabled, deleteThreshold,
deleteThresholdEnabled, skipOutOfScopeDeletions`

func newProvisionSettingsCmd(a *cli.App) *cobra.Command {
	var change credentials.ChangeSettings
	var flags settingsFlags
	c := &cobra.Command{
		Use: "settings",
		// users with --scope all, the last two when asked
		Annotations: cli.Asks(cli.ReadsSettings(),
			graph.OpWriteSecrets, graph.OpValidate, graph.OpReadUsers, graph.OpRestartJob, graph.OpStartJob,
		),
		Short: "Show or change scope, mail and deletion threshold",
		Long: `Show the settings of provisioning, or change those that are named; all others
keep their values. The scope all reaches every user of the tenant, so it asks.
From all to assigned, those who fall out stay in the application until
provisioning is restarted: on a terminal it offers that.

The service keeps settings and credentials together, and nobody can read the
token back. So what is saved is tried after the change; should the service have
dropped it, exit code 5 says so. A token that is given goes along and makes sure.

Mail goes out when provisioning enters quarantine. Microsoft documents one
address; that of a group is the way to reach several.

As JSON: ` + settingsJSON + `; of a change also
already, changes[] {setting, before, after}, restartNeeded, credentialsBroken.`,
		Example: `  scimctl provision settings --app Workato

  # Who is told, and how many deletions are too many
  scimctl provision settings --app Workato --notify ops@contoso.com --delete-threshold 100`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := flags.into(c, a, &change); err != nil {
				return err
			}
			if change.Graph, err = a.Connect(c); err != nil {
				return err
			}
			change.App, change.Job, change.Confirm = a.Settings.App, a.Settings.Job, a.ConfirmRisk
			if !flags.changes(c) {
				return showSettings(a, c, change.Graph)
			}
			done, err := change.Do(c.Context())
			if err != nil {
				return err
			}
			return cmp.Or(tellSettings(a, done), offerRestart(a, c.Context(), done))
		},
	}
	flags.register(a, c)
	return c
}

// settingsFlags are the settings as they are written on the command line.
type settingsFlags struct {
	scope     string
	notify    []string
	noNotify  bool
	threshold threshold
	skip      bool
	how       flags.SignInFlags
}

func (f *settingsFlags) register(a *cli.App, c *cobra.Command) {
	c.Flags().StringVar(&f.scope, "scope", "", "who is provisioned, as a `scope`: assigned users and groups only, or all of the tenant")
	c.Flags().StringSliceVar(&f.notify, "notify", nil, "tell this `address` of a quarantine by mail; several with commas between them")
	c.Flags().BoolVar(&f.noNotify, "no-notify", false, "tell nobody; the address stays for later")
	c.Flags().Var(&f.threshold, "delete-threshold", "stop and ask at this `number` of deletions in a cycle; off deletes any number")
	c.Flags().BoolVar(&f.skip, "skip-out-of-scope-deletions", false, "change nothing in the application when somebody leaves the scope")
	f.how.Register(c)
	cli.Exclusive(c, "notify", "no-notify")
	a.CompleteFlag(c, "scope", cobra.FixedCompletions([]cobra.Completion{"assigned", "all"}, cobra.ShellCompDirectiveNoFileComp))
}

// changes reports whether any setting is named.
func (f *settingsFlags) changes(c *cobra.Command) bool {
	for _, name := range []string{"scope", "notify", "no-notify", "delete-threshold", "skip-out-of-scope-deletions"} {
		if c.Flags().Changed(name) {
			return true
		}
	}
	return false
}

func (f *settingsFlags) into(c *cobra.Command, a *cli.App, change *credentials.ChangeSettings) (err error) {
	named := c.Flags().Changed
	switch {
	case f.how.Given() && !f.changes(c):
		return exit.Usagef(c, "which setting is to change? A token alone is saved with credentials set")
	case f.how.Oauth() && !f.how.Secret.Given():
		return exit.Usagef(c, "the client secret is missing: --scim-secret-stdin, --scim-secret-file or --scim-secret-env")
	case named("notify") && strings.TrimSpace(strings.Join(f.notify, "")) == "":
		return exit.Usagef(c, "--notify is empty: --no-notify tells nobody")
	case named("scope") && f.scope == "":
		return exit.Usagef(c, "--scope is empty: it is assigned or all")
	}
	change.Scope, change.NoNotify = credentials.Scope(strings.ToLower(f.scope)), f.noNotify
	if named("notify") {
		change.Notify = append([]string{}, f.notify...)
	}
	if named("delete-threshold") {
		change.DeleteThreshold = new(int(f.threshold))
	}
	if named("skip-out-of-scope-deletions") {
		change.SkipOutOfScopeDeletions = new(f.skip)
	}
	if f.how.Given() {
		change.Token, change.Client, err = f.how.Read(c, a)
		if err == nil && change.Token == "" && change.Client.Secret == "" {
			err = &credentials.TokenError{Reason: "is empty"}
		}
	}
	return err
}

// threshold is a number of deletions; 0 is off.
type threshold int

func (t *threshold) Set(text string) error {
	if strings.EqualFold(text, "off") {
		*t = 0
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil || n < 1 {
		return fmt.Errorf("it is a number from 1 on, or off")
	}
	*t = threshold(n)
	return nil
}

func (t *threshold) String() string {
	if *t == 0 {
		return ""
	}
	return strconv.Itoa(int(*t))
}

func (t *threshold) Type() string { return "number" }

func showSettings(a *cli.App, c *cobra.Command, client *graph.Client) error {
	shown, err := credentials.ShowSettings{Graph: client, App: a.Settings.App}.Do(c.Context())
	if err != nil {
		return err
	}
	return output.Fields(a.IO.Out, a.Printer, shown, cli.SettingsFields(shown.App.Name, shown.Settings)...)
}

func tellSettings(a *cli.App, done credentials.SettingsChange) error {
	if done.Broken != "" {
		a.IO.Warn("%s; that was so before this change", done.Broken)
	}
	written := slices.ContainsFunc(done.Changes, func(change credentials.SettingChange) bool { return change.Setting == "notify" })
	if written && len(done.Notify) > 1 {
		a.IO.Warn("Microsoft documents one address for mail: whether the service writes to %d is not known, and a group's address is sure", len(done.Notify))
	}
	sentence := fmt.Sprintf("the settings of %s are so already: nothing to write", done.App.Name)
	if !done.Already {
		var changes []string
		for _, change := range done.Changes {
			changes = append(changes, fmt.Sprintf("%s %s -> %s", change.Setting, cli.OrNone(change.Before), cli.OrNone(change.After)))
		}
		sentence = fmt.Sprintf("the settings of %s %s: %s", done.App.Name, a.Would("changed"), strings.Join(changes, ", "))
	}
	return cli.Told(a, done, sentence,
		cli.Column("app", func(p credentials.SettingsChange) string { return p.App.Name }),
		cli.Column("scope", func(p credentials.SettingsChange) string { return string(p.Scope) }),
		cli.Column("notify", func(p credentials.SettingsChange) string { return strings.Join(p.Notify, " ") }),
		cli.Column("delete threshold", func(p credentials.SettingsChange) string { return strconv.Itoa(p.DeleteThreshold) }),
		cli.Column("already", func(p credentials.SettingsChange) string { return cli.YesNo(p.Already) }))
}

// offerRestart is for those who fell out of scope: the service looks at them
// again only after a restart. Where nobody can be asked, and where --yes answers
// everything, the command is told instead, since a restart removes people.
func offerRestart(a *cli.App, ctx context.Context, done credentials.SettingsChange) error {
	if !done.RestartNeeded || a.Settings.DryRun {
		return nil
	}
	restart := remedy.Run("users who are not assigned stay in the application until it is restarted", "provision restart").Flag("app", done.App.Name).Or(done.App.Name, done.App.ServicePrincipalID)
	if a.Settings.Yes || !a.IO.CanAsk() {
		a.IO.Warn("%s", a.Hinter().Markup(restart))
		return nil
	}
	client, err := a.Graph(ctx)
	if err != nil {
		return err
	}
	removing := func(ctx context.Context, r provisioning.Risk) error {
		r.What += ", and who is not assigned is removed"
		return a.ConfirmRisk(ctx, r)
	}
	run, err := job.Restart{
		Graph: client, App: done.App.ServicePrincipalID, Job: a.Settings.Job, Confirm: removing, Notes: a.Notes(),
	}.Do(ctx)
	if _, declined := errors.AsType[*exit.DeclinedError](err); declined {
		a.Note(restart)
		return nil
	}
	if err != nil {
		return err
	}
	a.IO.Note("provisioning of %s restarted", run.App.Name)
	return nil
}
