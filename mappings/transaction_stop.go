package mappings

import (
	"context"

	"github.com/scimctl/scimctl/graph/resume"
)

// stoppable is the job, to be stopped for the write.
func (t *transaction) stoppable() resume.Job {
	return resume.Job{Graph: t.Graph, Notes: t.Notes, App: t.app, Job: t.job, Name: t.Job, Command: t.Reason, Notice: t.Notice}
}

// whileStopped stops the job, writes and starts it again. A cycle that runs
// ends first, so the last look at the schema comes after the stop. The job is
// read once more before: a question may have taken its time, and a job that
// somebody has stopped since stays stopped.
func (t *transaction) whileStopped(ctx context.Context) (err error) {
	if t.job, err = t.Graph.GetJob(ctx, t.ref); err != nil {
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
