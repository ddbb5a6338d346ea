// Package credentials has the commands for what the provisioning service signs
// in to an application with.
package credentials

import (
	"cmp"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

func New(a *cli.App) *cobra.Command {
	return cli.TakesSecrets(cli.NewGroup(cli.GroupProvisioning, "credentials", "Save, test and renew the tenant URL and token",
		`The tenant URL and secret token with which the provisioning service signs in to
an application: the portal's Admin Credentials. Some applications take OAuth 2.0
client credentials instead of a token.

A secret comes from standard input, a file, a variable or a prompt, never from
the command line.`,
		newCredentialsSetCmd(a), newCredentialsTestCmd(a), newCredentialsShowCmd(a), newCredentialsRotateCmd(a), newCredentialsClearCmd(a)))
}

const credentialsJSON = `

As JSON: app {the members of app list}, url, saved, valid, already, expires (as
given, or of a token that is a JWT), cautions[] {code, problem, remedy, hint}`

func newCredentialsSetCmd(a *cli.App) *cobra.Command {
	var set credentials.Set
	var how flags.SignInFlags
	var expiry flags.ExpiryFlag
	var expires flags.UntilFlag
	c := &cobra.Command{
		Use:         "set",
		Annotations: cli.Asks(cli.ReadsSettings(), graph.OpWriteSecrets, graph.OpValidate),
		Short:       "Save the tenant URL and token",
		Long: `Save the tenant URL and the secret token, or with --scim-client-id and
--scim-token-url the client credentials. The service tries them first, only what
works is saved, and then what was saved is tried.

The same again is not written: a salted fingerprint of the secret, never the
secret, is kept on this machine. In a pipeline that keeps nothing, --if-changed
writes only when the URL is another one or what is saved does not work any more;
another secret, while the saved one works, is not noticed there.` + credentialsJSON + `.`,
		Example: `  # bash
  scimctl credentials set --app Workato --url https://app.example.com/scim --token-stdin < token.txt

  # PowerShell
  Get-Content token.txt | scimctl credentials set --app Workato --url https://app.example.com/scim --token-stdin`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if set.URL == "" {
				return exit.Usagef(c, "which tenant URL? Name it with --url")
			}
			if err := how.Complete(c); err != nil {
				return err
			}
			if set.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if set.Keeper, err = a.Keeper(); err != nil {
				return err
			}
			if set.Token, set.Client, err = how.Read(c, a); err != nil {
				return err
			}
			set.App, set.Job, set.Expires = a.Settings.App, a.Settings.Job, time.Time(expires)
			done, err := set.Do(c.Context())
			tellCautions(a, done)
			if err != nil {
				return err
			}
			return cmp.Or(tellCredentials(a, done, savedSentence(a, done, set.IfChanged)), expiry.Check(c, a, done.App.Name, done.Expires))
		},
	}
	c.Flags().StringVar(&set.URL, "url", "", "tenant `URL` of the application's SCIM endpoint")
	c.Flags().BoolVar(&set.Force, "force", false, "write also what was saved from this machine before; someone else may have saved another token since")
	c.Flags().BoolVar(&set.IfChanged, "if-changed", false, "write only what differs, or works no more; where this machine knows nothing, what works is the same")
	c.Flags().BoolVar(&set.NoValidate, "no-validate", false, "save without trying them")
	how.Register(c)
	expires.Register(c)
	expiry.Register(c)
	cli.Exclusive(c, "force", "if-changed")
	cli.Exclusive(c, "if-changed", "no-validate")
	return c
}

// tellCautions says what may go wrong later with credentials that work.
func tellCautions(a *cli.App, done credentials.Credentials) {
	for _, caution := range done.Cautions {
		text := caution.Problem
		if len(caution.Remedy) > 0 {
			text += "; " + a.Hinter().Text(caution.Remedy)
		}
		if caution.Hint {
			a.IO.Note("note: %s", text)
		} else {
			a.IO.Warn("%s", text)
		}
	}
}

// savedSentence says what became of credentials. Where nothing is known of the
// saved ones, ifKnown says that they are taken for the same.
func savedSentence(a *cli.App, done credentials.Credentials, ifKnown bool) string {
	switch {
	case done.Already && ifKnown:
		return fmt.Sprintf("what is saved for %s works, and nothing is known to have changed: nothing to write (--force writes all the same)", done.App.Name)
	case done.Already:
		return fmt.Sprintf("the credentials of %s were saved from this machine already, and what is saved works: nothing to write (--force writes them all the same)", done.App.Name)
	case a.Settings.DryRun && done.Valid:
		return fmt.Sprintf("the credentials work (the service tried them) and would be saved for %s", done.App.Name)
	case a.Settings.DryRun:
		return fmt.Sprintf("the credentials would be saved for %s", done.App.Name)
	case done.Valid:
		return fmt.Sprintf("the credentials of %s are saved, and they work", done.App.Name)
	}
	return fmt.Sprintf("the credentials of %s are saved; nobody has tried them", done.App.Name)
}

func tellCredentials(a *cli.App, done credentials.Credentials, sentence string) error {
	return cli.Told(a, done, sentence,
		cli.Column("app", func(p credentials.Credentials) string { return p.App.Name }),
		cli.Column("url", func(p credentials.Credentials) string { return p.URL }),
		cli.Column("saved", func(p credentials.Credentials) string { return cli.YesNo(p.Saved) }),
		cli.Column("valid", func(p credentials.Credentials) string { return cli.YesNo(p.Valid) }),
		cli.Column("expires", func(p credentials.Credentials) string { return cli.Moment(p.Expires) }))
}

func newCredentialsTestCmd(a *cli.App) *cobra.Command {
	var try credentials.Try
	var how flags.SignInFlags
	var expiry flags.ExpiryFlag
	c := &cobra.Command{
		Use:         "test",
		Annotations: cli.Asks(cli.ReadsSettings(), graph.OpValidate),
		Short:       "Try the credentials against the application",
		Long: `Have the service try the credentials against the application, as the portal's
Test Connection does: those that are saved, or with a token flag others, which
are not saved. Of the saved ones this machine knows the end only when it saved
them.` + credentialsJSON + `.`,
		Example: `  scimctl credentials test --app Workato

  # A new token, before it is saved
  scimctl credentials test --app Workato --token-file token.txt

  # In a pipeline, once a day: exit code 9 says that a new token is due
  scimctl credentials test --app Workato --warn-within 30d`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if err := how.Complete(c); err != nil {
				return err
			}
			if try.Graph, err = a.Connect(c); err != nil {
				return err
			}
			if try.Keeper, err = a.Keeper(); err != nil {
				return err
			}
			if how.Given() {
				if try.Token, try.Client, err = how.Read(c, a); err != nil {
					return err
				}
				if try.Token == "" && try.Client.Secret == "" {
					return &credentials.TokenError{Reason: "is empty"}
				}
			}
			try.App, try.Job = a.Settings.App, a.Settings.Job
			tried, err := try.Do(c.Context())
			tellCautions(a, tried)
			if err != nil {
				return err
			}
			return cmp.Or(tellTried(a, tried), expiry.Check(c, a, tried.App.Name, tried.Expires))
		},
	}
	c.Flags().StringVar(&try.URL, "url", "", "try this tenant `URL` instead of the saved one")
	how.Register(c)
	expiry.Register(c)
	return c
}

func tellTried(a *cli.App, tried credentials.Credentials) error {
	sentence := fmt.Sprintf("the credentials of %s work: %s answers them", tried.App.Name, tried.URL)
	if a.ForPeople() { // in a dry run too: a test changes nothing
		a.IO.Note("%s", sentence)
		return nil
	}
	return tellCredentials(a, tried, sentence)
}
