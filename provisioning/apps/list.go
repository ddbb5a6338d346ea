package apps

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning"
)

// List lists enterprise applications.
type List struct {
	Graph  *graph.Client
	Search string // part of the name, in any case; "" for all
}

// Do returns the applications, sorted by name.
func (l List) Do(ctx context.Context) ([]provisioning.App, error) {
	found, err := applications.List(ctx, l.Graph, l.Search)
	if err != nil {
		return nil, err
	}
	apps := make([]provisioning.App, len(found))
	for i, app := range found {
		apps[i] = provisioning.Describe(app)
	}
	return apps, nil
}
