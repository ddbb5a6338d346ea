package mappings

import (
	"context"
	"fmt"
)

// A Restore brings back a schema that [History] keeps.
type Restore struct {
	History   History
	ID        string // of the copy, its beginning, or "latest": see [History.Find]
	FromOther bool   // take also the copy of another application's job; it is checked as [Import] does
}

// An OtherCopyError is a copy of a schema that belongs to another job.
type OtherCopyError struct {
	Copy     Copy
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
	if kept.of(at.App, at.Job.JobID) {
		return Replace(document)
	}
	if !r.FromOther {
		return nil, &OtherCopyError{Copy: kept, App: at.App.Name, Job: at.Job.JobID}
	}
	return Import{Document: document}.Plan(ctx, at)
}
