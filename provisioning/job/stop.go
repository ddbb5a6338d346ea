package job

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Stop pauses the job. A cycle that runs is finished first; nobody is
// deprovisioned, and [Start] goes on from where the job stopped.
type Stop struct {
	Graph    *graph.Client
	App, Job string       // Job as for [provisioning.FindJob]
	Notes    resume.Notes // of jobs that are stopped for a while: this one no longer is
}

// Do pauses the job and returns when it is no longer active. A job that is not
// active is left alone.
func (s Stop) Do(ctx context.Context) (Run, error) {
	t, err := provisioning.FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return runOf(t), err
	}
	if !t.Job.Running() {
		if !s.Graph.DryRun() {
			s.Notes.Observe(t.Ref(), nil)
		}
		done := runOf(t)
		done.Already = true
		return done, nil
	}
	if err := synchronization.PauseJob(ctx, s.Graph, t.Ref()); err != nil {
		return runOf(t), err
	}
	t.Job, err = awaitStopped(ctx, s.Graph, t)
	return runOf(t), err
}

func awaitStopped(ctx context.Context, client *graph.Client, t provisioning.Target) (synchronization.Job, error) {
	return awaitJob(ctx, client, t, "provisioning of "+t.App.Name+" has stopped", func(job synchronization.Job) bool { return !job.Running() })
}

// SyncNow stops and starts the job, whereupon the service begins a cycle at
// once instead of after the rest of its 40 minutes.
type SyncNow struct {
	Graph    *graph.Client
	App, Job string               // Job as for [provisioning.FindJob]
	Confirm  provisioning.Confirm // as for [Start]
	Notes    resume.Notes         // of jobs that are stopped
}

// Do returns the job as it is after the start. A job that was stopped and not
// started again is a *[resume.LeftStoppedError]; a second run starts the job.
func (s SyncNow) Do(ctx context.Context) (Run, error) {
	t, err := provisioning.FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Run{}, err
	}
	if !t.Job.Running() {
		return start(ctx, s.Graph, t, s.Confirm)
	}
	job := resume.Job{Graph: s.Graph, Notes: s.Notes, App: t.App, Job: t.Job, Name: s.Job, Command: "provision sync-now"}
	if _, err := job.WhileStopped(ctx, nil); err != nil {
		return runOf(t), err
	}
	return started(ctx, s.Graph, t)
}
