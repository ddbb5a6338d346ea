package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// A middleware stands around a handler: the place for faults that strike
// requests and items of a batch alike.
type middleware func(handler) handler

// chain puts the middleware around the routes, the first outermost.
func (t *Tenant) chain() handler {
	h := t.route
	for _, m := range slices.Backward([]middleware{t.throttled}) {
		h = m(h)
	}
	return h
}

// throttled answers 429 to the requests that the option names. A batch as a
// whole is never throttled, its items are.
// https://learn.microsoft.com/graph/throttling
func (t *Tenant) throttled(next handler) handler {
	return func(c *call) *answer {
		if c.path != "/$batch" && t.tooMany() {
			return t.tooManyRequests(t.options.throttle.RetryAfter)
		}
		return next(c)
	}
}

func (t *Tenant) tooMany() bool {
	th := t.options.throttle
	t.memory.Lock()
	defer t.memory.Unlock()
	t.seen++
	if t.seen <= th.First {
		return true
	}
	return th.Every > 0 && (t.seen-th.First)%th.Every == 0
}

func (t *Tenant) tooManyRequests(after time.Duration) *answer {
	a := fail(http.StatusTooManyRequests, "TooManyRequests", "Too many requests.").
		with("x-ms-throttle-scope", "Tenant_Application/ReadWrite/sandbox/sandbox").
		with("x-ms-throttle-information", "ResourceUnitLimitExceeded")
	switch {
	case after < 0:
		return a
	case after == 0:
		after = time.Second
	}
	return a.with("Retry-After", seconds(after))
}

// units is what a call costs in resource units.
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
func units(c *call) int {
	if c.method != http.MethodGet {
		return 1
	}
	cost := 1
	path := strings.Trim(c.path, "/")
	switch {
	case path == "applications", path == "users", strings.HasSuffix(path, "/extensionProperties"), strings.HasSuffix(path, "/appRoleAssignments"):
		cost = 2
	case strings.HasSuffix(path, "/members"):
		cost = 3
	case strings.HasSuffix(path, "/transitiveMembers"):
		cost = 5
	}
	if c.query.Has("$select") {
		cost--
	}
	return max(1, cost)
}
