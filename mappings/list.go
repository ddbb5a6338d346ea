package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// List lists the attribute mappings of users or of groups.
type List struct {
	Graph    *graph.Client
	App, Job string // Job as for [graph.Client.FindJob]
	Object   string // User or Group; "" is User
}

// Do reads the schema and returns the mappings in its order.
func (l List) Do(ctx context.Context) ([]Mapping, error) {
	app, err := l.Graph.FindApp(ctx, l.App)
	if err != nil {
		return nil, err
	}
	job, err := l.Graph.FindJob(ctx, app, l.Job)
	if err != nil {
		return nil, err
	}
	s, err := Read(ctx, l.Graph, app, graph.JobRef{ServicePrincipalID: app.ServicePrincipalID, JobID: job.ID})
	if err != nil {
		return nil, err
	}
	if l.Object == "" {
		l.Object = User
	}
	o, err := s.Object(l.Object)
	if err != nil {
		return nil, err
	}
	return o.Mappings(), nil
}
