package ondemand

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Rotate puts a new secret in the place of the saved one, of the
// same kind: a token, or the secret of OAuth 2.0 client credentials.
type Rotate struct {
	Graph    *graph.Client
	App, Job string                        // Job as for [provisioning.FindJob]
	URL      string                        // "" keeps the saved one
	Token    string                        // the new one
	Client   credentials.ClientCredentials // instead of Token; id and token URL that are empty stay
	Expires  time.Time                     // as for [credentials.Set]
	Force    bool                          // write also what this machine saved before
	Probe    string                        // a user to provision with the new secret afterwards; "" is none
	Keeper   credentials.Fingerprints      // remembers a fingerprint of the secret; may be nil
}

// RotateResult is what [Rotate] did.
type RotateResult struct {
	credentials.Credentials
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
// The errors to know are those of [credentials.Set.Do], [credentials.NoCredentialsError],
// [credentials.OtherKindError], [RotationError] and those of [User.Do].
func (r Rotate) Do(ctx context.Context) (RotateResult, error) {
	t, current, err := credentials.TargetAndSecrets(ctx, r.Graph, r.App, r.Job)
	if err != nil {
		return RotateResult{}, err
	}
	if !current.CanBeTried() {
		return RotateResult{}, &credentials.NoCredentialsError{App: t.App.Name}
	}
	with, err := current.Renewed(t.App.Name, r.URL, r.Token, r.Client)
	if err != nil {
		return RotateResult{}, err
	}
	if r.Probe != "" {
		if _, err := directory.FindUser(ctx, r.Graph, r.Probe); err != nil {
			return RotateResult{}, err
		}
	}
	set := credentials.Set{Graph: r.Graph, Expires: r.Expires, Force: r.Force, Keeper: r.Keeper}
	done, err := set.Replace(ctx, t, current, with)
	if err != nil {
		return RotateResult{Credentials: done}, lostOnTheWay(t, with, err)
	}
	return r.probe(ctx, t, RotateResult{Credentials: done})
}

// lostOnTheWay tells what went wrong after the new secret was written from
// what went wrong before.
func lostOnTheWay(t provisioning.Target, with credentials.SignIn, err error) error {
	refused, isRefused := errors.AsType[*credentials.RefusedError](err)
	_, isDropped := errors.AsType[*credentials.SecretDroppedError](err)
	if isDropped || isRefused && refused.Saved {
		return &RotationError{App: t.App.Name, URL: credentials.ShownURL(with.Url), Err: err}
	}
	return err
}

func (r Rotate) probe(ctx context.Context, t provisioning.Target, done RotateResult) (RotateResult, error) {
	if r.Probe == "" || done.Already || r.Graph.DryRun() {
		return done, nil
	}
	result, err := User{Graph: r.Graph, App: t.App.ServicePrincipalID, Job: t.Job.ID, User: r.Probe}.Do(ctx)
	done.Probe = &result
	return done, err
}
