// Package credentials sets, tries and shows what the provisioning service signs
// in to an application with, and changes the settings that are saved with it.
package credentials

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Clear takes tenant URL and secret away, together.
type Clear struct {
	Graph    *graph.Client
	App      string
	Settings bool                 // also scope, notifications, threshold and the rest
	Running  bool                 // also while a job runs, which then goes into quarantine
	Keeper   Fingerprints         // forgets the secret; may be nil
	Confirm  provisioning.Confirm // asked before the write
}

// Cleared is what [Clear] did.
type Cleared struct {
	App       provisioning.App `json:"app"`
	Already   bool             `json:"already"`   // there was nothing to clear
	Cleared   []string         `json:"cleared"`   // the keys that are gone
	Remaining []string         `json:"remaining"` // the keys that still have a value: settings
}

// A JobRunningError is a job in the way of what it needs.
type JobRunningError struct{ App, Job string }

func (e *JobRunningError) Error() string {
	return fmt.Sprintf("provisioning of %s is running: without credentials it goes into quarantine", e.App)
}

// A NotClearedError says that the service has kept credentials that were
// cleared.
type NotClearedError struct {
	App  string
	Keys []string
}

func (e *NotClearedError) Error() string {
	return fmt.Sprintf("the service still has %s of %s", strings.Join(e.Keys, " and "), e.App)
}

// Do clears and looks whether it is gone. The errors to know are
// [JobRunningError] and [NotClearedError].
func (c Clear) Do(ctx context.Context) (Cleared, error) {
	app, err := applications.Find(ctx, c.Graph, c.App)
	if err != nil {
		return Cleared{}, err
	}
	var jobs []synchronization.Job
	var current Secrets
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			jobs, err = synchronization.AwaitJobs(ctx, c.Graph, app)
			return err
		},
		func(ctx context.Context) (err error) { current, err = ReadSecrets(ctx, c.Graph, app); return err },
	)
	done := Cleared{App: provisioning.Describe(app), Cleared: []string{}, Remaining: []string{}}
	if err != nil {
		return done, err
	}
	if len(c.settings(current)) == 0 && len(current.CredentialKeys()) == 0 {
		done.Already = true
		done.tell(current, current)
		return done, nil
	}
	if err := c.agreed(ctx, app, jobs); err != nil {
		return done, err
	}
	now, err := ClearSecrets(ctx, c.Graph, provisioning.Target{App: app}, c.Keeper, c.settings)
	done.tell(current, now)
	return done, err
}

// agreed refuses while a job runs, and asks otherwise.
func (c Clear) agreed(ctx context.Context, app applications.App, jobs []synchronization.Job) error {
	what := fmt.Sprintf("clear the tenant URL and secret of %s, which nobody can read back", app.Name)
	if i := slices.IndexFunc(jobs, synchronization.Job.Running); i >= 0 {
		if !c.Running && !c.Graph.DryRun() {
			return &JobRunningError{App: app.Name, Job: jobs[i].ID}
		}
		what += fmt.Sprintf("; job %s is running and goes into quarantine", jobs[i].ID)
	}
	return provisioning.Ask(ctx, c.Graph, c.Confirm, provisioning.Known(provisioning.Risk{What: what}))
}

// settings are the changes that put the settings back: the notification
// settings to a JSON that says nothing, for the service refuses an empty value,
// the scope to that of assigned users.
func (c Clear) settings(current Secrets) []synchronization.KeyValue {
	if !c.Settings {
		return nil
	}
	blank := []synchronization.KeyValue{{Key: keyNotifications, Value: noNotifications}, {Key: KeySyncAll, Value: "false"}, {Key: KeySkipDeletions}}
	return slices.DeleteFunc(blank, func(kv synchronization.KeyValue) bool {
		value := current.Get(kv.Key)
		return value == "" || strings.EqualFold(value, kv.Value)
	})
}

// tell compares what there was with what there is.
func (c *Cleared) tell(before, now Secrets) {
	for _, kv := range before {
		if kv.Value != "" && now.Get(kv.Key) == "" {
			c.Cleared = append(c.Cleared, kv.Key)
		}
	}
	for _, kv := range now {
		if kv.Value != "" {
			c.Remaining = append(c.Remaining, kv.Key)
		}
	}
}

// CredentialKeys are the keys that sign in and have a value.
func (s Secrets) CredentialKeys() []string {
	var keys []string
	for _, kv := range s {
		if kv.Value != "" && isCredential(kv) {
			keys = append(keys, kv.Key)
		}
	}
	return keys
}
