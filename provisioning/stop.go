package provisioning

import (
	"context"

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
		return Run{}, err
	}
	already := !t.Job.Running()
	if !already {
		t.Job, err = pause(ctx, s.Graph, t)
	}
	done := runOf(t)
	done.Already = already
	return done, err
}

func pause(ctx context.Context, client *graph.Client, t Target) (graph.Job, error) {
	if err := client.PauseJob(ctx, t.Ref()); err != nil {
		return t.Job, err
	}
	return awaitJob(ctx, client, t, "provisioning of "+t.App.Name+" has stopped", func(job graph.Job) bool { return !job.Running() })
}

// SyncNow stops and starts the job, whereupon the service begins a cycle at
// once instead of after the rest of its 40 minutes.
type SyncNow struct {
	Graph    *graph.Client
	App, Job string  // Job as for [FindJob]
	Confirm  Confirm // as for [Start]
}

// Do returns the job as it is after the start.
func (s SyncNow) Do(ctx context.Context) (Run, error) {
	t, err := FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Run{}, err
	}
	lifted := quarantined(t.Job)
	if t.Job.Running() {
		if _, err = pause(ctx, s.Graph, t); err != nil {
			return runOf(t), err
		}
	}
	done, err := start(ctx, s.Graph, t, s.Confirm)
	done.LiftedQuarantine = lifted
	return done, err
}
