package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// Configure saves settings and credentials of an application that is known,
// all in one write.
type Configure struct {
	Graph       *graph.Client
	Target      Target
	Settings    ChangeSettings  // what they should be; what it leaves open keeps its value
	Credentials *SetCredentials // URL, Token, Client, Expires and Keeper count; nil keeps what is saved
}

// Configured is what [Configure] did.
type Configured struct {
	Already bool            // nothing had to be written
	Changes []SettingChange // of settings
	Saved   bool            // the credentials that were given
	// Broken says why the saved credentials did not work already before the
	// write; "" when they work, when there are none, and when new ones were given.
	Broken string
}

// Do tries credentials that are given before it saves anything, and afterwards
// has the service try those that are saved. The errors are those of
// [SetCredentials.Do] and [ChangeSettings.Do].
func (c Configure) Do(ctx context.Context) (Configured, error) {
	if err := c.Settings.check(); err != nil {
		return Configured{}, err
	}
	current, err := readSecrets(ctx, c.Graph, c.Target.App)
	if err != nil {
		return Configured{}, err
	}
	changes := c.changes(current)
	done := Configured{Changes: settingsAfter(current, changes)}
	if c.Credentials != nil {
		return c.withCredentials(ctx, current, done)
	}
	if len(changes) == 0 {
		done.Already = true
		return done, nil
	}
	done.Broken, err = saveAlone(ctx, c.Graph, c.Target, current, c.changes)
	return done, err
}

// changes are those of the settings; the scope is said explicitly, as setup
// does.
func (c Configure) changes(now secrets) []graph.KeyValue {
	changes := c.Settings.changes(now)
	if now.scope() == "" && c.Settings.Scope == "" {
		changes = append(changes, graph.KeyValue{Key: keySyncAll, Value: "false"})
	}
	return changes
}

func (c Configure) withCredentials(ctx context.Context, current secrets, done Configured) (Configured, error) {
	give := *c.Credentials
	give.Graph = c.Graph
	with, err := newSignIn(give.URL, give.Token, give.Client)
	if err == nil {
		err = validate(ctx, c.Graph, c.Target, with)
	}
	if err == nil {
		err = give.forget(c.Target)
	}
	if err == nil {
		err = saveSecrets(ctx, c.Graph, c.Target, func(now secrets) []graph.KeyValue { return append(c.changes(now), with.over(now)...) })
	}
	if err != nil {
		return done, err
	}
	done.Saved = !c.Graph.DryRun()
	return done, give.remember(c.Target, with, describeCredentials(c.Graph, c.Target, current, with, give.Expires).Expires)
}

// settingsAfter are the settings that changes make others.
func settingsAfter(current secrets, changes []graph.KeyValue) []SettingChange {
	after := append(secrets{}, current...)
	for _, change := range changes {
		after = after.with(change)
	}
	return current.settings().differences(after.settings())
}

// Over are the settings before and after the change, given what
// [graph.Client.Secrets] returns. A value that a setting cannot have is a
// [SettingError].
func (c ChangeSettings) Over(values []graph.KeyValue) (before, after Settings, err error) {
	changed := append(secrets{}, values...)
	for _, change := range c.changes(values) {
		changed = changed.with(change)
	}
	return SettingsOf(values), changed.settings(), c.check()
}

// A SignedIn is how the service signs in to an application, as far as it tells.
type SignedIn struct {
	Kind     SignInKind // "" when nothing is saved
	URL      string     // as it is saved: some vendors have a secret put into its query
	ClientID string     // of OAuth 2.0
	TokenURL string
}

// SignedInBy reads this out of what [graph.Client.Secrets] returns.
func SignedInBy(values []graph.KeyValue) SignedIn {
	s := secrets(values)
	return SignedIn{Kind: s.kind(), URL: s.get(keyBaseAddress), ClientID: s.readable(keyClientID), TokenURL: s.readable(keyTokenURL)}
}

// HoldsValues reports whether the query of a tenant URL holds values, which may
// be secrets.
func HoldsValues(url string) bool { return len(inURL(url)) > 0 }

// CheckURL says what is wrong with a tenant URL: an [InsecureURLError] or an
// [InvalidURLError].
func CheckURL(url string) error {
	_, err := checkURL(url)
	return err
}
