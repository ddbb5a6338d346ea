package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// An Update carries an edit to Graph: the one way in which a schema is written.
//
// Graph takes a schema only whole and has no ETag for it. So the schema is
// kept before it is changed, read once more right before it is sent, and read
// back afterwards. What somebody else writes between the last reading and the
// sending is lost; the kept copy does not have it either.
//
// https://learn.microsoft.com/en-us/graph/api/synchronization-synchronizationschema-update
type Update struct {
	Graph *graph.Client
	App   string // name or id
	Job   string // as for [graph.Client.FindJob]: "" when the application has only one
	Edit  Edit   // what should hold; or else:
	// Plan makes the edit, when that takes more than the schema: see [Add].
	Plan    func(context.Context, Place) (Edit, error)
	Reason  string  // kept with the copy: "mapping add"
	History History // where copies are kept
	// Confirm is asked before a running job's schema is written. An error
	// ends the update, and is returned as it is. nil does not ask.
	Confirm func(context.Context, Impact) error
}

// A Place is where an edit is about to be made. The schema is for reading.
type Place struct {
	Graph  *graph.Client
	App    graph.App
	Job    graph.JobRef
	Schema *Schema
}

// An Impact is what a change of the schema sets off: a running job evaluates
// everyone again.
type Impact struct {
	App     graph.App
	Job     graph.Job
	People  int // accounts that the job keeps in step, groups not counted
	Changes []Change
}

// A Result is what an update did. Without changes there was nothing to do, and
// nothing was sent.
type Result struct {
	Changes  []Change `json:"changes"`
	Warnings []string `json:"warnings"`
	CopyID   string   `json:"copyId,omitempty"` // of the schema as it was before
	CopyPath string   `json:"copyPath,omitempty"`
}

// Do carries out the update. On a dry run it tells the changes, and the write
// is held back.
//
// An edit that no longer applies because somebody else changed the schema is a
// *[ConcurrentChangeError], one that Graph accepted and does not hold a
// *[NotKeptError].
func (u Update) Do(ctx context.Context) (Result, error) {
	t := transaction{Update: u, result: Result{Changes: []Change{}, Warnings: []string{}}}
	err := t.begin(ctx)
	if err != nil || len(t.result.Changes) == 0 {
		return t.result, err
	}
	if u.Graph.DryRun() {
		err = u.Graph.PutSchema(ctx, t.ref, t.schema.forPut())
		return t.result, err
	}
	if u.Confirm != nil && t.job.Schedule.State == "Active" {
		impact := Impact{App: t.app, Job: t.job, People: t.job.People(), Changes: t.result.Changes}
		if err := u.Confirm(ctx, impact); err != nil {
			return t.result, err
		}
	}
	err = t.write(ctx)
	return t.result, err
}
