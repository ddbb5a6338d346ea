package mappings

import (
	"bytes"
	"context"

	"github.com/scimctl/scimctl/graph"
)

// A transaction is an update under way.
type transaction struct {
	Update
	app    graph.App
	job    graph.Job
	ref    graph.JobRef
	read   []byte  // the document as last read
	schema *Schema // with the edit made
	result Result
}

// begin reads the schema and makes the edit on it.
func (t *transaction) begin(ctx context.Context) (err error) {
	if t.app, err = t.Graph.FindApp(ctx, t.App); err != nil {
		return err
	}
	if t.job, err = t.Graph.FindJob(ctx, t.app, t.Job); err != nil {
		return err
	}
	t.ref = graph.JobRef{ServicePrincipalID: t.app.ServicePrincipalID, JobID: t.job.ID}
	if t.schema, err = Read(ctx, t.Graph, t.app, t.ref); err != nil {
		return err
	}
	t.read = t.schema.Bytes()
	if t.Plan != nil {
		if t.Edit, err = t.Plan(ctx, Place{Graph: t.Graph, App: t.app, Job: t.ref, Schema: t.schema}); err != nil {
			return err
		}
	}
	return t.edit()
}

// edit makes the edit on the schema, and notes what it changed.
func (t *transaction) edit() error {
	changes, err := t.Edit(t.schema)
	if err != nil {
		return err
	}
	t.result.Changes, t.result.Warnings = append([]Change{}, changes...), warnings(changes)
	return nil
}

// write keeps a copy, sends the document and reads it back.
func (t *transaction) write(ctx context.Context) error {
	if err := t.keep(); err != nil {
		return err
	}
	changed, err := t.refresh(ctx)
	if err != nil || len(t.result.Changes) == 0 {
		return err
	}
	if changed {
		if err := t.keep(); err != nil {
			return err
		}
	}
	if err := t.Graph.PutSchema(ctx, t.ref, t.schema.forPut()); err != nil {
		return err
	}
	return t.check(ctx)
}

func (t *transaction) keep() error {
	kept, err := t.History.Keep(t.app, t.job.ID, t.Reason, t.read)
	if err != nil {
		return err
	}
	t.result.CopyID, t.result.CopyPath = kept.ID, kept.Path
	return nil
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

// check reads the schema back: the edit must find nothing left to do.
func (t *transaction) check(ctx context.Context) error {
	t.schema = nil // two documents of several megabytes need not live at once
	kept, err := t.Graph.Schema(ctx, t.ref)
	if err != nil {
		return &NotKeptError{Err: err}
	}
	s, err := Parse(kept)
	if err != nil {
		return &NotKeptError{Err: err}
	}
	if missing, err := t.Edit(s); err != nil || len(missing) > 0 {
		return &NotKeptError{Missing: missing, Err: err}
	}
	return nil
}
