package bulk

import (
	"context"
	"errors"
	"time"

	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
)

// Progress is how far a run is with its writing.
type Progress struct {
	Done, Failed, Total int
	Took                time.Duration
	Left                time.Duration // at a guess
}

// write sends what differs, and tells each second how far it is.
func (w *work) write(ctx context.Context, total int) error {
	w.progress = Progress{Total: total}
	began := time.Now()
	stop := make(chan struct{})
	if w.hooks.Progress != nil {
		defer parallel.Go(func() { w.tell(began, stop) })()
	}
	defer close(stop)
	err := directory.UpdateUsers(ctx, w.client, w.updates, w.confirmed)
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, cause) {
		err = cause // what was being sent, the run says better
	}
	return err
}

func (w *work) tell(began time.Time, stop <-chan struct{}) {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
		case <-stop:
			return
		}
		w.mu.Lock()
		p := w.progress
		w.mu.Unlock()
		p.Took = time.Since(began)
		p.Left = p.left(estimate(w.client, p.Total))
		w.hooks.Progress(p)
	}
}

// left is what the quota leaves, or what the speed so far does when it is less
// than that.
func (p Progress) left(estimated time.Duration) time.Duration {
	rest := p.Total - p.Done - p.Failed
	if rest <= 0 {
		return 0
	}
	byQuota := estimated - p.Took
	if done := p.Done + p.Failed; byQuota <= 0 && done > 0 {
		return time.Duration(float64(p.Took) * float64(rest) / float64(done)).Round(time.Second)
	}
	return max(byQuota, time.Second).Round(time.Second)
}
