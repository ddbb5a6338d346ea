package sandbox

import (
	"context"
	"net"
	"net/http"
	"time"
)

// answer is what a request gets that is struck.
func (f Fault) answer(c *call, next handler) *answer {
	switch f.Kind {
	case Throttled:
		return tooManyRequests(resourceUnits).retryAfter(f.RetryAfter)
	case Unavailable:
		return fail(http.StatusServiceUnavailable, "serviceNotAvailable", "The service is temporarily unavailable.").retryAfter(f.RetryAfter)
	case BadGateway:
		return page(http.StatusBadGateway, "502 Bad Gateway")
	case GatewayTimeout:
		next(c)
		return fail(http.StatusGatewayTimeout, "UnknownError", "")
	case ResetBefore:
		return &answer{ending: dropped}
	case ResetAfter:
		next(c)
		return &answer{ending: dropped}
	case BrokenOff:
		return next(c).ends(brokenOff)
	case CutOff:
		return next(c).ends(cutOff)
	case HTML:
		return page(http.StatusOK, "Sign in to the network")
	case Redirect:
		return (&answer{status: http.StatusFound}).with("Location", "https://portal.example.com/login")
	case ExpiredToken:
		return fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	case Slow, Quota:
	}
	pause(c.ctx, f.Delay)
	return next(c)
}

// page is what a proxy answers in Graph's place.
func page(status int, title string) *answer {
	return &answer{status: status, page: "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"}
}

// An ending is how an answer reaches the client.
type ending int

const (
	complete  ending = iota
	cutOff           // its JSON ends too early
	brokenOff        // the connection is lost in the middle of it
	dropped          // the connection is lost before it
)

// ends gives an answer another ending. One without a body cannot be cut.
func (a *answer) ends(e ending) *answer {
	a.ending = e
	return a
}

// retryAfter tells when to come back: after a second unless told otherwise,
// not at all when that is negative.
func (a *answer) retryAfter(d time.Duration) *answer {
	switch {
	case d < 0:
		return a
	case d == 0:
		d = time.Second
	}
	return a.with("Retry-After", seconds(d))
}

// drop ends the connection of a request, over TCP with a reset.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // not a connection of its own, as in HTTP/2
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // it is closed in any case
	}
	_ = conn.Close()
}

// breakOff writes half of a body that was announced as a whole, and ends the
// connection.
func breakOff(w http.ResponseWriter, body []byte) {
	_, _ = w.Write(body[:len(body)/2]) // what is lost is meant to be
	_ = http.NewResponseController(w).Flush()
	drop(w)
}

// pause waits for d, a second when that is 0, or until the client has left.
func pause(ctx context.Context, d time.Duration) {
	if d <= 0 {
		d = time.Second
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// told is the status that reaches the client; 0 when none does.
func (a *answer) told() int {
	if a.ending == dropped || a.ending == brokenOff && a.bytes(time.Time{}, "", "") == nil {
		return 0
	}
	return a.status
}
