package mappings

import (
	"bytes"
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/history"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A transaction is an update under way.
type transaction struct {
	Update
	send   func(context.Context) (requestID string, err error)
	reset  bool // the service chooses the schema: what it did is told afterwards
	blind  bool // what the write changes is known only afterwards
	app    applications.App
	job    synchronization.Job
	ref    synchronization.JobRef
	read   []byte         // the document as last read
	before *schema.Schema // that document
	schema *schema.Schema // with the edit made
	told   []string       // warnings of the plan
	kept   history.Copy
	result Result
}

func (t *transaction) do(ctx context.Context) (Result, error) {
	t.result = Result{Changes: []diff.Change{}, Warnings: []string{}}
	err := t.begin(ctx)
	if err == nil && t.idle() {
		err = t.resume(ctx)
	}
	if err != nil || t.idle() {
		return t.result, err
	}
	if t.Show != nil {
		if err := t.Show(ctx, t.impact()); err != nil {
			return t.result, err
		}
	}
	if t.Graph.DryRun() {
		return t.result, t.rehearse(ctx)
	}
	if t.Confirm != nil {
		if err := t.Confirm(ctx, t.impact()); err != nil {
			return t.result, err
		}
	}
	err = t.write(ctx)
	return t.result, err
}

// idle says that there is nothing to write.
func (t *transaction) idle() bool { return len(t.result.Changes) == 0 && !t.blind }

// begin reads the schema and makes the edit on it.
func (t *transaction) begin(ctx context.Context) (err error) {
	if err := t.find(ctx); err != nil {
		return err
	}
	t.ref = synchronization.JobRef{ServicePrincipalID: t.app.ServicePrincipalID, JobID: t.job.ID}
	if t.schema, err = schema.Read(ctx, t.Graph, t.app, t.ref); err != nil {
		return err
	}
	t.read = t.schema.Bytes()
	if t.Plan != nil {
		if t.Edit, err = t.Plan(ctx, Place{Graph: t.Graph, App: t.app, Job: t.ref, Schema: t.schema, Warn: t.warn}); err != nil {
			return err
		}
	}
	return t.edit()
}

// find looks application and job up, unless they are known.
func (t *transaction) find(ctx context.Context) (err error) {
	if t.Found != nil {
		t.app, t.job = t.Found.App, t.Found.Job
		return nil
	}
	if t.app, err = applications.Find(ctx, t.Graph, t.App); err == nil {
		t.job, err = synchronization.FindJob(ctx, t.Graph, t.app, t.Job)
	}
	return err
}

// edit makes the edit on the schema, and notes what it changed.
func (t *transaction) edit() error {
	if err := t.Edit(t.schema); err != nil {
		return err
	}
	var err error
	if t.before, err = schema.Parse(t.read); err != nil {
		return err
	}
	t.result.Changes = diff.Diff(t.before, t.schema)
	t.result.Warnings = append(append([]string{}, t.told...), diff.Warnings(t.result.Changes)...)
	return nil
}

func (t *transaction) warn(text string) { t.told = append(t.told, text) }

func (t *transaction) impact() Impact {
	return Impact{App: t.app, Job: t.job, Running: t.job.Running() || t.isInterrupted(), People: t.job.People(), Changes: t.result.Changes, Before: t.before, After: t.schema}
}

// write keeps a copy, sends the document and reads it back.
func (t *transaction) write(ctx context.Context) error {
	if err := t.keep(); err != nil {
		return err
	}
	if t.WhileStopped {
		return t.whileStopped(ctx)
	}
	return t.replace(ctx)
}

func (t *transaction) replace(ctx context.Context) error {
	changed, err := t.refresh(ctx)
	if err != nil || t.idle() {
		return err
	}
	if changed {
		if err := t.keep(); err != nil {
			return err
		}
	}
	if t.result.RequestID, err = t.send(ctx); err != nil {
		return t.settle(ctx, err)
	}
	if err := t.History.Written(t.kept, t.result.RequestID); err != nil {
		t.result.Warnings = append(t.result.Warnings, err.Error())
	}
	return t.verify(ctx)
}

func (t *transaction) keep() (err error) {
	if t.kept, err = t.History.Keep(t.app, t.job.ID, t.Reason, t.read); err == nil {
		t.result.CopyID, t.result.CopyPath = t.kept.ID, t.kept.Path
	}
	return err
}

// refresh reads the document again, and makes the edit anew when it is not the
// one that was read first.
func (t *transaction) refresh(ctx context.Context) (changed bool, err error) {
	fresh, err := synchronization.Schema(ctx, t.Graph, t.ref)
	if err != nil || bytes.Equal(fresh, t.read) {
		return false, err
	}
	t.read = fresh
	if t.schema, err = schema.Parse(fresh); err == nil {
		err = t.edit()
	}
	if err != nil {
		return true, failure.New(failure.Conflict, "the schema was changed by someone else in the meantime: %w", err).
			Try(remedy.Run("check the mappings, and run the command again if it still fits", "mapping list"))
	}
	t.result.Warnings = append(t.result.Warnings, "someone else changed the schema in the meantime; that change is kept")
	return true, nil
}

// stoppable is the job, to be stopped for the write.
func (t *transaction) stoppable() resume.Job {
	return resume.Job{Graph: t.Graph, Notes: t.Notes, App: t.app, Job: t.job, Name: t.Job, Command: t.Reason}
}

// whileStopped stops the job, writes and starts it again. A cycle that runs
// ends first, so the last look at the schema comes after the stop. The job is
// read once more before: a question may have taken its time, and a job that
// somebody has stopped since stays stopped.
func (t *transaction) whileStopped(ctx context.Context) (err error) {
	if t.job, err = synchronization.GetJob(ctx, t.Graph, t.ref); err != nil {
		return err
	}
	done, err := t.stoppable().WhileStopped(ctx, t.replace)
	t.result.Restarted = done.Started
	return err
}

// resume starts a job that an earlier run of such a command was interrupted
// with, when there is nothing left to write.
func (t *transaction) resume(ctx context.Context) error {
	if !t.WhileStopped {
		return nil
	}
	done, err := t.stoppable().Resume(ctx)
	t.result.Restarted = done.Started
	return err
}

// isInterrupted reports whether the job is about to be started again after an
// interrupted command.
func (t *transaction) isInterrupted() bool {
	if !t.WhileStopped {
		return false
	}
	_, found, err := t.Notes.Find(t.ref)
	return found && err == nil
}

// rehearse has the writes held back that a run would make.
func (t *transaction) rehearse(ctx context.Context) error {
	write := func(ctx context.Context) error { _, err := t.send(ctx); return err }
	if !t.WhileStopped {
		return write(ctx)
	}
	_, err := t.stoppable().WhileStopped(ctx, write)
	return err
}

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
	Job   string // as for [synchronization.FindJob]: "" when the application has only one
	Found *Found // both, when they have been looked up already; may be nil
	Edit  Edit   // what should hold; or else:
	// Plan makes the edit, when that takes more than the schema: see [Add].
	Plan    func(context.Context, Place) (Edit, error)
	Reason  string          // kept with the copy: "mapping add"
	History history.History // where copies are kept
	// WhileStopped stops an active job for the write, and starts it again, also
	// when the write failed or was interrupted. What keeps it from being started is a
	// *[resume.LeftStoppedError].
	WhileStopped bool
	Notes        resume.Notes // of jobs that are stopped; only WhileStopped needs them
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
	App applications.App
	Job synchronization.Job
}

// An Impact is what a change of the schema sets off: a running job evaluates
// everyone again. The schemas are for reading.
type Impact struct {
	App           applications.App
	Job           synchronization.Job
	Running       bool // the service runs cycles of the job
	People        int  // accounts that the job keeps in step, groups not counted
	Changes       []diff.Change
	Before, After *schema.Schema
}

// A Result is what an update did. Without changes there was nothing to do, and
// nothing was sent.
type Result struct {
	Changes  []diff.Change `json:"changes"`
	Warnings []string      `json:"warnings"`
	CopyID   string        `json:"copyId,omitempty"` // of the schema as it was before
	CopyPath string        `json:"copyPath,omitempty"`
	// RequestID is Graph's name for the write, which Microsoft's support asks
	// for. It is kept with the copy.
	RequestID string `json:"requestId,omitempty"`
	Restarted bool   `json:"restarted,omitempty"` // the job was stopped for the write, and started again
}

// Do carries out the update. On a dry run it tells the changes, and the write
// is held back.
//
// An edit that no longer applies because somebody else changed the schema is a
// conflict. A *[NotKeptError] is a schema that Graph accepted,
// but did not save as it was sent.
func (u Update) Do(ctx context.Context) (Result, error) {
	t := &transaction{Update: u}
	t.send = func(ctx context.Context) (requestID string, err error) {
		return synchronization.PutSchema(ctx, u.Graph, t.ref, t.schema.ForPut())
	}
	return t.do(ctx)
}
