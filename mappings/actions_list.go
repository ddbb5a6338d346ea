package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// ListActions lists what provisioning does with users or with groups in the
// application.
type ListActions struct {
	Graph    *graph.Client
	App, Job string // Job as for [graph.Client.FindJob]
	Object   string // User or Group; "" is User
}

// Do reads the schema and returns some of [ActionNames], in their order.
func (l ListActions) Do(ctx context.Context) ([]string, error) {
	o, err := readObject(ctx, l.Graph, l.App, l.Job, l.Object)
	if err != nil {
		return nil, err
	}
	return o.Actions(), nil
}
