package graph

import (
	"math"
	"net/http"
	"sync"
	"time"
)

// What one application may ask of the directory of one tenant, in any stretch
// of time. The resource units are those of a small tenant; a larger one has
// more, and writes end before them everywhere.
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits
const (
	mostUnits   = 3500
	unitsEvery  = 10 * time.Second
	mostWrites  = 3000
	writesEvery = 150 * time.Second
)

// WriteQuota is how many writes the directory takes of an application in a
// tenant in 150 seconds.
const WriteQuota = mostWrites

// AllowWrites sets how many writes very many requests may be in 150 seconds:
// less than [WriteQuota] leaves some to others of the same application. 0 lets
// them go as fast as answers come, which is for servers without a quota.
func (c *Client) AllowWrites(n int) {
	c.quotas.mu.Lock()
	defer c.quotas.mu.Unlock()
	if n <= 0 {
		n = math.MaxInt / 2
		c.quotas.units.limit, c.quotas.units.most = n, n
	}
	c.quotas.writes.limit, c.quotas.writes.most = n, n
}

// WriteTime is how long the quota makes a number of writes take: as many as it
// allows go at once, and the others as soon as it allows more.
func (c *Client) WriteTime(writes int) time.Duration {
	c.quotas.mu.Lock()
	defer c.quotas.mu.Unlock()
	if writes <= 0 {
		return 0
	}
	return time.Duration((writes-1)/c.quotas.writes.limit) * writesEvery
}

// quotas are what is left of the quotas for very many requests. They belong to
// a client, whose calls of Bulk share them.
type quotas struct {
	mu            sync.Mutex
	units, writes window
}

func newQuotas() *quotas {
	return &quotas{
		units:  window{limit: mostUnits, most: mostUnits, every: unitsEvery},
		writes: window{limit: mostWrites, most: mostWrites, every: writesEvery},
	}
}

// reserve takes what a batch costs, or tells when there may be enough; known is
// false when that depends on answers that are due.
func (q *quotas) reserve(now time.Time, units, writes int) (at time.Time, known bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	one, knownOne := q.units.when(now, units)
	other, knownOther := q.writes.when(now, writes)
	if other.After(one) {
		one = other
	}
	if !knownOne || !knownOther {
		return time.Time{}, false
	}
	if !one.After(now) {
		q.units.open += units
		q.writes.open += writes
	}
	return one, true
}

// settle counts what a batch took, from now on: when exactly the service
// counted it is not known, but not later. What was throttled is not counted.
func (q *quotas) settle(now time.Time, e exchange, throttled int) {
	writes := 0
	for _, p := range e.batch {
		if p.Op.Writes {
			writes++
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.units.settle(now, len(e.batch), throttled)
	q.writes.settle(now, writes, min(writes, throttled))
}

// learn takes it that the quota is what was used of it when the service said
// that it is used up: others use it too, or it is another one than documented.
func (q *quotas) learn(now time.Time, e exchange) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, a := range e.answers {
		switch a.Header.Get("X-Ms-Throttle-Information") {
		case "WriteLimitExceeded":
			q.writes.learn(now)
			return
		case "ResourceUnitLimitExceeded":
			q.units.learn(now)
			return
		}
	}
}

// A window allows so much in any stretch of time.
type window struct {
	limit, most int // as documented, and as learned
	every       time.Duration
	open        int // spent on requests without an answer
	sum         int
	spent       []spending // oldest first
	learned     time.Time  // when most changed last
	step        int        // by which most grows next
}

type spending struct {
	at   time.Time
	cost int
}

// when tells when so much may be spent, as far as that is known.
func (w *window) when(now time.Time, cost int) (at time.Time, known bool) {
	w.forget(now)
	w.grow(now)
	cost = min(cost, w.most)
	left := w.most - w.sum - w.open
	if left >= cost {
		return now, true
	}
	for _, s := range w.spent {
		if left += s.cost; left >= cost {
			return s.at.Add(w.every), true
		}
	}
	return time.Time{}, false
}

func (w *window) forget(now time.Time) {
	for len(w.spent) > 0 && !w.spent[0].at.After(now.Add(-w.every)) {
		w.sum -= w.spent[0].cost
		w.spent = w.spent[1:]
	}
}

func (w *window) settle(now time.Time, cost, free int) {
	w.open -= cost
	if cost > free {
		w.spent = append(w.spent, spending{now, cost - free})
		w.sum += cost - free
	}
}

// learn is of use only where much was spent: else others have used the quota
// up, and nothing tells how much they will use of the next.
func (w *window) learn(now time.Time) {
	if w.forget(now); w.sum >= w.limit/10 {
		w.most = min(w.most, w.sum)
	}
	w.learned, w.step = now, LargestBatch
}

// grow tries whether there is more again, at first with one batch and after a
// long while, then with more.
func (w *window) grow(now time.Time) {
	if w.most < w.limit && now.Sub(w.learned) > 4*w.every {
		w.most, w.learned, w.step = min(w.most+w.step, w.limit), now, 2*w.step
	}
}

// LowPriority is for requests that can wait when others cannot:
// https://learn.microsoft.com/graph/throttling-limits.
func LowPriority() map[string]string {
	return map[string]string{http.CanonicalHeaderKey("x-ms-throttle-priority"): "low"}
}
