package graph

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

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
