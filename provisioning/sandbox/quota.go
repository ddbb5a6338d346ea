package sandbox

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// The quotas of one application in one tenant of less than 50 people. See
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits.
const (
	unitsMost    = 3500
	unitsWindow  = 10 * time.Second
	writesMost   = 3000
	writesWindow = 150 * time.Second
)

// What x-ms-throttle-information says.
const (
	resourceUnits = "ResourceUnitLimitExceeded"
	writeLimit    = "WriteLimitExceeded"
)

// A meter allows so much in any stretch of time.
type meter struct {
	most   int
	window time.Duration
	spent  []expense // oldest first
	sum    int
}

type expense struct {
	at   time.Time
	cost int
}

// wait is how long there is too little left for a cost.
func (m *meter) wait(now time.Time, cost int) time.Duration {
	for len(m.spent) > 0 && !m.spent[0].at.After(now.Add(-m.window)) {
		m.sum -= m.spent[0].cost
		m.spent = m.spent[1:]
	}
	left := m.most - m.sum
	for _, e := range m.spent {
		if left >= cost {
			break
		}
		left += e.cost
		if left >= cost {
			return e.at.Add(m.window).Sub(now)
		}
	}
	return 0 // enough is left, or never will be
}

func (m *meter) spend(now time.Time, cost int) {
	if cost > 0 {
		m.spent = append(m.spent, expense{now, cost})
		m.sum += cost
	}
}

// quota is what one application may ask of the directory.
type quota struct {
	fault Fault

	mu            sync.Mutex
	units, writes meter
}

func newQuota(f Fault) *quota {
	q := &quota{fault: f, units: meter{most: unitsMost, window: unitsWindow}, writes: meter{most: writesMost, window: writesWindow}}
	if f.Units > 0 {
		q.units.most = f.Units
	}
	if f.Writes > 0 {
		q.writes.most = f.Writes
	}
	return q
}

// metered answers 429 once a quota is used up. Items of a batch are counted as
// if they had been sent alone; the batch itself costs nothing. Provisioning
// and its logs have limits of their own.
func (t *Tenant) metered(q *quota, next handler) handler {
	return func(c *odata.Call) *odata.Answer {
		if !q.fault.concerns(c) || strings.Contains(c.Path, "/synchronization/") || strings.HasPrefix(c.Path, "/auditLogs/") {
			return next(c)
		}
		wait, information, used := q.charge(c)
		if wait > 0 {
			c.Fault = string(Quota)
			return tooManyRequests(information).RetryAfter(wait)
		}
		a := next(c)
		if used > 0.8 {
			a.With("x-ms-throttle-limit-percentage", strconv.FormatFloat(used, 'f', 2, 64))
		}
		return a
	}
}

// charge spends what a call costs, or tells how long it has to wait and for
// which quota. What is used is a part of the limit in resource units.
func (q *quota) charge(c *odata.Call) (wait time.Duration, information string, used float64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if wait := q.units.wait(c.Now, units(c)); wait > 0 {
		return wait, resourceUnits, 0
	}
	if wait := q.writes.wait(c.Now, writes(c)); wait > 0 {
		return wait, writeLimit, 0
	}
	q.units.spend(c.Now, units(c))
	q.writes.spend(c.Now, writes(c))
	return 0, "", float64(q.units.sum) / float64(q.units.most)
}

func tooManyRequests(information string) *odata.Answer {
	application := "14d82eec-204b-4c2f-b7e8-296a70dab67e" // a token says more, and is not looked at
	return odata.Fail(http.StatusTooManyRequests, "TooManyRequests", "Too many requests.").
		With("x-ms-throttle-scope", "Tenant_Application/ReadWrite/"+application+"/"+odata.IDOf("tenant/"+domain)).
		With("x-ms-throttle-information", information)
}

// units is what a call costs in resource units.
func units(c *odata.Call) int {
	if c.Method != http.MethodGet {
		return 1
	}
	cost := 1
	path := strings.Trim(c.Path, "/")
	switch {
	case path == "applications", path == "users":
		cost = 2
	case strings.HasSuffix(path, "/extensionProperties"), strings.HasSuffix(path, "/memberOf"), strings.HasSuffix(path, "/transitiveMemberOf"),
		strings.HasPrefix(path, "servicePrincipals") && strings.HasSuffix(path, "/appRoleAssignments"):
		cost = 2
	case strings.HasSuffix(path, "/members"), path == "subscribedSkus":
		cost = 3
	case strings.HasSuffix(path, "/transitiveMembers"):
		cost = 5
	}
	if c.Query.Has("$select") {
		cost--
	}
	if c.Query.Has("$expand") {
		cost++
	}
	if top, err := strconv.Atoi(c.Query.Get("$top")); err == nil && top < 20 {
		cost--
	}
	return max(1, cost)
}

// writes is what a call costs of the write quota.
func writes(c *odata.Call) int {
	if c.Method == http.MethodGet {
		return 0
	}
	return 1
}
