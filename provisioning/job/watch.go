package job

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

const (
	// watchEvery is how often a job is looked at while something changes, and
	// the least distance that can be asked for.
	watchEvery = 15 * time.Second
	// watchRarely is how often it is looked at when nothing changes.
	watchRarely = time.Minute
)

// Until is what ends the watching of a job.
type Until string

// What a job can be watched until. The empty one is never.
const (
	UntilNever   Until = ""
	UntilIdle    Until = "idle"    // no cycle runs: the job is stopped, or its initial cycle is over and none is under way
	UntilHealthy Until = "healthy" // the initial cycle is over, and the last cycle succeeded
	UntilCycle   Until = "cycle"   // the next cycle has ended, well or not
)

// ParseUntil reads what a job is watched until; the error names what there is.
func ParseUntil(text string) (Until, error) {
	switch u := Until(text); u {
	case UntilIdle, UntilHealthy, UntilCycle:
		return u, nil
	case UntilNever:
	}
	return "", fmt.Errorf("%q is not idle, healthy or cycle", text)
}

// Watch looks at a job again and again.
type Watch struct {
	Status
	Until Until
	Every time.Duration // how often while something changes; 15 seconds when it is less
	Tell  func(Report)  // told the first report, and each that differs from the one before; may be nil
}

// A NotRunningError says that what is waited for cannot come: the service does
// not run the job.
type NotRunningError struct {
	App   string
	Until Until
}

func (e *NotRunningError) Error() string {
	what := "is not going to be healthy"
	if e.Until == UntilCycle {
		what = "has no next cycle"
	}
	return fmt.Sprintf("provisioning of %s is stopped, and so %s", e.App, what)
}

// A GoneError says that a job was deleted while it was looked at.
type GoneError struct {
	App, Job string
	Err      error
}

func (e *GoneError) Error() string {
	return fmt.Sprintf("the job %s of %s is gone: it was deleted meanwhile", e.Job, e.App)
}

func (e *GoneError) Unwrap() error { return e.Err }

// A WatchCutError says that watching ended before what it was to end with. The
// job goes on without it, unless it was stopped anyway.
type WatchCutError struct {
	App     string
	Stopped bool
	Err     error
}

func (e *WatchCutError) Error() string {
	if e.Stopped {
		return fmt.Sprintf("provisioning of %s is stopped, and no longer watched: %v", e.App, e.Err)
	}
	return fmt.Sprintf("provisioning of %s is no longer watched, and goes on: %v", e.App, e.Err)
}

func (e *WatchCutError) Unwrap() error { return e.Err }

// Do returns the last report. It looks at once, then every 15 seconds, and
// less and less often, down to once a minute, while nothing changes.
//
// With [UntilHealthy] and [UntilCycle] a quarantine is a [QuarantineError] and
// a job that does not run a [NotRunningError]. A job that is deleted meanwhile
// is a [GoneError]; the end of ctx is a [WatchCutError].
func (w Watch) Do(ctx context.Context) (Report, error) {
	t, err := provisioning.FindJob(ctx, w.Graph, w.App, w.Job)
	if err != nil {
		return Report{}, err
	}
	first := ReportOf(t)
	w.tell(first)
	last := first
	every := max(w.Every, watchEvery)
	for distance := every; ; {
		if ended, err := w.ended(first, last); ended || err != nil {
			return last, err
		}
		if err := parallel.Sleep(ctx, distance); err != nil {
			return last, &WatchCutError{App: t.App.Name, Stopped: !last.Running, Err: err}
		}
		now, err := w.look(ctx, t)
		switch {
		case err != nil && ctx.Err() != nil:
			return last, &WatchCutError{App: t.App.Name, Stopped: !last.Running, Err: err}
		case err != nil:
			return last, err
		case reflect.DeepEqual(now, last):
			distance = min(2*distance, max(watchRarely, every))
		default:
			w.tell(now)
			last, distance = now, every
		}
	}
}

func (w Watch) tell(r Report) {
	if w.Tell != nil {
		w.Tell(r)
	}
}

func (w Watch) look(ctx context.Context, t provisioning.Target) (Report, error) {
	job, err := synchronization.GetJob(ctx, w.Graph, t.Ref())
	if graph.IsNotFound(err) {
		return Report{}, &GoneError{App: t.App.Name, Job: t.Job.ID, Err: err}
	}
	t.Job = job
	return ReportOf(t), err
}

// ended compares the last report with what is waited for, and the first.
func (w Watch) ended(first, last Report) (bool, error) {
	switch w.Until {
	case UntilNever:
		return false, nil
	case UntilIdle:
		return last.idle(), nil
	case UntilHealthy:
		if last.Job.State == StateHealthy {
			return true, nil
		}
	case UntilCycle:
		if last.LastCycle != nil && (first.LastCycle == nil || last.LastCycle.Ended.After(first.LastCycle.Ended)) {
			return true, last.Check()
		}
	}
	if err := last.Check(); err != nil {
		return true, err
	}
	if !last.Running {
		return true, &NotRunningError{App: last.App.Name, Until: w.Until}
	}
	return false, nil
}

// idle reports whether no cycle is known to run. Of a cycle after the initial
// one, Graph shows at most its progress.
func (r Report) idle() bool {
	switch r.Job.State {
	case StateStopped, StateQuarantine:
		return true
	case StateNotRunYet, StateInitialCycle:
		return false
	case StateHealthy, StateErrors:
	}
	for _, p := range r.Progress {
		behind := r.LastCycle != nil && p.ProgressObservationDateTime.Before(r.LastCycle.Ended)
		if p.CompletedUnits < p.TotalUnits && !behind {
			return false
		}
	}
	return true
}
