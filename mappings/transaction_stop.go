package mappings

import (
	"context"
	"errors"
	"fmt"

	"github.com/scimctl/scimctl/graph"
)

// A LeftStoppedError says that a job was stopped for a change of its schema and
// was not started again: nobody is provisioned until it is.
type LeftStoppedError struct {
	App   string
	Maybe bool // it was being stopped when the run was interrupted, and may be running
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

// whileStopped stops the job, writes and starts it again. A cycle that runs
// ends first, so the last look at the schema comes after the stop.
func (t *transaction) whileStopped(ctx context.Context) error {
	err := t.Graph.PauseJob(ctx, t.ref)
	stopping := err != nil // on the way, or with the answer
	if stopping && ctx.Err() == nil {
		return err
	}
	if !stopping {
		if err = t.awaitStopped(ctx); err == nil {
			err = t.replace(ctx)
		}
	}
	if started := t.startAgain(ctx); started != nil {
		return &LeftStoppedError{App: t.app.Name, Maybe: stopping, Err: errors.Join(err, started)}
	}
	t.result.Restarted = true
	return err
}

// startAgain starts the job also when the run is interrupted, or its time is
// up: a second run would find a job that was stopped already, and leave it so.
func (t *transaction) startAgain(ctx context.Context) error {
	return graph.Undo(ctx, "starting provisioning of "+t.app.Name+" again", func(ctx context.Context) error {
		return t.Graph.StartJob(ctx, t.ref)
	})
}

func (t *transaction) awaitStopped(ctx context.Context) error {
	return t.Graph.Wait(ctx, "provisioning of "+t.app.Name+" has stopped", func(ctx context.Context) (bool, error) {
		job, err := t.Graph.GetJob(ctx, t.ref)
		return err == nil && !job.Running(), err
	})
}

// rehearse has the writes held back that a run would make.
func (t *transaction) rehearse(ctx context.Context) error {
	stops := t.WhileStopped && t.job.Running()
	if stops {
		if err := t.Graph.PauseJob(ctx, t.ref); err != nil {
			return err
		}
	}
	if _, err := t.send(ctx); err != nil || !stops {
		return err
	}
	return t.Graph.StartJob(ctx, t.ref)
}
