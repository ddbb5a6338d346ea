package mappings

import (
	"bytes"
	"context"

	"github.com/scimctl/scimctl/graph"
)

// A transaction is an update under way.
type transaction struct {
	Update
	send   func(context.Context) (requestID string, err error)
	reset  bool // the service chooses the schema: what it did is told afterwards
	blind  bool // what the write changes is known only afterwards
	app    graph.App
	job    graph.Job
	ref    graph.JobRef
	read   []byte   // the document as last read
	before *Schema  // that document
	schema *Schema  // with the edit made
	told   []string // warnings of the plan
	kept   Copy
	result Result
}

func (t *transaction) do(ctx context.Context) (Result, error) {
	t.result = Result{Changes: []Change{}, Warnings: []string{}}
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
	t.ref = graph.JobRef{ServicePrincipalID: t.app.ServicePrincipalID, JobID: t.job.ID}
	if t.schema, err = Read(ctx, t.Graph, t.app, t.ref); err != nil {
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
	if t.app, err = t.Graph.FindApp(ctx, t.App); err == nil {
		t.job, err = t.Graph.FindJob(ctx, t.app, t.Job)
	}
	return err
}

// edit makes the edit on the schema, and notes what it changed.
func (t *transaction) edit() error {
	if err := t.Edit(t.schema); err != nil {
		return err
	}
	var err error
	if t.before, err = Parse(t.read); err != nil {
		return err
	}
	t.result.Changes = Diff(t.before, t.schema)
	t.result.Warnings = append(append([]string{}, t.told...), Warnings(t.result.Changes)...)
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
	fresh, err := t.Graph.Schema(ctx, t.ref)
	if err != nil || bytes.Equal(fresh, t.read) {
		return false, err
	}
	t.read = fresh
	if t.schema, err = Parse(fresh); err == nil {
		err = t.edit()
	}
	if err != nil {
		return true, &ConcurrentChangeError{Err: err}
	}
	t.result.Warnings = append(t.result.Warnings, "someone else changed the schema in the meantime; that change is kept")
	return true, nil
}
