package cmd

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/plaintext"
	"github.com/scimctl/scimctl/provisioning"
)

func newCredentialsCmd(a *App) *cobra.Command {
	return newGroup(groupProvisioning, "credentials", "Save and test the tenant URL and token",
		`The tenant URL and secret token with which the provisioning service signs in to
an application: the portal's Admin Credentials.

A token comes from standard input, a file, a variable or a prompt, never from
the command line.`,
		newCredentialsSetCmd(a), newCredentialsTestCmd(a))
}

// tokenFlags say where a token comes from.
type tokenFlags struct {
	Stdin bool
	File  string
	Env   string
}

func (f *tokenFlags) register(c *cobra.Command) {
	c.Flags().BoolVar(&f.Stdin, "token-stdin", false, "read the token from standard input")
	c.Flags().StringVar(&f.File, "token-file", "", "read the token from this `file`")
	c.Flags().StringVar(&f.Env, "token-env", "", "read the token from this environment `variable`")
	exclusive(c, "token-stdin", "token-file", "token-env")
}

func (f *tokenFlags) given() bool { return f.Stdin || f.File != "" || f.Env != "" }

// longestToken is far more than the service stores.
const longestToken = 1 << 20

// read gets the token, from a prompt when no flag says otherwise.
func (f *tokenFlags) read(c *cobra.Command, a *App) (string, error) {
	switch {
	case f.Stdin:
		raw, err := io.ReadAll(io.LimitReader(a.IO.In, longestToken))
		if err != nil {
			return "", err
		}
		text, err := plaintext.Decode(raw)
		return string(text), err
	case f.File != "":
		return readNamed(c, "token-file", f.File)
	case f.Env != "":
		text := a.getenv(f.Env)
		if text == "" {
			return "", usagef(c, "--token-env: there is nothing in the variable %s", f.Env)
		}
		return text, nil
	}
	return a.IO.ReadSecret(c.Context(), "Secret token")
}

func newCredentialsSetCmd(a *App) *cobra.Command {
	var set provisioning.SetCredentials
	var token tokenFlags
	c := &cobra.Command{
		Use:   "set",
		Short: "Save the tenant URL and token",
		Long: `Save the tenant URL and the secret token. The service tries them first, only
what works is saved, and then what was saved is tried.

The same again is not written: a salted fingerprint of the token, never the
token, is kept on this machine.

As JSON: app {the members of app list}, url, saved, valid, already, expires (of
a token that is a JWT).`,
		Example: `  # bash
  scimctl credentials set --app Workato --url https://app.example.com/scim --token-stdin < token.txt

  # PowerShell
  Get-Content token.txt | scimctl credentials set --app Workato --url https://app.example.com/scim --token-stdin`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if set.URL == "" {
				return usagef(c, "which tenant URL? Name it with --url")
			}
			if set.Graph, err = a.connect(c); err != nil {
				return err
			}
			if set.Keeper, err = a.keeper(); err != nil {
				return err
			}
			if set.Token, err = token.read(c, a); err != nil {
				return err
			}
			set.App, set.Job = a.Settings.App, a.Settings.Job
			done, err := set.Do(c.Context())
			if err != nil {
				return err
			}
			a.warnOfExpiry(done)
			return a.tellCredentials(done, savedSentence(a, done))
		},
	}
	c.Flags().StringVar(&set.URL, "url", "", "tenant `URL` of the application's SCIM endpoint")
	c.Flags().BoolVar(&set.Force, "force", false, "write also what was saved from this machine before; someone else may have saved another token since")
	c.Flags().BoolVar(&set.NoValidate, "no-validate", false, "save without trying them")
	token.register(c)
	return c
}

// soon is when the end of a token is worth a warning.
const soon = 30 * 24 * time.Hour

// warnOfExpiry looks at the end that a token that is a JWT tells.
func (a *App) warnOfExpiry(done provisioning.Credentials) {
	switch left := time.Until(done.Expires); {
	case done.Expires.IsZero():
	case left < 0:
		a.IO.Warn("the token expired on %s", moment(done.Expires))
	case left < soon:
		a.IO.Warn("the token expires on %s: provisioning stops then", moment(done.Expires))
	}
}

func savedSentence(a *App, done provisioning.Credentials) string {
	switch {
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

func (a *App) tellCredentials(done provisioning.Credentials, sentence string) error {
	return told(a, done, sentence,
		column("app", func(p provisioning.Credentials) string { return p.App.Name }),
		column("url", func(p provisioning.Credentials) string { return p.URL }),
		column("saved", func(p provisioning.Credentials) string { return yesNo(p.Saved) }),
		column("valid", func(p provisioning.Credentials) string { return yesNo(p.Valid) }),
		column("expires", func(p provisioning.Credentials) string { return moment(p.Expires) }))
}

func newCredentialsTestCmd(a *App) *cobra.Command {
	var try provisioning.TryCredentials
	var token tokenFlags
	c := &cobra.Command{
		Use:   "test",
		Short: "Try the credentials against the application",
		Long: `Have the service try the credentials against the application, as the portal's
Test Connection does: those that are saved, or with a token flag others, which
are not saved.

As JSON: app {the members of app list}, url, saved, valid, already, expires.`,
		Example: `  scimctl credentials test --app Workato

  # A new token, before it is saved
  scimctl credentials test --app Workato --token-file token.txt`,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			if try.Graph, err = a.connect(c); err != nil {
				return err
			}
			if try.Keeper, err = a.keeper(); err != nil {
				return err
			}
			if token.given() {
				if try.Token, err = token.read(c, a); err != nil {
					return err
				}
				if try.Token == "" {
					return &provisioning.TokenError{Reason: "is empty"}
				}
			}
			try.App, try.Job = a.Settings.App, a.Settings.Job
			tried, err := try.Do(c.Context())
			if err != nil {
				return err
			}
			sentence := fmt.Sprintf("the credentials of %s work: %s answers them", tried.App.Name, tried.URL)
			if a.forPeople() { // in a dry run too: a test changes nothing
				a.IO.Note("%s", sentence)
				return nil
			}
			return a.tellCredentials(tried, sentence)
		},
	}
	c.Flags().StringVar(&try.URL, "url", "", "try this tenant `URL` instead of the saved one")
	token.register(c)
	return c
}
