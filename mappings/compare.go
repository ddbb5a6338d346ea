package mappings

import (
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
)

// Compare tells what it would change to bring a document, or a kept copy, to a
// job.
type Compare struct {
	Graph    *graph.Client
	App, Job string // Job as for [synchronization.FindJob]
	Document []byte // a schema; nil is the copy:
	History  history.History
	CopyID   string // as for [history.History.ReadFor]
	Object   string // User or Group: only what is about such objects; "" is all
}

// Do returns the changes from the present schema to the other one.
func (c Compare) Do(ctx context.Context) ([]diff.Change, error) {
	at, err := live(ctx, c.Graph, c.App, c.Job)
	if err != nil {
		return nil, err
	}
	document := c.Document
	if document == nil {
		if _, document, err = c.History.ReadFor(at.App, at.Job.JobID, c.CopyID); err != nil {
			return nil, err
		}
	}
	other, err := schema.Parse(slices.Clone(document))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(diff.Diff(at.Schema, other), func(change diff.Change) bool {
		return c.Object != "" && change.Object != c.Object
	}), nil
}

// Differences is nil when there are no changes, else a *[DiffersError].
func Differences(changes []diff.Change) error {
	if len(changes) == 0 {
		return nil
	}
	return &DiffersError{Changes: len(changes)}
}

// A DiffersError says that two schemas do not mean the same.
type DiffersError struct{ Changes int }

func (e *DiffersError) Error() string {
	return fmt.Sprintf("the schemas differ: %s", words.Count(e.Changes, "difference"))
}
