package provisioning

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
)

// SetCredentials saves the tenant URL and the secret token, or the OAuth 2.0
// client credentials, with which the service signs in to the application.
type SetCredentials struct {
	Graph      *graph.Client
	App, Job   string            // Job as for [FindJob]
	URL        string            // https, or http on this machine
	Token      string            // line ends and a byte-order mark around it are taken off
	Client     ClientCredentials // instead of Token
	Expires    time.Time         // of the token or client secret; zero when not known, and then that of a JWT counts
	NoValidate bool              // save without trying them before or afterwards
	Force      bool              // write also what this machine saved before
	IfChanged  bool              // where this machine has saved none, what is saved and works is the same
	Keeper     Keeper            // remembers a fingerprint of the secret; may be nil
}

// Credentials is what is known of saved or tried credentials. There is never a
// secret in it.
type Credentials struct {
	App      App       `json:"app"`
	URL      string    `json:"url"`              // of its query the names alone
	Saved    bool      `json:"saved"`            // they are what the service has now
	Valid    bool      `json:"valid"`            // the service tried them, and they work
	Already  bool      `json:"already"`          // they were saved before, and nothing was written
	Expires  time.Time `json:"expires,omitzero"` // as given, or of a token that is a JWT
	Cautions []Caution `json:"cautions"`         // what somebody should know of them
}

// Do tries the credentials, saves them when they work, and tries what was
// saved. Nothing is written when this machine saved the same secret before and
// the saved credentials still work. The service never tells a saved secret: that
// somebody else has saved another one that works as well cannot be seen, and
// Force is the answer. Where this machine has saved none, as in a pipeline,
// IfChanged lets the trial alone decide. The errors to know are
// [InsecureURLError], [InvalidURLError], [TokenError], [graph.NoJobError],
// [CredentialsRefusedError] and [SecretDroppedError]. With an error that comes
// after the look at the application, the cautions are there.
func (s SetCredentials) Do(ctx context.Context) (Credentials, error) {
	with, err := newSignIn(s.URL, s.Token, s.Client)
	if err != nil {
		return Credentials{}, err
	}
	t, current, err := targetAndSecrets(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Credentials{}, err
	}
	return s.replace(ctx, t, current, with)
}

// replace puts new credentials in the place of those that are saved. As long as
// the new ones are only tried, nothing has changed.
func (s SetCredentials) replace(ctx context.Context, t Target, current secrets, with signIn) (Credentials, error) {
	done := describeCredentials(s.Graph, t, current, with, s.Expires)
	already, err := s.alreadySaved(ctx, t, current, with)
	if err != nil {
		return done, err
	}
	if already {
		done.Saved, done.Valid, done.Already = true, true, true
		return done, nil
	}
	if !s.NoValidate {
		if err := validate(ctx, s.Graph, t, with); err != nil {
			return done, err
		}
		done.Valid = true
	}
	if err := s.forget(t); err != nil {
		return done, err
	}
	if err := s.save(ctx, t, with); err != nil {
		return done, err
	}
	done.Saved = !s.Graph.DryRun()
	return done, s.remember(t, with, done.Expires)
}

// describeCredentials is what can be told of credentials before they are tried.
func describeCredentials(client *graph.Client, t Target, current secrets, with signIn, expires time.Time) Credentials {
	if expires.IsZero() {
		expires = tokenExpiry(with.secret())
	}
	gallery := t.App.TemplateID != "" && !strings.EqualFold(t.App.TemplateID, client.Cloud().CustomTemplateID)
	return Credentials{
		App: describe(t.App), URL: ShownURL(with.url), Expires: expires,
		Cautions: cautions(t.App, gallery, current.merge(with.over(current)...), with),
	}
}

// targetAndSecrets reads the job and the secrets side by side.
func targetAndSecrets(ctx context.Context, client *graph.Client, name, job string) (t Target, current secrets, err error) {
	app, err := client.FindApp(ctx, name)
	if err != nil {
		return t, nil, err
	}
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { t, err = jobOf(ctx, client, app, job); return err },
		func(ctx context.Context) (err error) { current, err = readSecrets(ctx, client, app); return err },
	)
	return t, current, err
}

// alreadySaved compares as far as a masked secret permits: by the fingerprint
// that this machine kept, and by whether what is saved works.
func (s SetCredentials) alreadySaved(ctx context.Context, t Target, current secrets, with signIn) (bool, error) {
	if s.Force || s.NoValidate || !current.holds(with) {
		return false, nil
	}
	var kept Fingerprint
	if s.Keeper != nil {
		var err error
		if kept, err = s.Keeper.Recall(t.App.ServicePrincipalID); err != nil {
			return false, err // it could be of another secret
		}
	}
	same := kept.Of(with.secret()) || s.IfChanged && len(kept.Hash) == 0
	return same && TrySaved(ctx, s.Graph, t, with.url) == nil, nil
}

// holds reports whether all that can be read of a way of signing in is saved,
// and a secret, which cannot.
func (s secrets) holds(with signIn) bool {
	for _, kv := range with.over(s) {
		value := s.get(kv.Key)
		if value == "" || value != kv.Value && !masked(value) {
			return false
		}
	}
	return true
}

func (s SetCredentials) save(ctx context.Context, t Target, with signIn) error {
	if s.NoValidate {
		_, err := writeSecrets(ctx, s.Graph, t, with.over)
		return err
	}
	return saveSecrets(ctx, s.Graph, t, with.over)
}

// forget drops the fingerprint before another secret may take its place: if the
// run ends between the two, what is saved is not known.
func (s SetCredentials) forget(t Target) error {
	if s.Keeper == nil || s.Graph.DryRun() {
		return nil
	}
	return s.Keeper.Forget(t.App.ServicePrincipalID)
}

// remember keeps the fingerprint of a secret that is saved now.
func (s SetCredentials) remember(t Target, with signIn, expires time.Time) error {
	if s.Keeper == nil || s.Graph.DryRun() {
		return nil
	}
	kept, err := fingerprint(with.secret())
	if err == nil {
		kept.Expires = expires
		err = s.Keeper.Keep(t.App.ServicePrincipalID, kept)
	}
	if err != nil {
		return fmt.Errorf("the credentials are saved, but no fingerprint of the token: %w", err)
	}
	return nil
}
