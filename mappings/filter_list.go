package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// ListFilters lists the scoping filters of users or of groups.
type ListFilters struct {
	Graph    *graph.Client
	App, Job string // Job as for [graph.Client.FindJob]
	Object   string // User or Group; "" is User
}

// Do reads the schema and returns the filters in its order. Without any,
// everybody passes.
func (l ListFilters) Do(ctx context.Context) ([]Filter, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	return o.Filters(), nil
}
