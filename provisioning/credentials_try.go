package provisioning

import (
	"context"
	"fmt"

	"github.com/scimctl/scimctl/graph"
)

// TryCredentials has the service try credentials against the application, as
// the portal's Test Connection does. Nothing is saved.
type TryCredentials struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]
	URL      string // with a token, "" is the saved URL
	Token    string // "" tries what is saved; the service never tells a saved token
	Keeper   Keeper // knows the expiry of what this machine saved; may be nil
}

// A NoCredentialsError says that no credentials are saved.
type NoCredentialsError struct{ App string }

func (e *NoCredentialsError) Error() string {
	return fmt.Sprintf("no credentials are saved for %s", e.App)
}

// Do returns nil as error when the credentials work. The errors to know are
// those of [SetCredentials.Do] and [NoCredentialsError].
func (c TryCredentials) Do(ctx context.Context) (Credentials, error) {
	if c.URL != "" && c.Token == "" {
		return Credentials{}, &TokenError{Reason: "is needed to try another URL: the service does not tell the saved one"}
	}
	t, current, err := targetAndSecrets(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return Credentials{}, err
	}
	if c.Token == "" {
		return c.saved(ctx, t, current)
	}
	return c.given(ctx, t, current)
}

func (c TryCredentials) saved(ctx context.Context, t Target, current secrets) (Credentials, error) {
	if !current.credentials() {
		return Credentials{App: describe(t.App)}, &NoCredentialsError{App: t.App.Name}
	}
	tried := Credentials{App: describe(t.App), URL: current.get(keyBaseAddress), Saved: true}
	if c.Keeper != nil {
		if kept, err := c.Keeper.Recall(t.App.ServicePrincipalID); err == nil {
			tried.Expires = kept.Expires
		}
	}
	err := validateSaved(ctx, c.Graph, t, tried.URL)
	tried.Valid = err == nil
	return tried, err
}

func (c TryCredentials) given(ctx context.Context, t Target, current secrets) (Credentials, error) {
	if c.URL == "" {
		c.URL = current.get(keyBaseAddress)
	}
	url, err := checkURL(c.URL)
	if err != nil {
		return Credentials{}, err
	}
	token, err := cleanToken(c.Token)
	if err != nil {
		return Credentials{}, err
	}
	tried := Credentials{App: describe(t.App), URL: url, Expires: tokenExpiry(token)}
	err = validate(ctx, c.Graph, t, url, token)
	tried.Valid = err == nil
	return tried, err
}
