package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// Export reads the schema of a job.
type Export struct {
	Graph    *graph.Client
	App, Job string // Job as for [graph.Client.FindJob]
}

// Do returns the schema's own JSON: every byte as Graph answered it. Whether it
// is a schema at all has been looked at.
func (e Export) Do(ctx context.Context) ([]byte, error) {
	at, err := live(ctx, e.Graph, e.App, e.Job)
	if err != nil {
		return nil, err
	}
	return at.Schema.Bytes(), nil
}
