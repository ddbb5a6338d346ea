package bulk

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/private"
)

// begin writes, and puts the end of the run on the disk.
func (w *work) begin(ctx context.Context, sum Summary, landed []int) (Summary, error) {
	open := w.sheet.open()
	err := w.open(sum, landed)
	if err == nil {
		err = w.write(ctx, sum.ToChange)
	}
	end := w.summary()
	end.Changes, end.Clearing, end.ToChange, end.Estimate = sum.Changes, sum.Clearing, sum.ToChange, sum.Estimate
	w.run.Rows, w.run.Changed, w.run.Unchanged, w.run.Failed = end.Rows, end.Changed, end.Unchanged+end.Repeated+end.LeftAlone, end.Failed
	if err == nil && end.Failed > 0 {
		end.Rejects, err = w.writeRejects()
	}
	if err == nil {
		w.run.Status, w.run.Ended = Finished, time.Now().UTC()
	} else {
		w.run.Failed = sum.Failed // those whom Graph refused are in the journal
	}
	err = errors.Join(err, w.close())
	w.countLines()
	if saving := w.runs.save(w.run); err == nil {
		err = saving
	}
	if err != nil {
		return end, &CutShortError{Run: w.run.ID, Done: w.progress.Done, Total: sum.ToChange, Err: err}
	}
	if end.Failed > 0 {
		err = &RowsFailedError{Run: w.run.ID, Failed: end.Failed, Rows: end.Rows, Rejects: end.Rejects}
	}
	w.runs.prune(time.Now())
	var unseen error
	if end.Verified, unseen = w.readBack(ctx, open); err != nil && unseen != nil {
		return end, errors.Join(err, unseen)
	}
	return end, cmp.Or(err, unseen)
}

// open puts the plan on the disk, and then in the run's file how long it is:
// before the first row is sent.
func (w *work) open(sum Summary, landed []int) error {
	err := w.name()
	folder := w.runs.folder(w.run.ID)
	if err == nil {
		err = w.lock.Note(w.run.ID)
	}
	if err == nil && w.run.APIVersion == runWithout {
		err = w.seal()
	}
	if err == nil {
		w.plan, err = w.runs.openLog(filepath.Join(folder, planFile))
	}
	if err == nil {
		w.journal, err = w.runs.openLog(filepath.Join(folder, journalFile))
	}
	if err != nil {
		return err
	}
	if len(landed) > 0 {
		err = errors.Join(w.journal.add(confirmation{Time: time.Now().UTC(), Written: landed}), w.journal.keep())
	}
	for i := range w.sheet.rows {
		if err == nil && w.sheet.rows[i].state == isOpen {
			err = w.plan.add(w.intent(i))
		}
	}
	if err := errors.Join(err, w.plan.keep()); err != nil {
		return err
	}
	w.run.Rows, w.run.Unchanged, w.run.Failed = sum.Rows, sum.Unchanged+sum.Repeated, sum.Failed
	w.countLines()
	return w.runs.save(w.run)
}

// seal brings a run of an earlier release to the present form.
func (w *work) seal() error {
	if err := w.runs.save(w.run); err != nil {
		return err
	}
	run, err := w.runs.read(w.run.ID)
	w.run.APIVersion, w.run.PlanLines, w.run.JournalLines = run.APIVersion, run.PlanLines, run.JournalLines
	return err
}

// countLines notes how much of the logs is on the disk for certain.
func (w *work) countLines() {
	if w.plan != nil {
		w.run.PlanLines = w.plan.kept
	}
	if w.journal != nil {
		w.run.JournalLines = w.journal.kept
	}
}

// takeUp makes the work the rest of an earlier run.
func (w *work) takeUp(earlier Run) error {
	w.run.ID, w.run.Started, w.run.APIVersion = earlier.ID, earlier.Started, earlier.APIVersion
	w.run.PlanLines, w.run.JournalLines, w.run.InputChecksum = earlier.PlanLines, earlier.JournalLines, earlier.InputChecksum
	return w.recall()
}

// name gives a new run its id and its folder, which is there with all that
// makes it a run or not at all.
func (w *work) name() (err error) {
	if w.run.ID != "" {
		return nil
	}
	now := time.Now().UTC()
	if list, _ := w.runs.List(); len(list) > 0 && !list[0].Started.Before(now) { // the clock was set back, or stands
		now = list[0].Started.Add(time.Millisecond)
	}
	folder := ""
	if w.in != nil {
		folder = w.in.folder
	} else if folder, err = os.MkdirTemp(w.runs.Dir, spool+"*"); err != nil {
		return &JournalError{Err: err}
	}
	w.run.ID, w.run.Started, w.run.Status = newID(now), now, Unfinished
	if err := saveIn(folder, w.run); err != nil {
		return err
	}
	if err := private.Rename(folder, w.runs.folder(w.run.ID)); err != nil {
		return &JournalError{Err: err}
	}
	if w.in != nil {
		w.table.Path = filepath.Join(w.runs.folder(w.run.ID), inputFile)
	}
	return nil
}

func (w *work) close() error {
	var errs []error
	for _, l := range []*log{w.plan, w.journal} {
		if l != nil {
			errs = append(errs, l.close())
		}
	}
	return errors.Join(errs...)
}

// intent is what a row will replace.
func (w *work) intent(i int) planned {
	r := &w.sheet.rows[i]
	p := planned{Row: i, User: r.called(), ID: r.id, Old: map[string]string{}, New: map[string]string{}}
	for c, want := range w.sheet.wants(i) {
		if want != leave {
			p.Old[w.sheet.columns[c].Name] = w.sheet.words[w.sheet.has(i)[c]]
			p.New[w.sheet.columns[c].Name] = w.sheet.words[want]
		}
	}
	return p
}

func (w *work) updates(yield func(directory.UserUpdate) bool) {
	for i := range w.sheet.rows {
		r := &w.sheet.rows[i]
		if r.state == isOpen && !yield(directory.UserUpdate{Row: i, ID: r.id, Values: w.sheet.patch(i)}) {
			return
		}
	}
}
