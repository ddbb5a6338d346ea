package sandbox

import (
	"context"
	"errors"
	"time"
)

// A NoCycleError is returned by Advance when it is to go to a next cycle and no
// job runs.
type NoCycleError struct{}

func (*NoCycleError) Error() string {
	return "no provisioning job runs in the sandbox, so no cycle comes next"
}

// A Move is how far the tenant's clock is put forward: by a time, or else to
// the end of so many cycles, at least one.
type Move struct {
	By     time.Duration
	Cycles int
}

// Passed is what happened while the clock was put forward.
type Passed struct {
	From   time.Time     `json:"from"`
	To     time.Time     `json:"to"`
	Ran    int           `json:"cyclesRun"`
	Cycles []CycleReport `json:"cycles"` // cycles of a job in a row that had nothing to do are one entry
	Purged []PurgedUser  `json:"purged"` // whose 30 days in the recycle bin were over
}

// A PurgedUser is a user who was deleted for good.
type PurgedUser struct {
	ID   string    `json:"id"`
	Name string    `json:"userPrincipalName"` // as it was before the deletion
	At   time.Time `json:"at"`
}

// Advance puts the clock forward. All cycles that fall due until then run at
// their times, and users who were deleted 30 days before are deleted for good.
// When ctx ends it stops between two cycles; what has passed until then has
// passed. The error is a *NoCycleError when there is no cycle to go to.
func (t *Tenant) Advance(ctx context.Context, m Move) (Passed, error) {
	p := Passed{Cycles: []CycleReport{}, Purged: []PurgedUser{}}
	var until time.Time
	if err := t.with(func(*state) { p.From = t.now() }); err != nil {
		return p, err
	}
	if m.By > 0 {
		until = p.From.Add(m.By)
	}
	for ctx.Err() == nil && (m.By > 0 || p.Ran < max(m.Cycles, 1)) {
		going, err := t.advanceOnce(ctx, &p, until)
		if err != nil {
			return p, err
		}
		if !going {
			break
		}
	}
	err := t.with(func(s *state) {
		if ctx.Err() == nil && m.By > 0 {
			t.clock.move(s, until)
		}
		p.To = t.now()
	})
	if err == nil && m.By == 0 && p.Ran == 0 {
		err = &NoCycleError{}
	}
	return p, errors.Join(err, ctx.Err())
}

// advanceOnce goes to what happens next, and lets it happen. going is false
// when nothing does until then. A zero until is no limit.
func (t *Tenant) advanceOnce(ctx context.Context, p *Passed, until time.Time) (going bool, err error) {
	var due []string
	err = t.with(func(s *state) {
		at, happens := s.next()
		if going = happens && (until.IsZero() || !at.After(until)); !going {
			return
		}
		t.clock.move(s, at)
		p.Purged = append(p.Purged, s.expire(t.now())...)
		due = s.due(t.now(), func(j *job) bool { delete(s.Delays, lagCycle(j.ID)); return true })
	})
	if err != nil {
		return going, err
	}
	reports, err := t.runCycles(ctx, due)
	for _, r := range reports {
		p.Ran++
		p.Cycles = fold(p.Cycles, r)
	}
	return going, err
}

// next is when the next cycle of a job that runs begins, or before that the
// next user is deleted for good; happens is false when no job runs and nobody
// waits for that.
func (s *state) next() (at time.Time, happens bool) {
	take := func(t time.Time) {
		if !happens || t.Before(at) {
			at, happens = t, true
		}
	}
	for _, j := range s.Jobs {
		if j.Active {
			at := j.nextAttempt()
			if free := j.Running.Add(lease); !j.Running.IsZero() && free.After(at) {
				at = free // a cycle runs, or died
			}
			take(at)
		}
	}
	for _, u := range s.Users {
		if !u.Deleted.IsZero() {
			take(u.Deleted.Add(recycled))
		}
	}
	return at, happens
}

// recycled is how long a deleted user can be restored.
// https://learn.microsoft.com/entra/fundamentals/users-restore
const recycled = 30 * 24 * time.Hour

// expire deletes for good whose time in the recycle bin is over.
func (s *state) expire(now time.Time) []PurgedUser {
	var over []*user
	for _, u := range s.Users {
		if !u.Deleted.IsZero() && !now.Before(u.Deleted.Add(recycled)) {
			over = append(over, u)
		}
	}
	var out []PurgedUser
	for _, u := range over {
		out = append(out, PurgedUser{ID: u.ID, Name: u.DeletedUPN, At: u.Deleted.Add(recycled)})
		purge(nil, s, u)
		s.touch()
	}
	return out
}
