package credentials

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/flags"
	"github.com/scimctl/scimctl/cmd/internal/output"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

func newCredentialsShowCmd(a *cli.App) *cobra.Command {
	var expiry flags.ExpiryFlag
	c := &cobra.Command{
		Use:         "show",
		Annotations: cli.Asks(cli.FindsApp(), graph.OpReadSecrets),
		Short:       "Show which credentials are saved",
		Long: `Show which credentials and settings the service has, by their keys: it never
tells a secret. Of the tenant URL the address is shown, and of its query the
names. What this machine remembers of the secret that it saved last is a mark
of its fingerprint, the day, and the end where it is known; somebody else may
have saved another one since.

As JSON: app {the members of app list}, url, kind (token, clientCredentials,
other, withoutSecret), keys[] {key, masked, setting}, fingerprint {mark, savedAt,
expires}.`,
		Example: `  scimctl credentials show --app Workato

  # In a pipeline: exit code 9 says that a new token is due
  scimctl credentials show --app Workato --warn-within 30d`,
		RunE: func(c *cobra.Command, _ []string) error {
			client, err := a.Connect(c)
			if err != nil {
				return err
			}
			keeper, err := a.Keeper()
			if err != nil {
				return err
			}
			shown, err := credentials.Show{Graph: client, App: a.Settings.App, Keeper: keeper}.Do(c.Context())
			if err != nil {
				return err
			}
			if err := output.Fields(a.IO.Out, a.Printer, shown, savedFields(shown)...); err != nil {
				return err
			}
			var expires time.Time
			if shown.Fingerprint != nil {
				expires = shown.Fingerprint.Expires
			}
			return expiry.Check(c, a, shown.App.Name, expires)
		},
	}
	expiry.Register(c)
	return c
}

func savedFields(shown credentials.SavedCredentials) []output.Field {
	credentials, settings := []string{}, []string{}
	for _, key := range shown.Keys {
		text := key.Key
		if key.Masked {
			text += " (masked)"
		}
		if key.Setting {
			settings = append(settings, text)
		} else {
			credentials = append(credentials, text)
		}
	}
	fields := []output.Field{
		{Name: "app", Value: shown.App.Name},
		{Name: "tenant url", Value: shown.URL},
		{Name: "signs in with", Value: signsInWith(shown.Kind)},
		{Name: "credentials", Value: strings.Join(credentials, ", ")},
		{Name: "settings", Value: strings.Join(settings, ", ")},
	}
	if known := shown.Fingerprint; known != nil {
		return append(fields,
			output.Field{Name: "saved from here", Value: fmt.Sprintf("%s (%s)", cli.Moment(known.SavedAt), age(time.Since(known.SavedAt)))},
			output.Field{Name: "fingerprint", Value: known.Mark},
			output.Field{Name: "expires", Value: cli.Moment(known.Expires)})
	}
	return fields
}

func signsInWith(kind credentials.SignInKind) string {
	switch kind {
	case credentials.SignInToken:
		return "a secret token"
	case credentials.SignInOAuth:
		return "OAuth 2.0 client credentials"
	case credentials.SignInOfItsOwn:
		return "keys of its own"
	case credentials.SignInUnprotected:
		return "a token that Entra issues: no secret is saved"
	}
	return "nothing: no credentials are saved"
}

// age is how long ago something was, in days.
func age(since time.Duration) string {
	switch n := int(since / (24 * time.Hour)); n {
	case 0:
		return "today"
	case 1:
		return "1 day ago"
	default:
		return fmt.Sprintf("%d days ago", n)
	}
}
