package credentials

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// The keys of an application's secrets that scimctl knows. See
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationsecretkeystringvaluepair.
const (
	KeyBaseAddress   = "BaseAddress"
	keySecretToken   = "SecretToken"
	KeySyncAll       = "SyncAll"
	keyNotifications = "SyncNotificationSettings"
	KeySkipDeletions = "SkipOutOfScopeDeletions"

	keyAuthentication = "AuthenticationType"
	keyClientID       = "Oauth2ClientId"
	keyClientSecret   = "Oauth2ClientSecret"
	keyTokenURL       = "Oauth2TokenExchangeUri"
)

// noNotifications is the value of SyncNotificationSettings, which is JSON in a
// string, when nothing has been set.
const noNotifications = `{"Enabled":false,"DeleteThresholdEnabled":false,"HumanResourcesLookaheadQueryEnabled":false}`

// A Scope says who is provisioned.
type Scope string

// The scopes that an application can have.
const (
	ScopeAssigned Scope = "assigned" // assigned users and groups only
	ScopeAll      Scope = "all"      // every user and group of the tenant
)

// Secrets are the credentials and settings of an application's provisioning.
// They belong to the service principal; all of its jobs share them. What is
// sensitive is masked when read.
type Secrets []synchronization.KeyValue

// ReadSecrets reads the credentials and settings of an application.
func ReadSecrets(ctx context.Context, client *graph.Client, app applications.App) (list Secrets, err error) {
	err = applications.WhenReady(ctx, client, app, "the settings of "+app.Name+" can be read", func(ctx context.Context) error {
		list, err = synchronization.Secrets(ctx, client, app.ServicePrincipalID)
		return err
	})
	return list, err
}

// Get returns the value of a key; "" when there is none.
func (s Secrets) Get(key string) string {
	for _, kv := range s {
		if strings.EqualFold(kv.Key, key) {
			return kv.Value
		}
	}
	return ""
}

// Scope returns "" when the scope has never been set.
func (s Secrets) Scope() Scope {
	switch value := s.Get(KeySyncAll); {
	case value == "":
		return ""
	case strings.EqualFold(value, "true"):
		return ScopeAll
	}
	return ScopeAssigned
}

// Masked reports whether Graph shows stars in the place of a value.
func Masked(value string) bool { return value != "" && strings.Trim(value, "*") == "" }

// merge is the whole that goes out: what is known of the current secrets, with
// the changes. A mask is never sent back, since it would become the value. The
// scope and the notification settings always go along: without them the
// service may accept a write and keep nothing of it.
func (s Secrets) merge(changes ...synchronization.KeyValue) Secrets {
	var whole Secrets
	for _, kv := range s {
		if !Masked(kv.Value) {
			whole = append(whole, kv)
		}
	}
	for _, change := range changes {
		whole = whole.with(change)
	}
	if whole.Get(KeySyncAll) == "" {
		whole = whole.with(synchronization.KeyValue{Key: KeySyncAll, Value: "false"})
	}
	if whole.Get(keyNotifications) == "" {
		whole = whole.with(synchronization.KeyValue{Key: keyNotifications, Value: noNotifications})
	}
	return whole
}

func (s Secrets) with(change synchronization.KeyValue) Secrets {
	for i, kv := range s {
		if strings.EqualFold(kv.Key, change.Key) {
			s[i].Value = change.Value
			return s
		}
	}
	return append(s, change)
}

// secretKey is the key of the secret that the service signs in with.
func (s Secrets) secretKey() string {
	if s.Get(keyClientSecret) != "" {
		return keyClientSecret
	}
	return keySecretToken
}

// CanBeTried reports whether a URL and a secret are saved.
func (s Secrets) CanBeTried() bool {
	return s.Get(KeyBaseAddress) != "" && s.Get(s.secretKey()) != ""
}

// ClearSecrets empties URL, token and whatever else signs in, together: an empty
// value removes a key. More changes may go along. The JSON of the notification
// settings is never emptied, which the service refuses. It returns the secrets
// as they are then, without a trial; credentials that are still there are a
// [NotClearedError].
func ClearSecrets(ctx context.Context, client *graph.Client, t provisioning.Target, keeper Fingerprints, more edit) (Secrets, error) {
	now, err := writeSecrets(ctx, client, t, func(now Secrets) []synchronization.KeyValue {
		changes := more(now)
		for _, key := range now.CredentialKeys() {
			changes = append(changes, synchronization.KeyValue{Key: key})
		}
		return changes
	})
	if _, kept := errors.AsType[*SecretDroppedError](err); kept {
		return now, &NotClearedError{App: t.App.Name, Keys: now.CredentialKeys()}
	}
	if err != nil || client.DryRun() {
		return now, err
	}
	if left := now.CredentialKeys(); len(left) > 0 {
		return now, &NotClearedError{App: t.App.Name, Keys: left}
	}
	if keeper == nil {
		return now, nil
	}
	return now, keeper.Forget(t.App.ServicePrincipalID)
}

// isCredential tells what signs in from what is merely set: the keys of URL,
// token and OAuth, and whatever the service masks.
func isCredential(kv synchronization.KeyValue) bool {
	named := []string{
		KeyBaseAddress, keySecretToken, keyAuthentication, keyClientID, keyClientSecret, keyTokenURL,
		"UserName", "Password", "AppKey", "ClientIdentifier", "ClientSecret", "ConsumerKey", "ConsumerSecret", "TokenKey", "TokenExpiration",
		"Oauth2AccessToken", "Oauth2AccessTokenCreationTime", "Oauth2RefreshToken", "Oauth2AuthorizationCode", "Oauth2RedirectUri", "Oauth2AuthorizationUri",
		"ConnectionString",
	}
	return Masked(kv.Value) || slices.ContainsFunc(named, func(key string) bool { return strings.EqualFold(key, kv.Key) })
}

// HoldCredentials reports whether anything is saved that could sign in: gallery
// applications keep other keys than tenant URL and token.
func (s Secrets) HoldCredentials() bool {
	return slices.ContainsFunc(s, func(kv synchronization.KeyValue) bool {
		setting := slices.ContainsFunc([]string{KeySyncAll, keyNotifications, KeySkipDeletions}, func(key string) bool { return strings.EqualFold(kv.Key, key) })
		return kv.Value != "" && !setting
	})
}
