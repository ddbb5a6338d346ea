package sandbox

import (
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// An escrow is an object that failed and is tried again.
type escrow struct {
	Failures  int       `json:"failures"` // in a row
	First     time.Time `json:"first"`
	Next      time.Time `json:"next,omitzero"`       // zero: it was given up
	Seen      string    `json:"seen,omitempty"`      // a fingerprint of the source as last tried
	Reference bool      `json:"reference,omitempty"` // only its manager or members failed
}

// givenUp is after what time a failing object is no longer tried.
const givenUp = 28 * 24 * time.Hour

// again notes one more failure. The object is tried again in the next cycle,
// then 6, 12 and 24 hours after the first failure and each day from then on,
// until it is given up.
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
func (e *escrow) again(now time.Time) {
	if e.Failures == 0 || e.Next.IsZero() {
		*e = escrow{First: now}
	}
	e.Failures++
	if e.Failures == 1 {
		e.Next = now
		return
	}
	e.Next = time.Time{}
	if now.Sub(e.First) >= givenUp {
		return
	}
	for _, wait := range []time.Duration{6 * time.Hour, 12 * time.Hour, 24 * time.Hour} {
		if at := e.First.Add(wait); at.After(now) {
			e.Next = at
			return
		}
	}
	e.Next = now.Add(24 * time.Hour)
}

func (e *escrow) due(now time.Time) bool { return !e.Next.IsZero() && !now.Before(e.Next) }

// retried puts into a failure's message how often the object was tried again
// and when it will be next.
func (f *failure) retried(e *escrow, next time.Time) {
	if e == nil || !strings.HasSuffix(f.message, neverRetried) {
		return
	}
	f.message = strings.TrimSuffix(f.message, neverRetried) + "This operation was retried " + plainText(e.Failures-1) + " times."
	if e.Next.IsZero() {
		return
	}
	if e.Next.After(next) {
		next = e.Next
	}
	f.message += " It will be retried again after this date: " + odata.Instant(next) + " UTC"
}

const neverRetried = "This operation was retried 0 times."

// A Tally are the objects of a job by how they fare.
type Tally struct {
	Failed     int // in escrow, but for those of References
	References int // of which only the manager or the members failed
	Good       int
}

// escrowMinimum is how many failures there have to be before they are weighed.
const escrowMinimum = 5000

// Quarantines reports whether failures are so many that the job goes into
// quarantine: of at least 5,000 more than 40 in a hundred or more than 40,000,
// or with those of references more than 60,000.
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
func (n Tally) Quarantines() bool { return n.quarantines(escrowMinimum) }

func (n Tally) quarantines(minimum int) bool {
	if n.Failed+n.References > 60000 {
		return true
	}
	return n.Failed >= minimum && (n.Failed > 40000 || n.Failed*100 > (n.Failed+n.Good)*40)
}

// tally counts the objects that a job keeps, and those that it fails with.
func (j *job) tally() Tally {
	var n Tally
	for _, e := range j.Escrows {
		switch {
		case e.Next.IsZero():
		case e.Reference:
			n.References++
		default:
			n.Failed++
		}
	}
	for id, l := range j.Links {
		if l.Off == "" && j.Escrows[id] == nil {
			n.Good++
		}
	}
	return n
}
