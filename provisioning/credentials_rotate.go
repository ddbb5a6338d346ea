package provisioning

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// RotateCredentials puts a new secret in the place of the saved one, of the
// same kind: a token, or the secret of OAuth 2.0 client credentials.
type RotateCredentials struct {
	Graph    *graph.Client
	App, Job string            // Job as for [FindJob]
	URL      string            // "" keeps the saved one
	Token    string            // the new one
	Client   ClientCredentials // instead of Token; id and token URL that are empty stay
	Expires  time.Time         // as for [SetCredentials]
	Force    bool              // write also what this machine saved before
	Probe    string            // a user to provision with the new secret afterwards; "" is none
	Keeper   Keeper            // remembers a fingerprint of the secret; may be nil
}

// Rotated is what [RotateCredentials] did.
type Rotated struct {
	Credentials
	Probe *Result `json:"probe,omitempty"` // of the user who was asked for
}

// A RotationError says that a new secret worked when it was tried, was saved,
// and does not work as it is saved. Nobody can read the one before back.
type RotationError struct {
	App, URL string
	Err      error // what the trial of the saved one said
}

func (e *RotationError) Error() string {
	return fmt.Sprintf("the new secret of %s worked and was saved, but what is saved now does not work: %v", e.App, e.Err)
}

func (e *RotationError) Unwrap() error { return e.Err }

// Do tries the new secret, saves it, tries what was saved, and provisions one
// user when asked to. As long as the new one is only tried, the old one stays in
// place: every error but [RotationError] and those of the probe leaves it there.
// The errors to know are those of [SetCredentials.Do], [NoCredentialsError],
// [OtherKindError], [RotationError] and those of [OnDemand.Do].
func (r RotateCredentials) Do(ctx context.Context) (Rotated, error) {
	t, current, err := targetAndSecrets(ctx, r.Graph, r.App, r.Job)
	if err != nil {
		return Rotated{}, err
	}
	if !current.canBeTried() {
		return Rotated{}, &NoCredentialsError{App: t.App.Name}
	}
	with, err := current.renewed(t.App.Name, r.URL, r.Token, r.Client)
	if err != nil {
		return Rotated{}, err
	}
	if r.Probe != "" {
		if _, err := r.Graph.FindUser(ctx, r.Probe); err != nil {
			return Rotated{}, err
		}
	}
	set := SetCredentials{Graph: r.Graph, Expires: r.Expires, Force: r.Force, Keeper: r.Keeper}
	done, err := set.replace(ctx, t, current, with)
	if err != nil {
		return Rotated{Credentials: done}, lostOnTheWay(t, with, err)
	}
	return r.probe(ctx, t, Rotated{Credentials: done})
}

// lostOnTheWay tells what went wrong after the new secret was written from
// what went wrong before.
func lostOnTheWay(t Target, with signIn, err error) error {
	refused, isRefused := errors.AsType[*CredentialsRefusedError](err)
	_, isDropped := errors.AsType[*SecretDroppedError](err)
	if isDropped || isRefused && refused.Saved {
		return &RotationError{App: t.App.Name, URL: ShownURL(with.url), Err: err}
	}
	return err
}

func (r RotateCredentials) probe(ctx context.Context, t Target, done Rotated) (Rotated, error) {
	if r.Probe == "" || done.Already || r.Graph.DryRun() {
		return done, nil
	}
	result, err := OnDemand{Graph: r.Graph, App: t.App.ServicePrincipalID, Job: t.Job.ID, User: r.Probe}.Do(ctx)
	done.Probe = &result
	return done, err
}
