package provisioning

import (
	"context"
	"fmt"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// SetCredentials saves the tenant URL and the secret token with which the
// service signs in to the application.
type SetCredentials struct {
	Graph      *graph.Client
	App, Job   string // Job as for [FindJob]
	URL        string // https, or http on this machine
	Token      string // line ends and a byte-order mark around it are taken off
	NoValidate bool   // save without trying them before or afterwards
	Force      bool   // write also what this machine saved before
	Keeper     Keeper // remembers a fingerprint of the token; may be nil
}

// Credentials is what is known of saved or tried credentials. There is never a
// token in it.
type Credentials struct {
	App     App       `json:"app"`
	URL     string    `json:"url"`
	Saved   bool      `json:"saved"`            // they are what the service has now
	Valid   bool      `json:"valid"`            // the service tried them, and they work
	Already bool      `json:"already"`          // they were saved before, and nothing was written
	Expires time.Time `json:"expires,omitzero"` // of a token that is a JWT
}

// Do tries the credentials, saves them when they work, and tries what was
// saved. Nothing is written when this machine saved the same token before and
// the saved credentials still work. The service never tells a saved token: that
// somebody else has saved another one that works as well cannot be seen, and
// Force is the answer. The errors to know are
// [InsecureURLError], [InvalidURLError], [TokenError], [graph.NoJobError],
// [CredentialsRefusedError] and [SecretDroppedError].
func (s SetCredentials) Do(ctx context.Context) (Credentials, error) {
	url, err := checkURL(s.URL)
	if err != nil {
		return Credentials{}, err
	}
	if s.Token, err = cleanToken(s.Token); err != nil {
		return Credentials{}, err
	}
	t, current, err := targetAndSecrets(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Credentials{}, err
	}
	done := Credentials{App: describe(t.App), URL: url, Expires: tokenExpiry(s.Token)}
	if s.alreadySaved(ctx, t, current, url) {
		done.Saved, done.Valid, done.Already = true, true, true
		return done, nil
	}
	if !s.NoValidate {
		if err := validate(ctx, s.Graph, t, url, s.Token); err != nil {
			return done, err
		}
		done.Valid = true
	}
	if err := s.forget(t); err != nil {
		return done, err
	}
	if err := s.save(ctx, t, current, url); err != nil {
		return done, err
	}
	done.Saved = !s.Graph.DryRun()
	return done, s.remember(t)
}

// targetAndSecrets reads the job and the secrets side by side.
func targetAndSecrets(ctx context.Context, client *graph.Client, name, job string) (t Target, current secrets, err error) {
	app, err := client.FindApp(ctx, name)
	if err != nil {
		return t, nil, err
	}
	err = together(ctx,
		func(ctx context.Context) (err error) { t, err = jobOf(ctx, client, app, job); return err },
		func(ctx context.Context) (err error) { current, err = readSecrets(ctx, client, app); return err },
	)
	return t, current, err
}

// alreadySaved compares as far as a masked token permits: by the fingerprint
// that this machine kept, and by whether what is saved works.
func (s SetCredentials) alreadySaved(ctx context.Context, t Target, current secrets, url string) bool {
	if s.Force || s.NoValidate || s.Keeper == nil || current.get(keyBaseAddress) != url || current.get(keySecretToken) == "" {
		return false
	}
	kept, err := s.Keeper.Recall(t.App.ServicePrincipalID)
	return err == nil && kept.Of(s.Token) && validateSaved(ctx, s.Graph, t, url) == nil
}

func (s SetCredentials) save(ctx context.Context, t Target, current secrets, url string) error {
	changes := []graph.KeyValue{{Key: keyBaseAddress, Value: url}, {Key: keySecretToken, Value: s.Token}}
	if s.NoValidate {
		_, err := current.write(ctx, s.Graph, t, changes...)
		return err
	}
	return current.save(ctx, s.Graph, t, changes...)
}

// forget drops the fingerprint before another token may take its place: if the
// run ends between the two, what is saved is not known.
func (s SetCredentials) forget(t Target) error {
	if s.Keeper == nil || s.Graph.DryRun() {
		return nil
	}
	return s.Keeper.Forget(t.App.ServicePrincipalID)
}

// remember keeps the fingerprint of a token that is saved now.
func (s SetCredentials) remember(t Target) error {
	if s.Keeper == nil || s.Graph.DryRun() {
		return nil
	}
	kept, err := fingerprint(s.Token)
	if err == nil {
		err = s.Keeper.Keep(t.App.ServicePrincipalID, kept)
	}
	if err != nil {
		return fmt.Errorf("the credentials are saved, but no fingerprint of the token: %w", err)
	}
	return nil
}
