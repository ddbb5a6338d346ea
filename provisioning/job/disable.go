// Package job creates, starts, stops, restarts and watches a provisioning job.
package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Disable ends provisioning. Without Delete the job is only stopped: today's
// portal has no way back to the mode Manual, and stopping is the equivalent
// (https://learn.microsoft.com/entra/identity/app-provisioning/known-issues).
// With Delete the job goes, and tenant URL and token with it. Accounts in the
// application stay as they are either way.
type Disable struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
	Delete   bool
	// Keep is given what would be lost, before the first write, and returns
	// where it is kept now. It may be nil without Delete.
	Keep    func(context.Context, Configuration) ([]string, error)
	Keeper  credentials.Fingerprints // forgets the token that was saved; may be nil
	Confirm provisioning.Confirm     // asked before a job is deleted
	Notes   resume.Notes             // as for [Stop]
}

// A Configuration is what provisioning of an application consists of, without
// its secrets.
type Configuration struct {
	App      provisioning.App           `json:"app"`
	Job      synchronization.Job        `json:"job"`
	Settings []synchronization.KeyValue `json:"settings"` // what the service shows of its secrets; never one that it masks
	Schema   json.RawMessage            `json:"schema"`   // as Graph answered it, to the last byte
}

// DisableResult is what [Disable] did.
type DisableResult struct {
	App            provisioning.App `json:"app"`
	Job            *View            `json:"job,omitempty"`
	Already        bool             `json:"already"` // nothing had to be done
	Deleted        bool             `json:"deleted"` // the job is gone
	SecretsCleared bool             `json:"secretsCleared"`
	OtherJobs      int              `json:"otherJobs,omitempty"` // they use the same credentials, which were kept for them
	Kept           []string         `json:"kept"`                // where the copies are
}

// Do can be run again after it was cut short: what is done already is passed
// over, and copies are made before anything is lost. The errors to know are
// [credentials.NotClearedError] and those of [provisioning.FindJob] but [synchronization.NoJobError].
func (d Disable) Do(ctx context.Context) (DisableResult, error) {
	if !d.Delete {
		return d.stop(ctx)
	}
	app, err := applications.Find(ctx, d.Graph, d.App)
	if err != nil {
		return DisableResult{}, err
	}
	var jobs []synchronization.Job
	var current credentials.Secrets
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			jobs, err = synchronization.AwaitJobs(ctx, d.Graph, app)
			return err
		},
		func(ctx context.Context) (err error) {
			current, err = credentials.ReadSecrets(ctx, d.Graph, app)
			return err
		},
	)
	done := DisableResult{App: provisioning.Describe(app), Kept: []string{}}
	if err != nil {
		return done, err
	}
	job, err := synchronization.PickJob(app, jobs, d.Job)
	if _, none := errors.AsType[*synchronization.NoJobError](err); err != nil && !none {
		return done, err
	}
	return d.remove(ctx, provisioning.Target{App: app, Job: job}, len(jobs), current, done)
}

// stop leaves an application without a job as it is: nothing provisions it.
func (d Disable) stop(ctx context.Context) (DisableResult, error) {
	run, err := Stop{Graph: d.Graph, App: d.App, Job: d.Job, Notes: d.Notes}.Do(ctx)
	done := DisableResult{App: run.App, Already: run.Already, Kept: []string{}}
	if run.Job.ID != "" {
		done.Job = &run.Job
	}
	if _, none := errors.AsType[*synchronization.NoJobError](err); none {
		done.Already, err = true, nil
	}
	return done, err
}

func (d Disable) remove(ctx context.Context, t provisioning.Target, jobs int, current credentials.Secrets, done DisableResult) (DisableResult, error) {
	saved := len(current.CredentialKeys()) > 0
	if t.Job.ID == "" && !saved {
		done.Already = true
		return done, nil
	}
	err := provisioning.Ask(ctx, d.Graph, d.Confirm, provisioning.Known(provisioning.Risk{
		What:   fmt.Sprintf("delete the provisioning of %s, its mappings, tenant URL and token", t.App.Name),
		People: t.Job.People(),
	}))
	if err != nil {
		return done, err
	}
	if t.Job.ID != "" {
		if done.Kept, err = d.keep(ctx, t, current); err != nil {
			return done, err
		}
		if err := d.deleteJob(ctx, t); err != nil {
			return done, err
		}
		gone := ViewOf(t.Job)
		done.Job, done.Deleted = &gone, true
		jobs--
	}
	if jobs > 0 {
		done.OtherJobs = jobs
		return done, nil
	}
	if saved {
		_, err = credentials.ClearSecrets(ctx, d.Graph, t, d.Keeper, func(credentials.Secrets) []synchronization.KeyValue { return nil })
		done.SecretsCleared = err == nil
	}
	return done, err
}

func (d Disable) keep(ctx context.Context, t provisioning.Target, current credentials.Secrets) ([]string, error) {
	if d.Keep == nil || d.Graph.DryRun() {
		return []string{}, nil
	}
	schema, err := synchronization.Schema(ctx, d.Graph, t.Ref())
	if err != nil {
		return []string{}, err
	}
	kept := Configuration{App: provisioning.Describe(t.App), Job: t.Job, Settings: []synchronization.KeyValue{}, Schema: schema}
	for _, kv := range current {
		if strings.Contains(kv.Value, "://") {
			kv.Value = credentials.ShownURL(kv.Value) // some vendors have a secret put into its query
		}
		if !credentials.Masked(kv.Value) {
			kept.Settings = append(kept.Settings, kv)
		}
	}
	return d.Keep(ctx, kept)
}

// deleteJob pauses first, so that no cycle runs into the deletion.
func (d Disable) deleteJob(ctx context.Context, t provisioning.Target) error {
	if t.Job.Running() {
		if err := synchronization.PauseJob(ctx, d.Graph, t.Ref()); err != nil {
			return err
		}
	}
	if err := synchronization.DeleteJob(ctx, d.Graph, t.Ref()); err != nil && !graph.IsNotFound(err) {
		return err
	}
	return d.Graph.WaitVisible(ctx, "the provisioning job of "+t.App.Name+" is deleted", func(ctx context.Context) (bool, error) {
		_, err := synchronization.GetJob(ctx, d.Graph, t.Ref())
		if graph.IsNotFound(err) {
			return true, nil
		}
		return false, err
	})
}
