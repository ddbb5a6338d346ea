package mappings

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
)

// lost returns what the service did not save of a schema as it was sent: what is
// missing, what has another value, and what was removed by the edit and is still
// there. The service may change the order and add members of its own, as may
// somebody else who writes in the meantime. edit holds the changes that were to
// be written. Old is what was sent, New what was saved.
func lost(sent, saved *Schema, edit []Change) []Change {
	d := newDiffer(sent, saved)
	d.verifying = true
	d.schema(sent.root, saved.root)
	for _, c := range d.added {
		if slices.ContainsFunc(edit, func(e Change) bool { return c.undoes(e) }) {
			d.changes = append(d.changes, c)
		}
	}
	slices.SortStableFunc(d.changes, inOrder)
	return d.changes
}

// undoes reports whether a change brings back what another one removed.
func (c Change) undoes(edit Change) bool {
	return c.Object == edit.Object && c.Rule == edit.Rule && c.Kind == edit.Kind && c.Name == edit.Name &&
		(edit.New == "" || c.New == edit.Old)
}

// losses counts what a saved value lacks of the one that was sent.
func losses(sent, saved *node, of string) int {
	if bytes.Equal(meaning(sent, of), meaning(saved, of)) {
		return 0
	}
	d := differ{verifying: true}
	d.value(place{}, "value", of, sent, saved)
	return len(d.changes)
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

func (t *transaction) readBack(ctx context.Context) (*Schema, error) {
	saved, err := t.Graph.Schema(ctx, t.ref)
	if err != nil {
		return nil, err
	}
	return Parse(saved)
}

// compare is the error of a schema that was not saved as it was sent. failed is
// what the service answered.
func (t *transaction) compare(saved *Schema, sent, before []byte, edit []Change, failed error) error {
	if t.reset {
		was, err := Parse(before)
		if err != nil {
			return err
		}
		if t.result.Changes = Diff(was, saved); t.blind {
			return nil
		}
	}
	wanted, err := Parse(sent)
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
	if before, err := Parse(t.read); err == nil && len(Diff(before, saved)) == 0 {
		return fmt.Errorf("%w; the schema was not changed", failed)
	}
	if err := t.compare(saved, t.schema.Bytes(), t.read, t.result.Changes, failed); err != nil {
		return err
	}
	t.result.Warnings = append(t.result.Warnings, "the schema was saved, although the service answered: "+failed.Error())
	return nil
}
