package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	AttemptTimeout = 3 * time.Minute // of one request with its answer
	IdleTimeout    = time.Minute     // without a byte of an answer that has begun
	tellTimeout    = 5 * time.Second // before the user reads what is waited for
	NoTimeout      = time.Duration(math.MaxInt64)
)

// A Watch ends an attempt that stalls or takes too long.
type Watch struct {
	Ctx    context.Context
	cancel context.CancelCauseFunc
	bytes  chan struct{} // has one when the connection is alive
	wait   func()
}

// NewWatch begins an attempt: tell is called when it takes a while. With limits
// the attempt ends when an answer stalls, or after total.
func NewWatch(ctx context.Context, total time.Duration, tell func()) *Watch {
	a := &Watch{bytes: make(chan struct{}, 1)}
	a.Ctx, a.cancel = context.WithCancelCause(ctx)
	a.wait = parallel.Go(func() { a.run(total, tell) })
	return a
}

func (a *Watch) run(total time.Duration, tell func()) {
	late, over, stalled := time.NewTimer(tellTimeout), time.NewTimer(total), time.NewTimer(total)
	if total == NoTimeout {
		over.Stop()
	}
	stalled.Stop() // until an answer has begun
	for {
		select {
		case <-a.Ctx.Done():
			return
		case <-a.bytes:
			if total != NoTimeout {
				stalled.Reset(IdleTimeout)
			}
		case <-late.C:
			tell()
		case <-stalled.C:
			a.end("sent nothing for " + short(IdleTimeout))
		case <-over.C:
			a.end(fmt.Sprintf("took more than %s to answer", short(total)))
		}
	}
}

func (a *Watch) end(bound string) {
	a.cancel(&bounds.Error{What: "it", Bound: bound, Silent: true, Liftable: true})
}

// Heard notes that the connection is alive.
func (a *Watch) Heard() {
	select {
	case a.bytes <- struct{}{}:
	default:
	}
}

// Explain replaces the error of an attempt that the watch ended.
func (a *Watch) Explain(err error) error {
	if limit, ok := errors.AsType[*bounds.Error](context.Cause(a.Ctx)); ok && err != nil {
		return limit
	}
	return err
}

func (a *Watch) Stop() {
	a.cancel(nil)
	a.wait()
}

// short writes 1m for 1m0s.
func short(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%dm", d/time.Minute)
	}
	return d.String()
}

// WatchedReader is a reader that tells a watch of what it reads.
type WatchedReader struct {
	io.Reader
	Watch *Watch
}

func (h *WatchedReader) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if n > 0 {
		h.Watch.Heard()
	}
	return n, err
}

// largeAnswer is the size from which on answers are read one at a time, so that
// requests in parallel do not need the memory of as many of the largest.
const largeAnswer = 8 << 20

// A Turn is a reader that waits for others when its answer becomes large.
type Turn struct {
	io.Reader
	Ctx   context.Context
	Large chan struct{}
	size  int
	taken bool
}

func (t *Turn) Read(p []byte) (int, error) {
	if t.size > largeAnswer && !t.taken {
		select {
		case t.Large <- struct{}{}:
			t.taken = true
		case <-t.Ctx.Done():
			return 0, context.Cause(t.Ctx)
		}
	}
	n, err := t.Reader.Read(p)
	t.size += n
	return n, err
}

func (t *Turn) End() {
	if t.taken {
		<-t.Large
	}
}
