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
	young     = 10 * time.Minute
)

// Wait calls try until it says that it is done, at growing distances, and
// tells the user once what is waited for. What reads after "until": "the
// application can be provisioned". An error of try ends the wait, as the end
// of ctx does. After the time that [Options] allow, the error is a
// [*NotReplicatedError].
func (c *Client) Wait(ctx context.Context, what string, try func(context.Context) (done bool, err error)) error {
	return c.wait(ctx, what, func(ctx context.Context) (bool, error, error) {
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

// wait is [Client.Wait] for a try that also says why it is not done.
func (c *Client) wait(ctx context.Context, what string, try func(context.Context) (done bool, why, err error)) error {
	began := time.Now()
	for distance := firstLook; ; distance = min(2*distance, rareLook) {
		done, why, err := try(ctx)
		if done || err != nil {
			return err
		}
		left := c.timeout - time.Since(began)
		if left <= 0 {
			return &NotReplicatedError{What: what, Waited: time.Since(began), Err: why}
		}
		if distance == firstLook {
			c.Notify(fmt.Sprintf("waiting until %s (up to %s)", what, c.timeout))
		}
		if err := parallel.Sleep(ctx, min(distance, left)); err != nil {
			return fmt.Errorf("waiting until %s: %w", what, err)
		}
	}
}

// WhenReady runs call, and runs it again while the service has not heard of a
// new application yet. The same answers mean a refusal when the application is
// older, so they are waited out only when this client made it or gave it a
// job, or when it was created within the last ten minutes, for which the
// directory is asked once. Otherwise the error comes back at once.
func (c *Client) WhenReady(ctx context.Context, app App, what string, call func(context.Context) error) error {
	err := call(ctx)
	if err == nil || !IsNotReady(err) || !c.isYoung(ctx, app) {
		return err
	}
	last := err
	return c.wait(ctx, what, func(ctx context.Context) (bool, error, error) {
		if last != nil { // the first look is the call that was made above
			why := last
			last = nil
			return false, why, nil
		}
		err := call(ctx)
		if IsNotReady(err) {
			return false, err, nil
		}
		return err == nil, nil, err
	})
}

// isYoung reports whether the service may not have heard of an application.
// One whose age cannot be told is not young, but one made from a template has
// its application in this tenant: where that cannot be found, it cannot be
// found yet.
func (c *Client) isYoung(ctx context.Context, app App) bool {
	if c.isMade(app.ServicePrincipalID, app.ApplicationID, app.AppID) {
		return true
	}
	created, err := c.CreatedAt(ctx, app)
	if IsNotFound(err) {
		return app.TemplateID != ""
	}
	return err == nil && time.Since(created) < young
}

// remember notes ids of an application that this client made.
func (c *Client) remember(ids ...string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if id != "" {
			c.made[id] = true
		}
	}
}

func (c *Client) isMade(ids ...string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		if c.made[id] {
			return true
		}
	}
	return false
}
