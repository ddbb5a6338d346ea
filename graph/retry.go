package graph

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	mostTries    = 8                // of a request that is throttled, or whose service is unavailable
	mostBroken   = 4                // of one whose connection breaks, or that a gateway swallows
	longestPause = 30 * time.Second // when the service does not say how long
	longestAsked = 15 * time.Minute // when it does; a longer one is the user's to wait
	longestTried = 30 * time.Minute // with one request
)

// beforeNext waits until a request may be sent again. When it may not, it
// returns the error: for good, because it was tried often enough, or because
// ctx would end first. See https://learn.microsoft.com/graph/throttling.
func (c *Client) beforeNext(ctx context.Context, op Operation, err error, try int, began time.Time) error {
	pause, why := pauseFor(op, err, try)
	if why == "" || pause > longestAsked || time.Since(began)+pause > longestTried {
		return err
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) < pause {
		return err
	}
	if pause >= time.Second {
		c.Notify(fmt.Sprintf("%s: trying again to %s in %s", why, op.Name, pause.Round(time.Second)))
	}
	if parallel.Sleep(ctx, pause) != nil {
		return interrupted(ctx, op, err)
	}
	return nil
}

// pauseFor decides whether and when a request may be sent again. An empty
// reason means never.
func pauseFor(op Operation, err error, try int) (pause time.Duration, why string) {
	if e, ok := errors.AsType[*UnreachableError](err); ok {
		if op.Repeatable && try < mostBroken && isBroken(e.Err) && !isSilent(e) {
			return backoff(try, 250*time.Millisecond), "the connection to " + e.Host + " was lost"
		}
		return 0, ""
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return 0, ""
	}
	switch {
	case e.Code == CodeLimit:
		return 0, ""
	case e.Status == http.StatusTooManyRequests && try < mostTries:
		return e.pause(try), "Graph is throttling"
	case !op.Repeatable:
		return 0, ""
	case e.Status == http.StatusServiceUnavailable && try < mostTries, e.Status == http.StatusGatewayTimeout && try < mostTries:
		return e.pause(try), fmt.Sprintf("Graph is unavailable (%d)", e.Status)
	case e.Status == http.StatusBadGateway && try < mostBroken:
		return backoff(try, 250*time.Millisecond), "Graph is unavailable (502)"
	case e.Code == "Directory_ConcurrencyViolation" && try < mostBroken:
		return backoff(try, 250*time.Millisecond), "someone else is writing the same object"
	}
	return 0, ""
}

// pause is as long as the service asked for. One that asks for next to nothing,
// again and again, is left alone longer and longer all the same.
func (e *Error) pause(try int) time.Duration {
	if e.RetryAfter > 0 {
		return max(e.RetryAfter, backoff(try, 200*time.Millisecond))
	}
	return backoff(try, time.Second)
}

// isSilent reports whether a request ended because nothing came back, which was
// waited for long enough.
func isSilent(err error) bool {
	limit, ok := errors.AsType[*bounds.Error](err)
	return ok && limit.Silent
}

// backoff doubles with each try, spread by a quarter so that runs which were
// throttled together do not come back together.
func backoff(try int, begin time.Duration) time.Duration {
	d := min(begin<<(try-1), longestPause)
	return d*3/4 + rand.N(d/2)
}

// isBroken reports whether a connection was lost, and not refused for a reason
// that stays, such as its certificate or its name.
func isBroken(err error) bool {
	return !isDial(err) && !isSetUp(err)
}
