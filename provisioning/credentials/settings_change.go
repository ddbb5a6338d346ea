package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Configure saves settings and credentials of an application that is known,
// all in one write.
type Configure struct {
	Graph       *graph.Client
	Target      provisioning.Target
	Settings    ChangeSettings // what they should be; what it leaves open keeps its value
	Credentials *Set           // URL, Token, Client, Expires and Keeper count; nil keeps what is saved
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
// [Set.Do] and [ChangeSettings.Do].
func (c Configure) Do(ctx context.Context) (Configured, error) {
	if err := c.Settings.check(); err != nil {
		return Configured{}, err
	}
	current, err := ReadSecrets(ctx, c.Graph, c.Target.App)
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
func (c Configure) changes(now Secrets) []synchronization.KeyValue {
	changes := c.Settings.changes(now)
	if now.Scope() == "" && c.Settings.Scope == "" {
		changes = append(changes, synchronization.KeyValue{Key: KeySyncAll, Value: "false"})
	}
	return changes
}

func (c Configure) withCredentials(ctx context.Context, current Secrets, done Configured) (Configured, error) {
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
		err = SaveSecrets(ctx, c.Graph, c.Target, func(now Secrets) []synchronization.KeyValue { return append(c.changes(now), with.over(now)...) })
	}
	if err != nil {
		return done, err
	}
	done.Saved = !c.Graph.DryRun()
	return done, give.remember(c.Target, with, describeCredentials(c.Graph, c.Target, current, with, give.Expires).Expires)
}

// settingsAfter are the settings that changes make others.
func settingsAfter(current Secrets, changes []synchronization.KeyValue) []SettingChange {
	after := append(Secrets{}, current...)
	for _, change := range changes {
		after = after.with(change)
	}
	return current.Settings().differences(after.Settings())
}

// Over are the settings before and after the change, given what
// [synchronization.Secrets] returns. A value that a setting cannot have is a
// [SettingError].
func (c ChangeSettings) Over(values []synchronization.KeyValue) (before, after Settings, err error) {
	changed := append(Secrets{}, values...)
	for _, change := range c.changes(values) {
		changed = changed.with(change)
	}
	return SettingsOf(values), changed.Settings(), c.check()
}

// A SignedIn is how the service signs in to an application, as far as it tells.
type SignedIn struct {
	Kind     SignInKind // "" when nothing is saved
	URL      string     // as it is saved: some vendors have a secret put into its query
	ClientID string     // of OAuth 2.0
	TokenURL string
}

// SignedInBy reads this out of what [synchronization.Secrets] returns.
func SignedInBy(values []synchronization.KeyValue) SignedIn {
	s := Secrets(values)
	return SignedIn{Kind: s.kind(), URL: s.Get(KeyBaseAddress), ClientID: s.readable(keyClientID), TokenURL: s.readable(keyTokenURL)}
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

// ChangeSettings changes the settings that are named. All others keep their
// values, also those that scimctl does not know.
type ChangeSettings struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]

	Scope                   Scope    // "" keeps it
	Notify                  []string // addresses of mail; nil keeps them
	NoNotify                bool     // nobody is told; the addresses stay for later
	DeleteThreshold         *int     // nil keeps it; 0 switches it off and keeps the number
	SkipOutOfScopeDeletions *bool    // nil keeps it

	// Token, or the secret of Client, goes along, for a service that keeps only
	// what it is sent. It has to be of the kind that is saved, and is tried first.
	Token  string
	Client ClientCredentials

	Confirm provisioning.Confirm // asked before the scope becomes everyone
}

// SettingsChange is what [ChangeSettings] did.
type SettingsChange struct {
	SavedSettings
	Already bool            `json:"already"` // all of it was so, and nothing was written
	Changes []SettingChange `json:"changes"`
	// RestartNeeded says that those who fell out of scope stay in the
	// application as they are until provisioning is restarted.
	RestartNeeded bool `json:"restartNeeded"`
	// Broken says why the saved credentials did not work already before the
	// write, after which they were not tried again. "" when they work, or when
	// there are none.
	Broken string `json:"credentialsBroken,omitempty"`
}

// A SettingChange is one setting before and after, as text.
type SettingChange struct {
	Setting string `json:"setting"`
	Before  string `json:"before,omitempty"`
	After   string `json:"after"`
}

// A SettingError is a value that a setting cannot have.
type SettingError struct{ Setting, Value, Reason string }

func (e *SettingError) Error() string { return fmt.Sprintf("%s %q %s", e.Setting, e.Value, e.Reason) }

// Do writes what differs, reads it again, and has the service try the
// credentials that it then keeps. The errors to know are [SettingError],
// [OtherKindError], [RefusedError] for a token that was given, and
// [SecretDroppedError] when the credentials worked before and are gone now.
func (c ChangeSettings) Do(ctx context.Context) (SettingsChange, error) {
	if err := c.check(); err != nil {
		return SettingsChange{}, err
	}
	t, current, err := TargetAndSecrets(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return SettingsChange{}, err
	}
	changes := c.changes(current)
	done := SettingsChange{SavedSettings: SavedSettings{App: provisioning.Describe(t.App), Settings: current.Settings()}, Changes: []SettingChange{}}
	if len(changes) == 0 {
		done.Already = true
		return done, nil
	}
	after := slices.Clone(current)
	for _, change := range changes {
		after = after.with(change)
	}
	before := done.Settings
	done.Settings = after.Settings()
	done.Changes = before.differences(done.Settings)
	done.RestartNeeded = before.Scope == ScopeAll && done.Scope == ScopeAssigned && !t.Job.NeverRan() && !done.SkipOutOfScopeDeletions
	return c.write(ctx, t, current, done)
}

func (c ChangeSettings) check() error {
	switch {
	case c.Scope != "" && c.Scope != ScopeAll && c.Scope != ScopeAssigned:
		return &SettingError{"the scope", string(c.Scope), "is none: it is all or assigned"}
	case c.NoNotify && c.Notify != nil:
		return &SettingError{"notification to", strings.Join(c.Notify, ","), "and no notification do not go together"}
	case c.DeleteThreshold != nil && *c.DeleteThreshold < 0:
		return &SettingError{"the threshold", fmt.Sprint(*c.DeleteThreshold), "is negative: it is the number of deletions in one cycle from which on the service asks, 1 or more"}
	}
	for _, address := range c.Notify {
		parsed, err := mail.ParseAddress(address)
		if err != nil || parsed.Name != "" || parsed.Address != address || strings.ContainsAny(address, ",; ") {
			return &SettingError{"the address", address, "is no mail address such as ops@contoso.com"}
		}
	}
	return nil
}

// changes are the keys whose values differ from what is asked for.
func (c ChangeSettings) changes(current Secrets) []synchronization.KeyValue {
	var changes []synchronization.KeyValue
	now := current.Settings()
	if c.Scope != "" && c.Scope != now.Scope {
		changes = append(changes, synchronization.KeyValue{Key: KeySyncAll, Value: fmt.Sprint(c.Scope == ScopeAll)})
	}
	if n, differs := c.notifications(current.Get(keyNotifications), now); differs {
		changes = append(changes, synchronization.KeyValue{Key: keyNotifications, Value: n.String()})
	}
	if c.SkipOutOfScopeDeletions != nil && *c.SkipOutOfScopeDeletions != now.SkipOutOfScopeDeletions {
		value := "False" // the documentation writes it so
		if *c.SkipOutOfScopeDeletions {
			value = "True"
		}
		changes = append(changes, synchronization.KeyValue{Key: KeySkipDeletions, Value: value})
	}
	return changes
}

func (c ChangeSettings) notifications(text string, now Settings) (n notifications, differs bool) {
	n = readNotifications(text)
	set := func(name string, value any) { n.set(name, value); differs = true }
	if c.Notify != nil && !slices.Equal(c.Notify, now.Notify) {
		set("Recipients", strings.Join(c.Notify, ","))
	}
	if enabled := c.Notify != nil; (enabled || c.NoNotify) && enabled != now.NotifyEnabled {
		set("Enabled", enabled)
	}
	if c.DeleteThreshold == nil {
		return n, differs
	}
	if on := *c.DeleteThreshold > 0; on != now.DeleteThresholdEnabled {
		set("DeleteThresholdEnabled", on)
	}
	if *c.DeleteThreshold > 0 && *c.DeleteThreshold != now.DeleteThreshold {
		set("DeleteThresholdValue", *c.DeleteThreshold)
	}
	return n, differs
}

// write asks, tries a secret that was given, or else looks whether the saved
// one works, and saves.
func (c ChangeSettings) write(ctx context.Context, t provisioning.Target, current Secrets, done SettingsChange) (SettingsChange, error) {
	if done.Scope == ScopeAll && current.Scope() != ScopeAll {
		if err := provisioning.Ask(ctx, c.Graph, c.Confirm, func() (provisioning.Risk, error) { return everyone(ctx, c.Graph, t) }); err != nil {
			return done, err
		}
	}
	if c.Token == "" && c.Client.Secret == "" {
		broken, err := saveAlone(ctx, c.Graph, t, current, c.changes)
		done.Broken = broken
		return done, err
	}
	with, err := current.Renewed(t.App.Name, "", c.Token, c.Client)
	if err == nil {
		err = validate(ctx, c.Graph, t, with)
	}
	if err != nil {
		return done, err
	}
	return done, SaveSecrets(ctx, c.Graph, t, func(now Secrets) []synchronization.KeyValue { return append(c.changes(now), with.over(now)...) })
}

// saveAlone saves without a secret. Whether the saved one works is known then
// before the write, and tried afterwards only when it does; broken says why it
// does not.
func saveAlone(ctx context.Context, client *graph.Client, t provisioning.Target, current Secrets, changes edit) (broken string, err error) {
	if current.CanBeTried() {
		err := TrySaved(ctx, client, t, current.Get(KeyBaseAddress))
		if refused, ok := errors.AsType[*RefusedError](err); ok {
			_, err = writeSecrets(ctx, client, t, changes)
			return refused.Error(), err
		}
		if err != nil {
			return "", err
		}
	}
	return "", SaveSecrets(ctx, client, t, changes)
}

// everyone is the risk of the scope "all".
func everyone(ctx context.Context, client *graph.Client, t provisioning.Target) (provisioning.Risk, error) {
	people, err := directory.CountUsers(ctx, client)
	what := fmt.Sprintf("set the scope of %s to all: every user of the tenant is provisioned, assigned or not", t.App.Name)
	if t.Job.Running() {
		what += ", and provisioning is running"
	}
	return provisioning.Risk{What: what, People: people}, err
}

// differences are the settings that have another value than before.
func (s Settings) differences(after Settings) []SettingChange {
	all := []SettingChange{
		{"scope", string(s.Scope), string(after.Scope)},
		{"notify", strings.Join(s.Notify, ","), strings.Join(after.Notify, ",")},
		{"notifyEnabled", fmt.Sprint(s.NotifyEnabled), fmt.Sprint(after.NotifyEnabled)},
		{"deleteThreshold", number(s.DeleteThreshold), number(after.DeleteThreshold)},
		{"deleteThresholdEnabled", fmt.Sprint(s.DeleteThresholdEnabled), fmt.Sprint(after.DeleteThresholdEnabled)},
		{"skipOutOfScopeDeletions", fmt.Sprint(s.SkipOutOfScopeDeletions), fmt.Sprint(after.SkipOutOfScopeDeletions)},
	}
	return slices.DeleteFunc(all, func(c SettingChange) bool { return c.Before == c.After })
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
