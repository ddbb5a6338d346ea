package graph

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	attemptTimeout = 3 * time.Minute // of one request with its answer
	idleTimeout    = time.Minute     // without a byte in either direction
	tellTimeout    = 5 * time.Second // before the user reads what is waited for
)

// patience is how long a request is waited for without a byte. The service may
// work for a while on what must not be sent twice, such as on-demand
// provisioning, before it answers.
func (r request) patience() time.Duration {
	if r.op.Repeatable {
		return idleTimeout
	}
	return attemptTimeout
}

// A watch ends an attempt that stalls or takes too long.
type watch struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	bytes  chan struct{} // has one when the connection is alive
	wait   func()
}

// newWatch begins an attempt: tell is called when it takes a while, and the
// attempt ends after idle without a byte. With an idle of 0 it never does.
func newWatch(ctx context.Context, idle time.Duration, tell func()) *watch {
	a := &watch{bytes: make(chan struct{}, 1)}
	a.ctx, a.cancel = context.WithCancelCause(ctx)
	a.wait = parallel.Go(func() { a.run(idle, tell) })
	return a
}

func (a *watch) run(idle time.Duration, tell func()) {
	var total time.Duration
	if idle > 0 {
		total = attemptTimeout
	}
	late, stalled, over := time.NewTimer(tellTimeout), newTimer(idle), newTimer(total)
	for {
		select {
		case <-a.ctx.Done():
			return
		case <-a.bytes:
			if idle > 0 {
				stalled.Reset(idle)
			}
		case <-late.C:
			tell()
		case <-stalled.C:
			a.end("sent nothing for " + short(idle))
		case <-over.C:
			a.end(fmt.Sprintf("took more than %s to answer", short(attemptTimeout)))
		}
	}
}

// newTimer is a timer that never fires for 0.
func newTimer(after time.Duration) *time.Timer {
	t := time.NewTimer(max(after, 1))
	if after == 0 {
		t.Stop()
	}
	return t
}

func (a *watch) end(bound string) { a.cancel(&bounds.Error{What: "it", Bound: bound, Silent: true}) }

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
