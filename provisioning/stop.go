package provisioning

import (
	"context"
	"fmt"

	"github.com/scimctl/scimctl/graph"
)

// Stop pauses the job. A cycle that runs is finished first; nobody is
// deprovisioned, and [Start] goes on from where the job stopped.
type Stop struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]
}

// Do pauses the job and returns when it is no longer active. A job that is not
// active is left alone.
func (s Stop) Do(ctx context.Context) (Run, error) {
	t, err := FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return runOf(t), err
	}
	if !t.Job.Running() {
		done := runOf(t)
		done.Already = true
		return done, nil
	}
	if err := s.Graph.PauseJob(ctx, t.Ref()); err != nil {
		return runOf(t), err
	}
	t.Job, err = awaitStopped(ctx, s.Graph, t)
	return runOf(t), err
}

func awaitStopped(ctx context.Context, client *graph.Client, t Target) (graph.Job, error) {
	return awaitJob(ctx, client, t, "provisioning of "+t.App.Name+" has stopped", func(job graph.Job) bool { return !job.Running() })
}

// SyncNow stops and starts the job, whereupon the service begins a cycle at
// once instead of after the rest of its 40 minutes.
type SyncNow struct {
	Graph    *graph.Client
	App, Job string  // Job as for [FindJob]
	Confirm  Confirm // as for [Start]
}

// A LeftStoppedError says that a job was stopped in order to be started again,
// and was not started: nobody is provisioned until it is.
type LeftStoppedError struct {
	App   string
	Maybe bool // it was being stopped when the run was interrupted, and may be active
	Err   error
}

func (e *LeftStoppedError) Error() string {
	is := "is"
	if e.Maybe {
		is = "may be"
	}
	return fmt.Sprintf("provisioning of %s %s stopped and was not started again: %v", e.App, is, e.Err)
}

func (e *LeftStoppedError) Unwrap() error { return e.Err }

// Do returns the job as it is after the start. What goes wrong between stop
// and start, an interruption included, is a [LeftStoppedError]; a second run
// starts the job.
func (s SyncNow) Do(ctx context.Context) (Run, error) {
	t, err := FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Run{}, err
	}
	if !t.Job.Running() {
		return start(ctx, s.Graph, t, s.Confirm)
	}
	if err := s.Graph.PauseJob(ctx, t.Ref()); err != nil {
		if ctx.Err() != nil { // on the way, or with the answer
			err = &LeftStoppedError{App: t.App.Name, Maybe: true, Err: err}
		}
		return runOf(t), err
	}
	stopped, err := awaitStopped(ctx, s.Graph, t)
	if err == nil {
		err = s.Graph.StartJob(ctx, t.Ref())
	}
	if err != nil {
		return runOf(Target{App: t.App, Job: stopped}), &LeftStoppedError{App: t.App.Name, Err: err}
	}
	return started(ctx, s.Graph, t)
}
