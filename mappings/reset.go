package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// A Reset brings back the schema that the job was made with: the portal's
// "Restore default mappings". All that is mapped, filtered or listed otherwise
// is gone from it, and kept in a copy.
//
// What the reset will change is told by the schema of the job's template. Where
// that cannot be read, the changes are known only afterwards: then the
// [Impact] has none.
//
// https://learn.microsoft.com/en-us/graph/api/synchronization-synchronizationschema-delete
type Reset Update // without Edit and Plan

// Do carries out the reset. Where the schema is that of the template already,
// nothing is sent.
func (r Reset) Do(ctx context.Context) (Result, error) {
	t := &transaction{Update: Update(r), reset: true}
	t.Plan = t.planReset
	t.send = func(ctx context.Context) (requestID string, err error) { return t.Graph.DeleteSchema(ctx, t.ref) }
	return t.do(ctx)
}

func (t *transaction) planReset(ctx context.Context, at Place) (Edit, error) {
	defaults, err := at.Graph.TemplateSchema(ctx, at.Job.ServicePrincipalID, t.job.TemplateID)
	if graph.IsNotFound(err) {
		t.blind = true
		return func(*Schema) error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	return Replace(defaults)
}
