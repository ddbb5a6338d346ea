package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// A Target is an application and the job that provisions it.
type Target struct {
	App graph.App
	Job graph.Job
}

// Ref is the job as Graph's calls want it.
func (t Target) Ref() graph.JobRef {
	return graph.JobRef{ServicePrincipalID: t.App.ServicePrincipalID, JobID: t.Job.ID}
}

// FindJob finds an application by name or id, and its job: the only one, or
// the one with the given job or template id. The errors are those of
// [graph.Client.FindJob].
func FindJob(ctx context.Context, client *graph.Client, app, job string) (Target, error) {
	found, err := client.FindApp(ctx, app)
	if err != nil {
		return Target{}, err
	}
	return jobOf(ctx, client, found, job)
}

func jobOf(ctx context.Context, client *graph.Client, app graph.App, job string) (Target, error) {
	found, err := client.FindJob(ctx, app, job)
	return Target{App: app, Job: found}, err
}

func quarantined(job graph.Job) bool {
	return job.Status.Code == "Quarantine" || job.Status.Quarantine != nil
}

// neverRan reports whether no cycle of the job has ended yet. A fresh job
// shows a placeholder that says Failed, with an error "None" and the year 1.
func neverRan(job graph.Job) bool {
	status := job.Status
	return status.SteadyStateFirstAchievedTime.IsZero() &&
		placeholder(status.LastExecution) && placeholder(status.LastSuccessfulExecution)
}

func placeholder(e *graph.Execution) bool { return e == nil || e.TimeEnded.IsZero() }
