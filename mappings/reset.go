package mappings

import (
	"context"
	"fmt"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
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
	t.send = func(ctx context.Context) (requestID string, err error) {
		return synchronization.DeleteSchema(ctx, t.Graph, t.ref)
	}
	return t.do(ctx)
}

func (t *transaction) planReset(ctx context.Context, at Place) (Edit, error) {
	defaults, err := synchronization.TemplateSchema(ctx, at.Graph, at.Job.ServicePrincipalID, t.job.TemplateID)
	if graph.IsNotFound(err) {
		t.blind = true
		return func(*schema.Schema) error { return nil }, nil
	}
	if err != nil {
		return nil, err
	}
	return Replace(defaults)
}

// A Restore brings back a schema that [history.History] keeps.
type Restore struct {
	History   history.History
	ID        string // of the copy, its beginning, or "latest": see [history.History.Find]
	FromOther bool   // take also the copy of another application's job; it is checked as [Import] does
}

// An OtherCopyError is a copy of a schema that belongs to another job.
type OtherCopyError struct {
	Copy     history.Copy
	App, Job string // those that it was meant for
}

func (e *OtherCopyError) Error() string {
	if e.Copy.App != e.App {
		return fmt.Sprintf("the copy %s is of %s, not of %s", e.Copy.ID, e.Copy.App, e.App)
	}
	return fmt.Sprintf("the copy %s is of the job %s of %s, not of %s", e.Copy.ID, e.Copy.Job, e.App, e.Job)
}

// Plan reads the copy and returns the edit. It is what [Update] asks for.
func (r Restore) Plan(ctx context.Context, at Place) (Edit, error) {
	kept, document, err := r.History.ReadFor(at.App, at.Job.JobID, r.ID)
	if err != nil {
		return nil, err
	}
	if kept.Unsealed && at.Warn != nil {
		at.Warn(fmt.Sprintf("the copy %s has no checksum, because an earlier version of scimctl kept it: damage would go unnoticed", kept.ID))
	}
	if kept.Of(at.App, at.Job.JobID) {
		return Replace(document)
	}
	if !r.FromOther {
		return nil, &OtherCopyError{Copy: kept, App: at.App.Name, Job: at.Job.JobID}
	}
	return Import{Document: document}.Plan(ctx, at)
}
