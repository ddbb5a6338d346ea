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
