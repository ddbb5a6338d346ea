package output

import (
	"context"
	"io"
	"math"
	"runtime/metrics"
	"slices"
	"time"

	"github.com/itchyny/gojq"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	// QueryLimit is how many bytes of memory a query may take, and how many it may
	// write: far more than it takes for the users of the largest tenants.
	QueryLimit = 1 << 30

	deepestResult = 10_000 // arrays and objects inside of each other
	memoryCheck   = 50 * time.Millisecond
)

// Within returns the query with a context that ends it, because a program may
// compute without end, and a limit on the memory that it takes and on what it
// writes; 0 is none.
func (q Query) Within(ctx context.Context, limit int64) Query {
	q.ctx, q.limit = ctx, limit
	return q
}

// run starts the program. The error of ended says what ended it from outside;
// stop has to be called.
func (q Query) run(input any) (results gojq.Iter, ended func() error, stop func()) {
	if q.ctx == nil {
		return q.code.Run(input), func() error { return nil }, func() {}
	}
	ctx, cancel := context.WithCancelCause(q.ctx)
	wait := func() {}
	if q.limit > 0 {
		wait = parallel.Go(func() { watchMemory(ctx, cancel, q.limit) })
	}
	return q.code.RunWithContext(ctx, input), func() error { return context.Cause(ctx) }, func() { cancel(nil); wait() }
}

// watchMemory cancels a context when much more memory is in use than now.
func watchMemory(ctx context.Context, cancel context.CancelCauseFunc, limit int64) {
	before, ticks := usedMemory(), time.NewTicker(memoryCheck)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if usedMemory() > before+limit {
			cancel(bounds.Liftable(bounds.TooLarge("the memory that --jq uses", limit)))
		}
	}
}

// usedMemory is how much memory was in use when the collector last looked.
func usedMemory() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return int64(min(sample[0].Value.Uint64(), math.MaxInt64))
}

// A limitedWriter is a writer that takes limit bytes; 0 is any number.
type limitedWriter struct {
	io.Writer
	limit, left int64
}

func (l *limitedWriter) Write(text []byte) (int, error) {
	if l.left -= int64(len(text)); l.left < 0 && l.limit > 0 {
		return 0, bounds.Liftable(bounds.TooLarge("the output of --jq", l.limit))
	}
	return l.Writer.Write(text)
}

// shallow reports whether a value has at most so many arrays and objects inside
// of each other. Writing a deeper one may take more stack than a program has.
func shallow(v any, levels int) bool {
	if levels < 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !shallow(item, levels-1) })
	case map[string]any:
		for _, item := range v {
			if !shallow(item, levels-1) {
				return false
			}
		}
	}
	return true
}
