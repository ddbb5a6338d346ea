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
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	return o.Mappings(), nil
}
