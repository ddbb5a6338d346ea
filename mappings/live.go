package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// live reads the present schema of an application's job.
func live(ctx context.Context, client *graph.Client, name, job string) (Place, error) {
	app, err := client.FindApp(ctx, name)
	if err != nil {
		return Place{}, err
	}
	found, err := client.FindJob(ctx, app, job)
	if err != nil {
		return Place{}, err
	}
	at := Place{Graph: client, App: app, Job: graph.JobRef{ServicePrincipalID: app.ServicePrincipalID, JobID: found.ID}}
	at.Schema, err = Read(ctx, client, app, at.Job)
	return at, err
}

// readObject reads the object mapping of a job; "" is that of users.
func readObject(ctx context.Context, client *graph.Client, app, job, kind string) (Object, error) {
	at, err := live(ctx, client, app, job)
	if err != nil {
		return Object{}, err
	}
	return at.Schema.Object(or(kind, User))
}
