// Package resume stops a provisioning job for a piece of work and starts it
// again. A note on the disk says so from before the stop until after the start,
// so that the job can also be started after the command was killed. A job that
// somebody else has stopped stays stopped.
package resume

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// A LeftStoppedError says that a job was stopped in order to be started again,
// and was not started. Its note stays.
type LeftStoppedError struct {
	App   string
	Job   string // as the command was given it
	Maybe bool   // it was being stopped when the command failed, and may be active
	Err   error
}

func (e *LeftStoppedError) Error() string {
	is := "is"
	if e.Maybe {
		is = "may be"
	}
	return fmt.Sprintf("provisioning of %s %s stopped and was not started again: %v", e.App, is, e.Err)
}

func (e *LeftStoppedError) Unwrap() error { return e.Err }

// A BusyError says that another command has stopped the job at this moment.
type BusyError struct{ App string }

func (e *BusyError) Error() string {
	return "another scimctl command has stopped provisioning of " + e.App + " and is about to start it again"
}

// A Job is a job that is to be stopped for a while.
type Job struct {
	Graph   *graph.Client
	Notes   Notes
	App     applications.App
	Job     synchronization.Job // as just read
	Name    string              // of the job, as the command was given it
	Command string              // such as "mapping add"
}

// An Outcome is what became of a job.
type Outcome struct {
	Started bool                // it was stopped, and is started again
	Job     synchronization.Job // as last read before that
}

// WhileStopped stops an active job, does the work and starts the job again,
// also when the work failed or was interrupted. A job that an interrupted
// command has stopped is started as well. One that somebody else has stopped
// stays so. work may be nil. A failed start is a *[LeftStoppedError].
func (j Job) WhileStopped(ctx context.Context, work func(context.Context) error) (Outcome, error) {
	if j.Graph.DryRun() {
		return Outcome{Job: j.Job}, j.rehearse(ctx, work)
	}
	return j.alone(ctx, func(s *stop) (Outcome, error) {
		if !j.Job.Running() && !s.left {
			return Outcome{Job: j.Job}, run(ctx, work)
		}
		return s.around(ctx, func() error {
			if s.left {
				return run(ctx, work)
			}
			if err := s.begin(ctx, func() error { return synchronization.PauseJob(ctx, j.Graph, j.ref()) }); err != nil {
				return err
			}
			if err := s.await(ctx); err != nil {
				return err
			}
			s.fresh = work == nil
			return run(ctx, work)
		})
	})
}

// AcrossRestart does a restart, which may leave an active job stopped, and
// starts the job again then.
func (j Job) AcrossRestart(ctx context.Context, restart func(context.Context) error) (Outcome, error) {
	if j.Graph.DryRun() {
		return Outcome{Job: j.Job}, restart(ctx)
	}
	return j.alone(ctx, func(s *stop) (Outcome, error) {
		if !j.Job.Running() && !s.left {
			return Outcome{Job: j.Job}, restart(ctx)
		}
		return s.around(ctx, func() error { return s.begin(ctx, func() error { return restart(ctx) }) })
	})
}

// Resume starts the job if an interrupted command has stopped it and nobody has
// started it since.
func (j Job) Resume(ctx context.Context) (Outcome, error) {
	if _, found, err := j.Notes.Find(j.ref()); !found || err != nil || j.Graph.DryRun() {
		return Outcome{Job: j.Job}, err
	}
	return j.WhileStopped(ctx, nil)
}

func (j Job) ref() synchronization.JobRef {
	return synchronization.JobRef{ServicePrincipalID: j.App.ServicePrincipalID, JobID: j.Job.ID}
}

func run(ctx context.Context, work func(context.Context) error) error {
	if work == nil {
		return nil
	}
	return work(ctx)
}

// rehearse has the writes held back that a run would make.
func (j Job) rehearse(ctx context.Context, work func(context.Context) error) error {
	if !j.Job.Running() {
		return run(ctx, work)
	}
	if err := synchronization.PauseJob(ctx, j.Graph, j.ref()); err != nil {
		return err
	}
	if err := run(ctx, work); err != nil {
		return err
	}
	return synchronization.StartJob(ctx, j.Graph, j.ref())
}

// lock waits a little: other commands hold the lock for a moment when they look
// whether a note is that of a command which is still running.
func (j Job) lock(ctx context.Context) (unlock func(), err error) {
	for range 10 {
		unlock, err = j.Notes.lock(j.ref())
		if _, held := errors.AsType[*private.HeldError](err); !held {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
	return unlock, err
}

// alone keeps other commands away from the job, and looks for the note of one
// that was interrupted. A note that no longer holds is removed.
func (j Job) alone(ctx context.Context, do func(*stop) (Outcome, error)) (Outcome, error) {
	unlock, err := j.lock(ctx)
	if _, held := errors.AsType[*private.HeldError](err); held {
		return Outcome{}, &BusyError{App: j.App.Name}
	}
	if err != nil {
		return Outcome{}, err
	}
	defer unlock()
	s := &stop{Job: j}
	if s.note, s.left, err = j.Notes.Find(j.ref()); err != nil {
		return Outcome{}, err
	}
	if s.left && (j.Job.Running() || s.note.ranSince(j.Job)) {
		s.left = false
		if err := j.Notes.forget(j.ref()); err != nil {
			return Outcome{}, err
		}
	}
	return do(s)
}

// A stop is under way between the stop of a job and its start.
type stop struct {
	Job
	note    Note
	left    bool // an interrupted command has stopped the job
	maybe   bool // whether the job was stopped is not known
	nothing bool // the job was not stopped
	fresh   bool // the job was read just now
}

// begin writes the note and then stops the job.
func (s *stop) begin(ctx context.Context, stop func() error) error {
	tenant, err := s.Graph.Tenant(ctx)
	if err == nil {
		s.note = Note{
			Endpoint: s.Graph.Endpoint(), Tenant: tenant, ServicePrincipalID: s.App.ServicePrincipalID, App: s.App.Name,
			JobID: s.Job.Job.ID, JobName: s.Name, Command: s.Command,
		}
		err = s.save(s.Job.Job)
	}
	if err != nil {
		s.nothing = true
		return fmt.Errorf("write the note of the stopped job: %w", err)
	}
	err = stop()
	if err != nil && ctx.Err() == nil && !graph.IsUncertain(err) {
		s.nothing = true
		_ = s.Notes.forget(s.ref()) // the next look at the active job removes it
	}
	s.maybe = err != nil
	return err
}

// save writes the note with the time, and the last cycle of the job as read.
func (s *stop) save(job synchronization.Job) error {
	s.note.Stopped = time.Now().UTC()
	if last := job.Status.LastExecution; last != nil {
		s.note.LastCycle = last.TimeBegan
	}
	return s.Notes.keep(s.ref(), s.note)
}

// await waits until a cycle that runs has ended.
func (s *stop) await(ctx context.Context) error {
	err := s.Graph.Wait(ctx, "provisioning of "+s.App.Name+" has stopped", func(ctx context.Context) (bool, error) {
		job, err := synchronization.GetJob(ctx, s.Graph, s.ref())
		if err != nil {
			return false, err
		}
		s.Job.Job = job
		return !job.Running(), nil
	})
	if err != nil {
		return err
	}
	return s.save(s.Job.Job)
}

// around does what stops the job, and starts the job again.
func (s *stop) around(ctx context.Context, do func() error) (Outcome, error) {
	err := do()
	if s.nothing {
		return Outcome{Job: s.Job.Job}, err
	}
	done, failed := s.again(ctx)
	if failed != nil {
		return done, &LeftStoppedError{App: s.App.Name, Job: s.Name, Maybe: s.maybe, Err: errors.Join(err, failed)}
	}
	return done, err
}

// again starts the job, also when the command was interrupted or its time is up.
func (s *stop) again(ctx context.Context) (done Outcome, err error) {
	err = graph.Undo(ctx, "starting provisioning of "+s.App.Name+" again", func(ctx context.Context) error {
		done, err = s.start(ctx)
		return err
	})
	return done, err
}

// start starts the job unless somebody else has done so in the meantime, and
// removes the note. Without an answer to the look, the job is started: this
// command has stopped it.
func (s *stop) start(ctx context.Context) (Outcome, error) {
	now, err := s.Job.Job, error(nil)
	if !s.fresh {
		now, err = synchronization.GetJob(ctx, s.Graph, s.ref())
	}
	switch {
	case graph.IsNotFound(err):
		return Outcome{}, s.Notes.forget(s.ref())
	case err == nil && now.Running() && !s.maybe: // a stop may still be on its way
		return Outcome{Job: now}, s.Notes.forget(s.ref())
	case err == nil && s.note.ranSince(now):
		s.Graph.Notify(fmt.Sprintf("provisioning of %s was started and stopped by someone else in the meantime; it stays stopped", s.App.Name))
		return Outcome{Job: now}, s.Notes.forget(s.ref())
	}
	if err := synchronization.StartJob(ctx, s.Graph, s.ref()); err != nil {
		return Outcome{Job: now}, err
	}
	_ = s.Notes.forget(s.ref()) // the next look at the active job removes it
	return Outcome{Started: true, Job: now}, nil
}
