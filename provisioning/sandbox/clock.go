package sandbox

import (
	"sync"
	"time"
)

// A clock is the tenant's time: that of its options, ahead by as much as the
// state says, and faster where that was asked for. How far it is ahead is kept
// in the state, so that time does not run back.
type clock struct {
	real  func() time.Time
	speed int

	mu    sync.Mutex
	base  time.Duration // how far it was ahead at since
	since time.Time
	kept  time.Duration // how far the state has it ahead
}

// start makes the clock run from now on.
func (c *clock) start(o options) { c.real, c.speed, c.since = o.clock, max(o.clockSpeed, 1), o.clock() }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	real := c.real()
	return real.Add(c.ahead(real)).UTC()
}

func (c *clock) ahead(real time.Time) time.Duration {
	if c.speed == 1 {
		return c.base
	}
	return c.base + real.Sub(c.since)*time.Duration(c.speed-1)
}

// follow takes over what another process, or a reset, made of the state.
func (c *clock) follow(s *state) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.Ahead != c.kept {
		c.base, c.kept, c.since = s.Ahead, s.Ahead, c.real()
	}
}

// keep has the state know how far the clock is ahead.
func (c *clock) keep(s *state) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.Ahead = c.ahead(c.real())
	c.kept = s.Ahead
}

// move puts the clock forward to a time; it never goes back.
func (c *clock) move(s *state, to time.Time) {
	c.mu.Lock()
	real := c.real()
	if by := to.Sub(real.Add(c.ahead(real))); by > 0 {
		c.base += by
	}
	c.mu.Unlock()
	c.keep(s)
	s.touch()
}
