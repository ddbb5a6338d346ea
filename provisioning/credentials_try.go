package provisioning

import (
	"cmp"
	"context"
	"fmt"

	"github.com/scimctl/scimctl/graph"
)

// TryCredentials has the service try credentials against the application, as
// the portal's Test Connection does. Nothing is saved.
type TryCredentials struct {
	Graph    *graph.Client
	App, Job string            // Job as for [FindJob]
	URL      string            // with a secret, "" is the saved URL
	Token    string            // "", without Client, tries what is saved; the service never tells a saved token
	Client   ClientCredentials // instead of Token
	Keeper   Keeper            // knows the expiry of what this machine saved; may be nil
}

// A NoCredentialsError says that no credentials are saved.
type NoCredentialsError struct{ App string }

func (e *NoCredentialsError) Error() string {
	return fmt.Sprintf("no credentials are saved for %s", e.App)
}

// Do returns nil as error when the credentials work. The errors to know are
// those of [SetCredentials.Do] and [NoCredentialsError].
func (c TryCredentials) Do(ctx context.Context) (Credentials, error) {
	given := c.Token != "" || c.Client != ClientCredentials{}
	if c.URL != "" && !given {
		return Credentials{}, &TokenError{Reason: "is needed to try another URL: the service does not tell the saved one"}
	}
	t, current, err := targetAndSecrets(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return Credentials{}, err
	}
	if !given {
		return c.saved(ctx, t, current)
	}
	return c.given(ctx, t, current)
}

func (c TryCredentials) saved(ctx context.Context, t Target, current secrets) (Credentials, error) {
	if !current.holdCredentials() {
		return Credentials{App: describe(t.App), Cautions: []Caution{}}, &NoCredentialsError{App: t.App.Name}
	}
	url := current.get(keyBaseAddress)
	tried := Credentials{App: describe(t.App), URL: ShownURL(url), Saved: true, Cautions: []Caution{}}
	if c.Keeper != nil {
		kept, err := c.Keeper.Recall(t.App.ServicePrincipalID)
		if err != nil {
			return tried, err
		}
		tried.Expires = kept.Expires
	}
	err := TrySaved(ctx, c.Graph, t, url)
	tried.Valid = err == nil
	return tried, err
}

func (c TryCredentials) given(ctx context.Context, t Target, current secrets) (Credentials, error) {
	with, err := newSignIn(cmp.Or(c.URL, current.get(keyBaseAddress)), c.Token, c.Client)
	if err != nil {
		return Credentials{}, err
	}
	tried := describeCredentials(c.Graph, t, current, with, tokenExpiry(with.secret()))
	err = validate(ctx, c.Graph, t, with)
	tried.Valid = err == nil
	return tried, err
}
