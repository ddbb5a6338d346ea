package sandbox

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// A FaultKind is what goes wrong with a request.
type FaultKind string

// The kinds of faults.
const (
	Throttled      FaultKind = "throttled"
	Quota          FaultKind = "quota"
	Unavailable    FaultKind = "unavailable"
	BadGateway     FaultKind = "bad-gateway"
	GatewayTimeout FaultKind = "gateway-timeout"
	ResetBefore    FaultKind = "reset-before"
	ResetAfter     FaultKind = "reset-after"
	BrokenOff      FaultKind = "broken-off"
	CutOff         FaultKind = "cut-off"
	HTML           FaultKind = "html"
	Redirect       FaultKind = "redirect"
	ExpiredToken   FaultKind = "expired-token"
	Slow           FaultKind = "slow"
)

// FaultKinds lists all kinds, in the order in which to explain them.
func FaultKinds() []FaultKind {
	return []FaultKind{
		Throttled, Quota, Unavailable, BadGateway, GatewayTimeout, ResetBefore, ResetAfter, BrokenOff, CutOff, HTML, Redirect, ExpiredToken, Slow,
	}
}

// Meaning tells what goes wrong.
func (k FaultKind) Meaning() string {
	return map[FaultKind]string{
		Throttled:      "429, with Retry-After",
		Quota:          "429 beyond the documented quotas of the directory",
		Unavailable:    "503, with Retry-After",
		BadGateway:     "502 with a proxy's page; nothing was done",
		GatewayTimeout: "504 after the request was carried out",
		ResetBefore:    "the connection is lost before anything was done",
		ResetAfter:     "the connection is lost after the request was carried out",
		BrokenOff:      "the connection is lost in the middle of the answer",
		CutOff:         "the JSON of the answer ends too early",
		HTML:           "200 with a portal's page; nothing was done",
		Redirect:       "302 to a sign-in page; nothing was done",
		ExpiredToken:   "401, as for a token that has run out",
		Slow:           "the answer takes its time",
	}[k]
}

// ofItems reports whether a fault strikes the items of a batch one by one. Any
// other strikes the batch as a whole.
func (k FaultKind) ofItems() bool {
	return slices.Contains([]FaultKind{Throttled, Quota, Unavailable, GatewayTimeout}, k)
}

// A Fault is something that goes wrong with some requests, or with items of a
// batch. With neither First nor Every it is all of those that match.
type Fault struct {
	Kind   FaultKind
	Method string // of the requests that it may strike; "": any
	Path   string // with which their paths end, below the version and without the query; "": any
	Skip   int    // so many pass first
	First  int    // then so many are struck
	Every  int    // and of the others each one in so many; 0: none

	RetryAfter time.Duration // of Throttled and Unavailable, told in whole seconds; 0: one; negative: not told
	Delay      time.Duration // of Slow; 0: one second
	Units      int           // of Quota: resource units in 10 seconds; 0: 3500, those of a tenant of less than 50 people
	Writes     int           // of Quota: writes in 150 seconds; 0: 3000
}

// concerns reports whether a fault may strike a call. A batch as a whole is
// struck by what becomes of its connection, or when the path names it.
func (f Fault) concerns(c *odata.Call) bool {
	path, err := url.PathUnescape(c.Path)
	if err != nil {
		path = c.Path
	}
	if f.Method != "" && !strings.EqualFold(f.Method, c.Method) || !strings.HasSuffix(strings.TrimSuffix(path, "/"), f.Path) {
		return false
	}
	switch {
	case c.InBatch:
		return f.Kind.ofItems()
	case c.Path == batchPath:
		return !f.Kind.ofItems() || strings.HasSuffix(f.Path, batchPath) && f.Kind != Quota
	}
	return true
}

// strikes reports whether the nth of the requests that match is struck.
func (f Fault) strikes(n int) bool {
	n -= f.Skip
	switch {
	case n <= 0:
		return false
	case f.First <= 0 && f.Every <= 0, n <= f.First:
		return true
	}
	return f.Every > 0 && (n-f.First)%f.Every == 0
}

// chain puts the faults around the routes, the first outermost: they strike
// requests and items of a batch alike.
func (t *Tenant) chain() handler {
	h := t.route
	for _, f := range slices.Backward(t.options.faults) {
		h = t.afflict(f, h)
	}
	return h
}

// afflict puts a fault around a handler.
func (t *Tenant) afflict(f Fault, next handler) handler {
	if f.Kind == Quota {
		return t.metered(newQuota(f), next)
	}
	matched := 0
	return func(c *odata.Call) *odata.Answer {
		if !f.concerns(c) {
			return next(c)
		}
		t.memory.Lock()
		matched++
		struck := f.strikes(matched)
		t.memory.Unlock()
		if !struck {
			return next(c)
		}
		c.Fault = string(f.Kind)
		return f.answer(c, next)
	}
}

// answer is what a request gets that is struck.
func (f Fault) answer(c *odata.Call, next handler) *odata.Answer {
	switch f.Kind {
	case Throttled:
		return tooManyRequests(resourceUnits).RetryAfter(f.RetryAfter)
	case Unavailable:
		return odata.Fail(http.StatusServiceUnavailable, "serviceNotAvailable", "The service is temporarily unavailable.").RetryAfter(f.RetryAfter)
	case BadGateway:
		return page(http.StatusBadGateway, "502 Bad Gateway")
	case GatewayTimeout:
		next(c)
		return odata.Fail(http.StatusGatewayTimeout, "UnknownError", "")
	case ResetBefore:
		return &odata.Answer{Ending: odata.Dropped}
	case ResetAfter:
		next(c)
		return &odata.Answer{Ending: odata.Dropped}
	case BrokenOff:
		return next(c).Ends(odata.BrokenOff)
	case CutOff:
		return next(c).Ends(odata.CutOff)
	case HTML:
		return page(http.StatusOK, "Sign in to the network")
	case Redirect:
		return (&odata.Answer{Status: http.StatusFound}).With("Location", "https://portal.example.com/login")
	case ExpiredToken:
		return odata.Fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
	case Slow, Quota:
	}
	pause(c.Ctx, f.Delay)
	return next(c)
}

// page is what a proxy answers in Graph's place.
func page(status int, title string) *odata.Answer {
	return &odata.Answer{Status: status, Page: "<!DOCTYPE html><html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>\n"}
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
