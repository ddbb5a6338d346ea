package credentials

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/ondemand"
)

func newCredentialsRotateCmd(a *cli.App) *cobra.Command {
	var rotate ondemand.Rotate
	var how flags.SignInFlags
	var expiry flags.ExpiryFlag
	var expires flags.UntilFlag
	c := &cobra.Command{
		Use: "rotate",
		// from the users on with --probe
		Annotations: cli.Asks(cli.ReadsSettings(),
			graph.OpWriteSecrets, graph.OpValidate, graph.OpReadUsers, graph.OpReadSchema, graph.OpReadOwnAssignments,
			graph.OpProvision,
		),
		Short: "Put a new token in the place of the saved one",
		Long: `Put a new token, or a new client secret, in the place of the saved one. The
service tries the new one first: as long as it does not work, the old one stays.
Then it is saved, and what was saved is tried. With --probe a user is then
provisioned on demand with it.

Keep the old token valid in the application until this has ended: nobody can
read it back from the service.` + credentialsJSON + `,
probe {the members of provision on-demand}.`,
		Example: `  # bash
  scimctl credentials rotate --app Workato --token-stdin < new-token.txt

  # PowerShell
  Get-Content new-token.txt | scimctl credentials rotate --app Workato --token-stdin

  # And see that one person is provisioned with it
  scimctl credentials rotate --app Workato --token-file new-token.txt --probe ada@contoso.com`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if rotate.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if rotate.Keeper, err = a.Keeper(); err != nil {
				return err
			}
			if rotate.Token, rotate.Client, err = how.Read(c, a); err != nil {
				return err
			}
			if rotate.Token == "" && rotate.Client.Secret == "" {
				return &credentials.TokenError{Reason: "is empty"}
			}
			rotate.App, rotate.Job, rotate.Expires = a.Settings.App, a.Settings.Job, time.Time(expires)
			done, err := rotate.Do(c.Context())
			tellCautions(a, done.Credentials)
			if err != nil && done.Probe == nil {
				return err
			}
			return cmp.Or(err, tellRotated(a, done, err), expiry.Check(c, a, done.App.Name, done.Expires))
		},
	}
	c.Flags().StringVar(&rotate.URL, "url", "", "tenant `URL`, when it changes too")
	c.Flags().BoolVar(&rotate.Force, "force", false, "write also what was saved from this machine before")
	c.Flags().StringVar(&rotate.Probe, "probe", "", "provision this `user` on demand with the new token")
	how.Register(c)
	expires.Register(c)
	expiry.Register(c)
	return c
}

// tellRotated says what was done, also when the probe then went wrong.
func tellRotated(a *cli.App, done ondemand.RotateResult, probe error) error {
	sentence := savedSentence(a, done.Credentials, false)
	if !done.Already && !a.Settings.DryRun {
		sentence = fmt.Sprintf("%s has its new secret, and it works", done.App.Name)
	}
	if done.Probe != nil && probe == nil {
		sentence += fmt.Sprintf("; %s: %s", done.Probe.Subject, done.Probe.State)
	}
	return cli.Told(a, done, sentence,
		cli.Column("app", func(p ondemand.RotateResult) string { return p.App.Name }),
		cli.Column("url", func(p ondemand.RotateResult) string { return p.URL }),
		cli.Column("saved", func(p ondemand.RotateResult) string { return cli.YesNo(p.Saved) }),
		cli.Column("valid", func(p ondemand.RotateResult) string { return cli.YesNo(p.Valid) }),
		cli.Column("already", func(p ondemand.RotateResult) string { return cli.YesNo(p.Already) }),
		cli.Column("expires", func(p ondemand.RotateResult) string { return cli.Moment(p.Expires) }))
}

func newCredentialsClearCmd(a *cli.App) *cobra.Command {
	var clearing credentials.Clear
	c := &cobra.Command{
		Use:         "clear",
		Annotations: cli.Asks(cli.ReadsSettings(), graph.OpWriteSecrets),
		Short:       "Remove the tenant URL and token",
		Long: `Remove the tenant URL and whatever the service signs in with, together. Nobody
can read the secret back, so it asks. While provisioning is running it refuses:
without credentials the job goes into quarantine, and --yes does it all the
same. The settings stay; with --settings they go too, as far as the service
lets them: scope and notification settings keep a value that says nothing.

As JSON: app {the members of app list}, already, cleared[], remaining[].`,
		Example: `  scimctl credentials clear --app Workato

  # In a pipeline, where nobody can be asked
  scimctl credentials clear --app Workato --yes`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if clearing.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if clearing.Keeper, err = a.Keeper(); err != nil {
				return err
			}
			clearing.App, clearing.Confirm, clearing.Running = a.Settings.App, a.ConfirmRisk, a.Settings.Yes
			done, err := clearing.Do(c.Context())
			if err != nil {
				return err
			}
			return cli.Told(a, done, clearedSentence(a, done),
				cli.Column("app", func(p credentials.Cleared) string { return p.App.Name }),
				cli.Column("cleared", func(p credentials.Cleared) string { return strings.Join(p.Cleared, " ") }),
				cli.Column("remaining", func(p credentials.Cleared) string { return strings.Join(p.Remaining, " ") }),
				cli.Column("already", func(p credentials.Cleared) string { return cli.YesNo(p.Already) }))
		},
	}
	c.Flags().BoolVar(&clearing.Settings, "settings", false, "also put scope, notifications and threshold back")
	return c
}

func clearedSentence(a *cli.App, done credentials.Cleared) string {
	sentence := fmt.Sprintf("the credentials of %s %s", done.App.Name, a.Would("cleared"))
	if done.Already {
		sentence = fmt.Sprintf("no credentials are saved for %s: nothing to clear", done.App.Name)
	}
	if len(done.Remaining) > 0 {
		sentence += "; settings that stay: " + strings.Join(done.Remaining, ", ")
	}
	return sentence
}
