package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/resume"
)

// An Update carries an edit to Graph: the one way in which a schema is written.
//
// Graph takes a schema only whole and has no ETag for it. So the schema is
// kept before it is changed, read once more right before it is sent, and read
// back afterwards: the whole of it must be there, not only the edit. What
// somebody else writes between the last reading and the sending is lost; the
// kept copy does not have it either.
//
// https://learn.microsoft.com/en-us/graph/api/synchronization-synchronizationschema-update
type Update struct {
	Graph *graph.Client
	App   string // name or id
	Job   string // as for [graph.Client.FindJob]: "" when the application has only one
	Found *Found // both, when they have been looked up already; may be nil
	Edit  Edit   // what should hold; or else:
	// Plan makes the edit, when that takes more than the schema: see [Add].
	Plan    func(context.Context, Place) (Edit, error)
	Reason  string  // kept with the copy: "mapping add"
	History History // where copies are kept
	// WhileStopped stops an active job for the write, and starts it again, also
	// when the write failed or was interrupted. What keeps it from being started is a
	// *[resume.LeftStoppedError].
	WhileStopped bool
	Notes        resume.Notes // of jobs that are stopped; only WhileStopped needs them
	Notice       func(string) // is given lines for the user; may be nil
	// Show is told what a write would do before it is made, or on a dry run held
	// back. An error ends the update, and is returned as it is. It may be nil.
	Show func(context.Context, Impact) error
	// Confirm is asked before each write, and decides itself whether somebody
	// has to be: see [Impact.Running]. An error ends the update, and is
	// returned as it is. nil lets everything pass. A dry run does not ask.
	Confirm func(context.Context, Impact) error
}

// A Found is an application with its job.
type Found struct {
	App graph.App
	Job graph.Job
}

// A Place is where an edit is about to be made. The schema is for reading.
// Without Graph an [Add] and a [Set] go by the schema alone.
type Place struct {
	Graph  *graph.Client
	App    graph.App
	Job    graph.JobRef
	Schema *Schema
	// Extensions are extension properties that are known to exist, or about to.
	// The service is asked only for others.
	Extensions []graph.ExtensionProperty
	asked      *asked // what the service has answered already; may be nil
	// Warn takes what the user should know that is no error. It may be nil.
	Warn func(string)
}

// An Impact is what a change of the schema sets off: a running job evaluates
// everyone again. The schemas are for reading.
type Impact struct {
	App           graph.App
	Job           graph.Job
	Running       bool // the service runs cycles of the job
	People        int  // accounts that the job keeps in step, groups not counted
	Changes       []Change
	Before, After *Schema
}

// A Result is what an update did. Without changes there was nothing to do, and
// nothing was sent.
type Result struct {
	Changes  []Change `json:"changes"`
	Warnings []string `json:"warnings"`
	CopyID   string   `json:"copyId,omitempty"` // of the schema as it was before
	CopyPath string   `json:"copyPath,omitempty"`
	// RequestID is Graph's name for the write, which Microsoft's support asks
	// for. It is kept with the copy.
	RequestID string `json:"requestId,omitempty"`
	Restarted bool   `json:"restarted,omitempty"` // the job was stopped for the write, and started again
}

// Do carries out the update. On a dry run it tells the changes, and the write
// is held back.
//
// An edit that no longer applies because somebody else changed the schema is a
// *[ConcurrentChangeError]. A *[NotKeptError] is a schema that Graph accepted,
// but did not save as it was sent.
func (u Update) Do(ctx context.Context) (Result, error) {
	t := &transaction{Update: u}
	t.send = func(ctx context.Context) (requestID string, err error) {
		return u.Graph.PutSchema(ctx, t.ref, t.schema.forPut())
	}
	return t.do(ctx)
}
