package provisioning

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// ChangeSettings changes the settings that are named. All others keep their
// values, also those that scimctl does not know.
type ChangeSettings struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]

	Scope                   Scope    // "" keeps it
	Notify                  []string // addresses of mail; nil keeps them
	NoNotify                bool     // nobody is told; the addresses stay for later
	DeleteThreshold         *int     // nil keeps it; 0 switches it off and keeps the number
	SkipOutOfScopeDeletions *bool    // nil keeps it

	// Token, or the secret of Client, goes along, for a service that keeps only
	// what it is sent. It has to be of the kind that is saved, and is tried first.
	Token  string
	Client ClientCredentials

	Confirm Confirm // asked before the scope becomes everyone
}

// SettingsChange is what [ChangeSettings] did.
type SettingsChange struct {
	AppSettings
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
// [OtherKindError], [CredentialsRefusedError] for a token that was given, and
// [SecretDroppedError] when the credentials worked before and are gone now.
func (c ChangeSettings) Do(ctx context.Context) (SettingsChange, error) {
	if err := c.check(); err != nil {
		return SettingsChange{}, err
	}
	t, current, err := targetAndSecrets(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return SettingsChange{}, err
	}
	changes := c.changes(current)
	done := SettingsChange{AppSettings: AppSettings{App: describe(t.App), Settings: current.settings()}, Changes: []SettingChange{}}
	if len(changes) == 0 {
		done.Already = true
		return done, nil
	}
	after := slices.Clone(current)
	for _, change := range changes {
		after = after.with(change)
	}
	before := done.Settings
	done.Settings = after.settings()
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
func (c ChangeSettings) changes(current secrets) []graph.KeyValue {
	var changes []graph.KeyValue
	now := current.settings()
	if c.Scope != "" && c.Scope != now.Scope {
		changes = append(changes, graph.KeyValue{Key: keySyncAll, Value: fmt.Sprint(c.Scope == ScopeAll)})
	}
	if n, differs := c.notifications(current.get(keyNotifications), now); differs {
		changes = append(changes, graph.KeyValue{Key: keyNotifications, Value: n.String()})
	}
	if c.SkipOutOfScopeDeletions != nil && *c.SkipOutOfScopeDeletions != now.SkipOutOfScopeDeletions {
		value := "False" // the documentation writes it so
		if *c.SkipOutOfScopeDeletions {
			value = "True"
		}
		changes = append(changes, graph.KeyValue{Key: keySkipDeletions, Value: value})
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
func (c ChangeSettings) write(ctx context.Context, t Target, current secrets, done SettingsChange) (SettingsChange, error) {
	if done.Scope == ScopeAll && current.scope() != ScopeAll {
		if err := ask(ctx, c.Graph, c.Confirm, func() (Risk, error) { return everyone(ctx, c.Graph, t) }); err != nil {
			return done, err
		}
	}
	if c.Token == "" && c.Client.Secret == "" {
		broken, err := saveAlone(ctx, c.Graph, t, current, c.changes)
		done.Broken = broken
		return done, err
	}
	with, err := current.renewed(t.App.Name, "", c.Token, c.Client)
	if err == nil {
		err = validate(ctx, c.Graph, t, with)
	}
	if err != nil {
		return done, err
	}
	return done, saveSecrets(ctx, c.Graph, t, func(now secrets) []graph.KeyValue { return append(c.changes(now), with.over(now)...) })
}

// saveAlone saves without a secret. Whether the saved one works is known then
// before the write, and tried afterwards only when it does; broken says why it
// does not.
func saveAlone(ctx context.Context, client *graph.Client, t Target, current secrets, changes edit) (broken string, err error) {
	if current.canBeTried() {
		err := TrySaved(ctx, client, t, current.get(keyBaseAddress))
		if refused, ok := errors.AsType[*CredentialsRefusedError](err); ok {
			_, err = writeSecrets(ctx, client, t, changes)
			return refused.Error(), err
		}
		if err != nil {
			return "", err
		}
	}
	return "", saveSecrets(ctx, client, t, changes)
}

// everyone is the risk of the scope "all".
func everyone(ctx context.Context, client *graph.Client, t Target) (Risk, error) {
	people, err := client.CountUsers(ctx)
	what := fmt.Sprintf("set the scope of %s to all: every user of the tenant is provisioned, assigned or not", t.App.Name)
	if t.Job.Running() {
		what += ", and provisioning is running"
	}
	return Risk{What: what, People: people}, err
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
