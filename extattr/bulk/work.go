package bulk

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/private"
)

// Hooks are what a run tells, and asks, while it is under way. Each may be nil.
type Hooks struct {
	Confirm  func(context.Context, Summary) error // before the first write
	Found    func(users int)                      // while users are looked up
	Progress func(Progress)                       // while it writes: each second
}

// Progress is how far a run is with its writing.
type Progress struct {
	Done, Failed, Total int
	Took                time.Duration
	Left                time.Duration // at a guess
}

// work is a run under way.
type work struct {
	client  *graph.Client
	runs    Runs
	run     Run
	hooks   Hooks
	sheet   *sheet
	table   *table   // nil for an undo
	in      *spooled // an input that no run has yet
	rejects string   // where the rows go that fail; "" is the run's folder
	most    int      // changes; 0: any number

	lock    *private.Lock
	plan    *log
	journal *log
	resumed bool
	planned map[int]planned // rows of an earlier attempt that were not confirmed
	told    Summary         // what is known of the input beside its rows

	mu       sync.Mutex // guards what follows
	progress Progress
	denied   int // rows that were answered 403 while none was written
}

// hold makes the work the only one on its application.
func (w *work) hold(appID, app string) (release func(), err error) {
	if err := private.MakeFolder(w.runs.Dir); err != nil {
		return nil, err
	}
	lock, err := private.TryLock(filepath.Join(w.runs.Dir, "lock-"+appID))
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
	folder := w.runs.folder(w.run.ID)
	w.planned = map[int]planned{}
	err := readLog(filepath.Join(folder, planFile), func(p planned) error {
		if p.Row < len(w.sheet.rows) {
			w.planned[p.Row] = p
		}
		return nil
	})
	if err != nil {
		return &RunError{Run: w.run.ID, Reason: "cannot be read: " + err.Error()}
	}
	err = readLog(filepath.Join(folder, journalFile), func(c confirmation) error {
		for _, i := range c.Written {
			if i < len(w.sheet.rows) {
				w.sheet.rows[i].state, w.sheet.rows[i].id = isWritten, w.planned[i].ID
				delete(w.planned, i)
			}
		}
		return nil
	})
	if err != nil {
		return &RunError{Run: w.run.ID, Reason: "cannot be read: " + err.Error()}
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
		return sum, &TooManyError{Changes: sum.ToChange, Most: w.most}
	}
	if w.client.DryRun() {
		return sum, w.rehearse(ctx)
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
	for i, p := range w.planned {
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
	return w.client.UpdateUsers(ctx, w.updates, func([]graph.BulkAnswer) error { return nil })
}

// begin writes, and puts the end of the run on the disk.
func (w *work) begin(ctx context.Context, sum Summary, landed []int) (Summary, error) {
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
	}
	err = errors.Join(err, w.close())
	if saving := w.runs.save(w.run); err == nil {
		err = saving
	}
	switch {
	case err != nil:
		return end, &CutShortError{Run: w.run.ID, Done: sum.ToChange - w.left(), Total: sum.ToChange, Err: err}
	case end.Failed > 0:
		err = &RowsFailedError{Run: w.run.ID, Failed: end.Failed, Rows: end.Rows, Rejects: end.Rejects}
	}
	w.runs.prune(time.Now())
	return end, err
}

func (w *work) left() (n int) {
	for i := range w.sheet.rows {
		if w.sheet.rows[i].state == isOpen {
			n++
		}
	}
	return n
}

// open puts the plan on the disk.
func (w *work) open(sum Summary, landed []int) error {
	err := w.name()
	folder := w.runs.folder(w.run.ID)
	if err == nil {
		err = w.lock.Note(w.run.ID)
	}
	if err == nil {
		w.run.Rows, w.run.Unchanged, w.run.Failed = sum.Rows, sum.Unchanged+sum.Repeated, sum.Failed
		err = w.runs.save(w.run)
	}
	if err == nil {
		w.plan, err = openLog(filepath.Join(folder, planFile))
	}
	if err == nil {
		w.journal, err = openLog(filepath.Join(folder, journalFile))
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
	return errors.Join(err, w.plan.keep())
}

// name gives a new run its id and its folder.
func (w *work) name() error {
	if w.run.ID != "" {
		return nil
	}
	now := time.Now().UTC()
	if list, _ := w.runs.List(); len(list) > 0 && !list[0].Started.Before(now) { // the clock was set back, or stands
		now = list[0].Started.Add(time.Millisecond)
	}
	w.run.ID, w.run.Started, w.run.Status = newID(now), now, Unfinished
	if w.in != nil {
		return w.adopt(*w.in)
	}
	return private.MakeFolder(w.runs.folder(w.run.ID))
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

func (w *work) updates(yield func(graph.UserUpdate) bool) {
	for i := range w.sheet.rows {
		r := &w.sheet.rows[i]
		if r.state == isOpen && !yield(graph.UserUpdate{Row: i, ID: r.id, Values: w.sheet.patch(i)}) {
			return
		}
	}
}

// write sends what differs, and tells each second how far it is.
func (w *work) write(ctx context.Context, total int) error {
	w.progress = Progress{Total: total}
	began := time.Now()
	stop := make(chan struct{})
	var telling sync.WaitGroup
	if w.hooks.Progress != nil {
		telling.Go(func() { w.tell(began, stop) })
	}
	err := w.client.UpdateUsers(ctx, w.updates, w.confirmed)
	close(stop)
	telling.Wait()
	return err
}

func (w *work) tell(began time.Time, stop <-chan struct{}) {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-stop:
			return
		}
		w.mu.Lock()
		p := w.progress
		w.mu.Unlock()
		p.Took = time.Since(began)
		p.Left = p.left(estimate(w.client, p.Total))
		w.hooks.Progress(p)
	}
}

// left is what the quota leaves, or what the speed so far does when it is less
// than that.
func (p Progress) left(estimated time.Duration) time.Duration {
	rest := p.Total - p.Done - p.Failed
	if rest <= 0 {
		return 0
	}
	byQuota := estimated - p.Took
	if done := p.Done + p.Failed; byQuota <= 0 && done > 0 {
		return time.Duration(float64(p.Took) * float64(rest) / float64(done)).Round(time.Second)
	}
	return max(byQuota, time.Second).Round(time.Second)
}

// confirmed puts on the disk what came of a batch, and only then counts it.
func (w *work) confirmed(answers []graph.BulkAnswer) error {
	c := confirmation{Time: time.Now().UTC()}
	for _, a := range answers {
		if a.Err == nil {
			c.Written = append(c.Written, a.Row)
		} else {
			c.Refused = append(c.Refused, refusal{a.Row, reasonOf(a.Err)})
		}
	}
	if err := w.journal.add(c); err != nil {
		return err
	}
	if err := w.journal.keep(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.progress.Done += len(c.Written)
	w.progress.Failed += len(c.Refused)
	for _, i := range c.Written {
		w.sheet.rows[i].state = isWritten
	}
	for _, r := range c.Refused {
		w.sheet.rows[r.Row].state, w.sheet.rows[r.Row].reason = isRefused, w.sheet.note(r.Reason)
	}
	return w.deniedToAll(answers)
}

// mostDenied is how many rows may be answered 403 in the beginning, with none
// written, until it is taken for a permission that is missing.
const mostDenied = 40

func (w *work) deniedToAll(answers []graph.BulkAnswer) error {
	for _, a := range answers {
		e, ok := errors.AsType[*graph.Error](a.Err)
		if !ok || e.Status != http.StatusForbidden || w.progress.Done > 0 {
			continue
		}
		if w.denied++; w.denied >= mostDenied {
			return e
		}
	}
	return nil
}

// adopt makes the spooled input that of the run.
func (w *work) adopt(s spooled) error {
	if err := private.Rename(s.folder, w.runs.folder(w.run.ID)); err != nil {
		return err
	}
	w.table.path = filepath.Join(w.runs.folder(w.run.ID), inputFile)
	return nil
}
