package graph

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	firstLook = 250 * time.Millisecond
	rareLook  = 15 * time.Second
)

// Wait calls try until it says that it is done, at growing distances, and
// tells the user once what is waited for. What reads after "until": "the
// application can be provisioned". An error of try ends the wait, as the end
// of ctx does. After the time that [Options] allow, the error is a
// [*NotReplicatedError].
func (c *Client) Wait(ctx context.Context, what string, try func(context.Context) (done bool, err error)) error {
	return c.WaitKnowing(ctx, what, func(ctx context.Context) (bool, error, error) {
		done, err := try(ctx)
		return done, nil, err
	})
}

// WaitVisible reads what was just written until it shows. The directory is
// eventually consistent, so the first reads may show what was before. A write
// that does not show in time is a [*NotReplicatedError] that says so. Nothing
// is read in a dry run.
func (c *Client) WaitVisible(ctx context.Context, what string, read func(context.Context) (shows bool, err error)) error {
	if c.dryRun {
		return nil
	}
	err := c.Wait(ctx, what, read)
	if late, ok := errors.AsType[*NotReplicatedError](err); ok {
		late.Written = true
	}
	return err
}

// WaitEvery is [Client.Wait] for what may not be asked often: it calls try at
// equal distances, the first time at once.
func (c *Client) WaitEvery(ctx context.Context, every time.Duration, what string, try func(context.Context) (done bool, err error)) error {
	return c.await(ctx, what, every, every, func(ctx context.Context) (bool, error, error) {
		done, err := try(ctx)
		return done, nil, err
	})
}

// WaitKnowing is [Client.Wait] for a try that also says why it is not done.
func (c *Client) WaitKnowing(ctx context.Context, what string, try func(context.Context) (done bool, why, err error)) error {
	return c.await(ctx, what, firstLook, rareLook, try)
}

// await calls try at distances that grow from first to last.
func (c *Client) await(
	ctx context.Context, what string, first, last time.Duration, try func(context.Context) (done bool, why, err error),
) error {
	began, told := time.Now(), false
	for distance := first; ; distance = min(2*distance, last) {
		done, why, err := try(ctx)
		if done || err != nil {
			return err
		}
		left := c.timeout - time.Since(began)
		if left <= 0 {
			return &NotReplicatedError{What: what, Waited: time.Since(began), Err: why}
		}
		if !told {
			c.Notify(fmt.Sprintf("waiting until %s (up to %s)", what, c.timeout))
			told = true
		}
		if err := parallel.Sleep(ctx, min(distance, left)); err != nil {
			return fmt.Errorf("waiting until %s: %w", what, err)
		}
	}
}
