package odata

import (
	"time"
)

// An ending is how an answer reaches the client.
type ending int

const (
	complete  ending = iota
	CutOff           // its JSON ends too early
	BrokenOff        // the connection is lost in the middle of it
	Dropped          // the connection is lost before it
)

// Ends gives an answer another ending. One without a body cannot be cut.
func (a *Answer) Ends(e ending) *Answer {
	a.Ending = e
	return a
}

// RetryAfter tells when to come back: after a second unless told otherwise,
// not at all when that is negative.
func (a *Answer) RetryAfter(d time.Duration) *Answer {
	switch {
	case d < 0:
		return a
	case d == 0:
		d = time.Second
	}
	return a.With("Retry-After", seconds(d))
}

// Told is the status that reaches the client; 0 when none does.
func (a *Answer) Told() int {
	if a.Ending == Dropped || a.Ending == BrokenOff && a.Bytes(time.Time{}, "", "") == nil {
		return 0
	}
	return a.Status
}
