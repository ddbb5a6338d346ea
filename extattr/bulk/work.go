package bulk

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Hooks are what a run tells, and asks, while it is under way. Each may be nil.
type Hooks struct {
	Confirm  func(context.Context, Summary) error // before the first write
	Found    func(users int)                      // while users are looked up
	Progress func(Progress)                       // while it writes: each second
}

// work is a run under way.
type work struct {
	client  *graph.Client
	runs    Runs
	run     Run
	hooks   Hooks
	sheet   *sheet
	table   *tabular.Table // nil for an undo
	in      *spooled       // an input that no run has yet
	rejects string         // where the rows go that fail; "" is the run's folder
	most    int            // changes; 0: any number

	lock    *private.Lock
	plan    *log
	journal *log
	resumed bool
	planned map[int]planned // rows of an earlier attempt of which nothing was heard
	told    Summary         // what is known of the input beside its rows

	mu       sync.Mutex // guards what follows
	progress Progress
	denied   int // rows that were answered 403 while none was written
}

// hold makes the work the only one on its application, as far as it is going to
// write, and sees to it that the rows that fail have a place.
func (w *work) hold(appID, app string) (release func(), err error) {
	if w.client.DryRun() {
		return func() {}, nil
	}
	if err := writable(w.rejects); err != nil {
		return nil, err
	}
	if err := private.StateFolder(w.runs.Dir); err != nil {
		return nil, err
	}
	lock, err := private.TryLock(w.runs.lock(appID))
	if e, held := errors.AsType[*private.HeldError](err); held {
		return nil, &BusyError{App: app, Run: e.Note}
	}
	if err != nil {
		return nil, err
	}
	w.lock = lock
	return func() { _ = lock.Note(""); _ = lock.Release() }, lock.Note("") // the end of the process would release it too
}

// recall takes over what an earlier attempt at the run has done.
func (w *work) recall() error {
	p, err := w.runs.past(w.run.ID)
	if err != nil {
		return err
	}
	w.planned = map[int]planned{}
	for i, one := range p.planned {
		switch {
		case i >= len(w.sheet.rows):
		case p.written[i]:
			w.sheet.rows[i].state, w.sheet.rows[i].id = isWritten, one.ID
		case p.mayHaveLanded(i):
			w.planned[i] = one
		}
	}
	w.resumed = true
	return nil
}

// carryOut looks up the users, compares, asks, and writes.
func (w *work) carryOut(ctx context.Context, match Match) (Summary, error) {
	f := &finder{client: w.client, sheet: w.sheet, match: match, seen: w.hooks.Found}
	if err := f.find(ctx); err != nil {
		return Summary{}, err
	}
	landed := w.landed()
	sum := w.summary()
	if w.most > 0 && sum.ToChange > w.most {
		return sum, failure.New(failure.Attention, "%d users would change, and %d is the most: nothing was written", sum.ToChange, w.most).
			Try(remedy.Advise("--dry-run without --max-changes shows them all; raise it if that is what is meant"))
	}
	if w.client.DryRun() {
		if err := w.rehearse(ctx); err != nil || sum.Failed == 0 {
			return sum, err
		}
		return sum, &RowsFailedError{Failed: sum.Failed, Rows: sum.Rows, DryRun: true}
	}
	if sum.ToChange > 0 && w.hooks.Confirm != nil {
		if err := w.hooks.Confirm(ctx, sum); err != nil {
			return sum, err
		}
	}
	if sum.ToChange == 0 && sum.Failed == 0 && !w.resumed {
		return sum, nil
	}
	return w.begin(ctx, sum, landed)
}

// landed finds the rows that an earlier attempt had sent when it ended, without
// hearing that they were carried out.
func (w *work) landed() (rows []int) {
	for _, i := range slices.Sorted(maps.Keys(w.planned)) {
		p := w.planned[i]
		r := &w.sheet.rows[i]
		if r.state != isSame || r.id != p.ID {
			continue
		}
		for c, column := range w.sheet.columns {
			if old, ok := p.Old[column.Name]; ok {
				w.sheet.has(i)[c] = w.sheet.note(old)
			}
		}
		r.state = isWritten
		rows = append(rows, i)
	}
	return rows
}

func (w *work) summary() Summary {
	sum := w.sheet.summarize()
	sum.Estimate = Seconds(estimate(w.client, sum.ToChange) / time.Second)
	sum.App, sum.Input, sum.Run, sum.Resumed = w.run.App, w.run.Input, w.run.ID, w.resumed
	sum.Several = append(sum.Several, w.told.Several...)
	sum.Nested = append(sum.Nested, w.told.Nested...)
	sum.Passed = append(sum.Passed, w.told.Passed...)
	return sum
}

// rehearse tells what would be sent.
func (w *work) rehearse(ctx context.Context) error {
	return directory.UpdateUsers(ctx, w.client, w.updates, func([]graph.BulkAnswer) error { return nil })
}
