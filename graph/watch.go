package graph

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
	attemptTimeout = 3 * time.Minute // of one request with its answer
	idleTimeout    = time.Minute     // without a byte of an answer that has begun
	tellTimeout    = 5 * time.Second // before the user reads what is waited for
	noTimeout      = time.Duration(math.MaxInt64)
)

// A watch ends an attempt that stalls or takes too long.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	bytes  chan struct{} // has one when the connection is alive
	wait   func()
}

// newWatch begins an attempt: tell is called when it takes a while. With limits
// the attempt ends when an answer stalls, or after total.
func newWatch(ctx context.Context, total time.Duration, tell func()) *watch {
	a := &watch{bytes: make(chan struct{}, 1)}
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	a.wait = parallel.Go(func() { a.run(total, tell) })
	return a
}

func (a *watch) run(total time.Duration, tell func()) {
	late, over, stalled := time.NewTimer(tellTimeout), time.NewTimer(total), time.NewTimer(total)
	if total == noTimeout {
		over.Stop()
	}
	stalled.Stop() // until an answer has begun
	for {
		select {
		case <-a.ctx.Done():
			return
		case <-a.bytes:
			if total != noTimeout {
				stalled.Reset(idleTimeout)
			}
		case <-late.C:
			tell()
		case <-stalled.C:
			a.end("sent nothing for " + short(idleTimeout))
		case <-over.C:
			a.end(fmt.Sprintf("took more than %s to answer", short(total)))
		}
	}
}

func (a *watch) end(bound string) {
	a.cancel(&bounds.Error{What: "it", Bound: bound, Silent: true, Liftable: true})
}

// tell says that an answer is waited for. Requests beside each other share the
// line.
func (w *wire) tell() {
	w.mu.Lock()
	due := w.told.IsZero() || time.Since(w.told) >= idleTimeout
	if due {
		w.told = time.Now()
	}
	w.mu.Unlock()
	if due {
		w.say(fmt.Sprintf("Waiting for %s to answer…", w.base.Host))
	}
}

// heard notes that the connection is alive.
func (a *watch) heard() {
	select {
	case a.bytes <- struct{}{}:
	default:
	}
}

// explain replaces the error of an attempt that the watch ended.
func (a *watch) explain(err error) error {
	if limit, ok := errors.AsType[*bounds.Error](context.Cause(a.ctx)); ok && err != nil {
		return limit
	}
	return err
}

func (a *watch) stop() {
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

// heard is a reader that tells a watch of what it reads.
type heard struct {
	io.Reader
	watch *watch
}

func (h *heard) Read(p []byte) (int, error) {
	n, err := h.Reader.Read(p)
	if n > 0 {
		h.watch.heard()
	}
	return n, err
}

// largeAnswer is the size from which on answers are read one at a time, so that
// requests in parallel do not need the memory of as many of the largest.
const largeAnswer = 8 << 20

// A turn is a reader that waits for others when its answer becomes large.
type turn struct {
	io.Reader
	ctx   context.Context
	large chan struct{}
	size  int
	taken bool
}

func (t *turn) Read(p []byte) (int, error) {
	if t.size > largeAnswer && !t.taken {
		select {
		case t.large <- struct{}{}:
			t.taken = true
		case <-t.ctx.Done():
			return 0, context.Cause(t.ctx)
		}
	}
	n, err := t.Reader.Read(p)
	t.size += n
	return n, err
}

func (t *turn) end() {
	if t.taken {
		<-t.large
	}
}
