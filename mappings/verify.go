package mappings

import (
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
)

// lost returns what the service did not save of a schema as it was sent: what is
// missing, what has another value, and what was removed by the edit and is still
// there. The service may change the order and add members of its own, as may
// somebody else who writes in the meantime. edit holds the changes that were to
// be written. Old is what was sent, New what was saved.
func lost(sent, saved *schema.Schema, edit []diff.Change) []diff.Change {
	d := diff.NewDiffer(sent, saved)
	d.Verifying = true
	d.Schema(sent.Root, saved.Root)
	for _, c := range d.Added {
		if slices.ContainsFunc(edit, func(e diff.Change) bool { return undoes(c, e) }) {
			d.Changes = append(d.Changes, c)
		}
	}
	slices.SortStableFunc(d.Changes, diff.InOrder)
	return d.Changes
}

// undoes reports whether a change brings back what another one removed.
func undoes(c diff.Change, edit diff.Change) bool {
	return c.Object == edit.Object && c.Rule == edit.Rule && c.Kind == edit.Kind && c.Name == edit.Name &&
		(edit.New == "" || c.New == edit.Old)
}

// verify reads the schema back and compares all of it with what was sent.
func (t *transaction) verify(ctx context.Context) error {
	sent, before, edit := t.schema.Bytes(), t.read, t.result.Changes
	t.before, t.schema, t.read = nil, nil, nil // trees of several megabytes need not live at once
	saved, err := t.readBack(ctx)
	if err != nil {
		return &NotKeptError{CopyID: t.kept.ID, Err: err}
	}
	return t.compare(saved, sent, before, edit, nil)
}

func (t *transaction) readBack(ctx context.Context) (*schema.Schema, error) {
	saved, err := synchronization.Schema(ctx, t.Graph, t.ref)
	if err != nil {
		return nil, err
	}
	return schema.Parse(saved)
}

// compare is the error of a schema that was not saved as it was sent. failed is
// what the service answered.
func (t *transaction) compare(saved *schema.Schema, sent, before []byte, edit []diff.Change, failed error) error {
	if t.reset {
		was, err := schema.Parse(before)
		if err != nil {
			return err
		}
		if t.result.Changes = diff.Diff(was, saved); t.blind {
			return nil
		}
	}
	wanted, err := schema.Parse(sent)
	if err != nil {
		return err
	}
	if missing := lost(wanted, saved, edit); len(missing) > 0 {
		return &NotKeptError{Lost: missing, CopyID: t.kept.ID, Err: failed}
	}
	return nil
}

// settle finds out what became of a write that failed. Where the error leaves
// open whether the write was carried out, the schema is read.
func (t *transaction) settle(ctx context.Context, failed error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%w; the schema may have been saved all the same", failed)
	}
	if !graph.IsUncertain(failed) {
		return failed
	}
	saved, err := t.readBack(ctx)
	if err != nil {
		return fmt.Errorf("%w; the schema may have been saved all the same, and cannot be read: %w", failed, err)
	}
	if before, err := schema.Parse(t.read); err == nil && len(diff.Diff(before, saved)) == 0 {
		return fmt.Errorf("%w; the schema was not changed", failed)
	}
	if err := t.compare(saved, t.schema.Bytes(), t.read, t.result.Changes, failed); err != nil {
		return err
	}
	t.result.Warnings = append(t.result.Warnings, "the schema was saved, although the service answered: "+failed.Error())
	return nil
}
