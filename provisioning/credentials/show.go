package credentials

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Show tells what is saved to sign in with, as far as the service
// and this machine tell: never a value but that of the tenant URL.
type Show struct {
	Graph  *graph.Client
	App    string
	Keeper Fingerprints // knows what this machine saved; may be nil
}

// SavedCredentials are the keys that the service has, and what this machine
// remembers of the secret that it saved last. Somebody else may have saved
// another one since, which nobody can see.
type SavedCredentials struct {
	App         provisioning.App `json:"app"`
	URL         string           `json:"url,omitempty"`  // of its query the names alone
	Kind        SignInKind       `json:"kind,omitempty"` // "" when nothing is saved to sign in with
	Keys        []SavedKey       `json:"keys"`           // sorted
	Fingerprint *knownSecret     `json:"fingerprint,omitempty"`
}

// A SignInKind says how the service signs in to an application.
type SignInKind string

// The ways in which the service signs in.
const (
	SignInToken       SignInKind = "token"
	SignInOAuth       SignInKind = "clientCredentials"
	SignInOfItsOwn    SignInKind = "other"         // with keys of a gallery application
	SignInUnprotected SignInKind = "withoutSecret" // a URL alone: the service then sends a token that Entra issued
)

// A SavedKey is a key that has a value.
type SavedKey struct {
	Key     string `json:"key"`
	Masked  bool   `json:"masked"`  // the service shows no value of it
	Setting bool   `json:"setting"` // it is none of the credentials
}

// A knownSecret is what this machine remembers of a secret that it saved.
type knownSecret struct {
	Mark    string    `json:"mark"` // the beginning of the salted hash; another for each time of saving
	SavedAt time.Time `json:"savedAt"`
	Expires time.Time `json:"expires,omitzero"`
}

// Do reads. That nothing is saved is no error.
func (s Show) Do(ctx context.Context) (SavedCredentials, error) {
	app, err := applications.Find(ctx, s.Graph, s.App)
	if err != nil {
		return SavedCredentials{}, err
	}
	current, err := ReadSecrets(ctx, s.Graph, app)
	if err != nil {
		return SavedCredentials{}, err
	}
	shown := SavedCredentials{App: provisioning.Describe(app), URL: ShownURL(current.Get(KeyBaseAddress)), Kind: current.kind(), Keys: current.Keys()}
	if s.Keeper == nil || shown.Kind == "" {
		return shown, nil
	}
	kept, err := s.Keeper.Recall(app.ServicePrincipalID)
	if len(kept.Hash) > 0 {
		shown.Fingerprint = &knownSecret{Mark: hex.EncodeToString(kept.Hash[:min(6, len(kept.Hash))]), SavedAt: kept.SavedAt, Expires: kept.Expires}
	}
	return shown, err
}

func (s Secrets) kind() SignInKind {
	switch {
	case s.Get(keyClientSecret) != "":
		return SignInOAuth
	case s.Get(keySecretToken) != "":
		return SignInToken
	case slices.ContainsFunc(s, func(kv synchronization.KeyValue) bool { return Masked(kv.Value) }):
		return SignInOfItsOwn
	case s.Get(KeyBaseAddress) != "":
		return SignInUnprotected
	}
	return ""
}

// Keys are the keys that have a value.
func (s Secrets) Keys() []SavedKey {
	keys := []SavedKey{}
	for _, kv := range s {
		if kv.Value != "" {
			keys = append(keys, SavedKey{Key: kv.Key, Masked: Masked(kv.Value), Setting: !isCredential(kv)})
		}
	}
	slices.SortStableFunc(keys, func(a, b SavedKey) int { return cmp.Compare(a.Key, b.Key) })
	return keys
}
