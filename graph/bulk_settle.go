package graph

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	longestOutage = 15 * time.Minute // with a service that is throttling or gone
	mostMissing   = 4                // tries of an item that a batch has no answer to
)

// settle takes the answers of a batch: what is final goes to done, the rest
// waits for its time.
func (b *bulk) settle(ctx context.Context, e exchange) {
	now := time.Now()
	if e.err != nil {
		b.client.quotas.settle(now, e, 0)
		b.failed(ctx, e, now)
		return
	}
	spread := 1 + rand.Float64()/20 // of the whole batch, so that it comes back as one
	var final []BulkAnswer
	throttled, soonest := 0, time.Duration(0)
	for i, p := range e.batch {
		pause, again := b.verdict(ctx, &p, e.answers[i].Err, now)
		if !again {
			final = append(final, BulkAnswer{Row: p.Row, BatchResponse: e.answers[i]})
			continue
		}
		if isThrottled(e.answers[i].Err) {
			if throttled++; soonest == 0 || pause < soonest {
				soonest = pause
			}
		}
		p.due = now.Add(time.Duration(float64(pause) * spread))
		heap.Push(&b.again, p)
	}
	b.client.quotas.settle(now, e, throttled)
	b.adapt(e, now, throttled, time.Duration(float64(soonest)*spread))
	if len(final) > 0 && b.err == nil {
		b.err = b.done(final)
	}
}

// adapt slows down when most of a batch was throttled, which is how a quota
// ends that others use too, and gathers speed while all is well.
func (b *bulk) adapt(e exchange, now time.Time, throttled int, soonest time.Duration) {
	switch {
	case 2*throttled >= len(e.batch):
		b.client.quotas.learn(now, e)
		b.slow(now.Add(soonest))
		if soonest >= time.Second {
			b.client.Notify(fmt.Sprintf("Graph is throttling: going on in %s", soonest.Round(time.Second)))
		}
	case nearLimit(e):
		b.parallel = max(1, b.parallel/2)
	case throttled == 0:
		b.parallel = min(b.parallel+1, mostParallel)
	}
}

// nearLimit reports whether the service has said that little is left of a
// quota, which it does from four fifths on.
func nearLimit(e exchange) bool {
	for _, a := range e.answers {
		if used, err := strconv.ParseFloat(a.Header.Get("X-Ms-Throttle-Limit-Percentage"), 64); err == nil && used >= 0.9 {
			return true
		}
	}
	return false
}

// slow lets nothing go out for a time, then one batch to see.
func (b *bulk) slow(until time.Time) {
	b.parallel = 1
	if until.After(b.heldUntil) {
		b.heldUntil = until
	}
}

// failed deals with a batch that was not answered as one.
func (b *bulk) failed(ctx context.Context, e exchange, now time.Time) {
	var longest time.Duration
	for _, p := range e.batch {
		pause, again := b.verdict(ctx, &p, e.err, now)
		if !again {
			if b.err == nil {
				b.err = e.err
			}
			return
		}
		longest = max(longest, pause)
		p.due = now.Add(pause)
		heap.Push(&b.again, p)
	}
	if now.Add(longest).After(b.heldUntil) && longest >= time.Second && b.err == nil && ctx.Err() == nil {
		b.client.Notify(fmt.Sprintf("%s: going on in %s", plight(e.err), longest.Round(time.Second)))
	}
	b.slow(now.Add(longest))
}

// plight is what keeps a batch from being answered.
func plight(err error) string {
	if e, ok := errors.AsType[*UnreachableError](err); ok {
		return "no answer from " + e.Host
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Status != http.StatusTooManyRequests {
		return fmt.Sprintf("Graph is unavailable (%d)", e.Status)
	}
	return "Graph is throttling"
}

// later holds those who wait, the one whose time comes first in front.
type later []pending

func (l later) Len() int { return len(l) }

func (l later) Less(i, j int) bool { return l[i].due.Before(l[j].due) }

func (l later) Swap(i, j int) { l[i], l[j] = l[j], l[i] }

// Push and Pop are for [heap].
func (l *later) Push(x any) {
	if p, ok := x.(pending); ok {
		*l = append(*l, p)
	}
}

// Pop takes the last one off.
func (l *later) Pop() any {
	last := (*l)[len(*l)-1]
	*l = (*l)[:len(*l)-1]
	return last
}

func (l *later) pop() pending {
	p, _ := heap.Pop(l).(pending)
	return p
}

// verdict decides whether an item goes out again, and when. What has been
// waited for long enough, or would take too long, concerns all and is no
// failure of the item.
func (b *bulk) verdict(ctx context.Context, p *pending, err error, now time.Time) (pause time.Duration, again bool) {
	if err == nil {
		return 0, false
	}
	p.tries++
	if p.since.IsZero() {
		p.since = now
	}
	pause, kind := b.bulkPause(ctx, p, err)
	switch kind {
	case forGood:
		return 0, false
	case forAll:
		if pause > longestAsked || now.Sub(p.since)+pause > longestOutage {
			if b.err == nil {
				b.err = err
			}
			return 0, false
		}
	case forItem:
	}
	return pause, true
}

// kind tells whom a failure concerns.
type kind int

const (
	forGood kind = iota // final
	forItem             // this item should be sent again
	forAll              // so should any other
)

func (b *bulk) bulkPause(ctx context.Context, p *pending, err error) (time.Duration, kind) {
	if e, ok := errors.AsType[*UnreachableError](err); ok {
		if p.Op.Repeatable && ctx.Err() == nil && !isCertificate(e.Err) { // also a name that is not found: while the network is gone, none is
			return backoff(min(p.tries, 6), time.Second), forAll
		}
		return 0, forGood
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return 0, forGood
	}
	grown := backoff(min(p.tries, 6), time.Second)
	switch {
	case e.Status == http.StatusTooManyRequests:
		return max(e.RetryAfter, time.Duration(p.tries-1)*time.Second, noTime(e, grown)), forAll
	case !p.Op.Repeatable:
		return 0, forGood
	case e.Status == http.StatusServiceUnavailable, e.Status == http.StatusGatewayTimeout, e.Status == http.StatusBadGateway:
		return max(e.RetryAfter, grown), forAll
	case e.Code == "Directory_ConcurrencyViolation" && p.tries < mostBroken:
		return backoff(p.tries, 250*time.Millisecond), forItem
	case e.isUnusable() && p.tries < mostMissing: // no answer, or one that was cut off
		return backoff(p.tries, 250*time.Millisecond), forItem
	case IsNotAvailable(err) && time.Since(p.since) < b.client.timeout:
		return grown, forItem
	case isTokenRefused(err) && p.tries == 1:
		_, renewal := b.client.tokens.renew(ctx, b.client.tokens.current().Token)
		if renewal == nil {
			return 0, forItem
		}
	}
	return 0, forGood
}

// isCertificate reports whether the other end is not whom it should be.
func isCertificate(err error) bool {
	_, named := errors.AsType[*net.DNSError](err)
	return isSetUp(err) && !named
}

// noTime is a pause for those who were told none.
func noTime(e *Error, pause time.Duration) time.Duration {
	if e.RetryAfter > 0 {
		return 0
	}
	return pause
}

func isThrottled(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusTooManyRequests
}
