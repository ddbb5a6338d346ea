package logs

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"
)

const (
	// followEvery is how often the logs are looked at. Reports are limited to
	// five requests in ten seconds for an application.
	followEvery = 15 * time.Second
	// lateness is how far back each look goes: entries show up late, and not in
	// the order of their times.
	lateness = 15 * time.Minute
)

// Follow returns entries as they come, the oldest first, until ctx ends: those
// since Since, or from now on. A time without entries is no end.
func (l Query) Follow(ctx context.Context) (iter.Seq2[Entry, error], error) {
	l.Limit, l.Until = 0, time.Time{}
	if l.Since.IsZero() {
		l.Since = time.Now()
	}
	query, err := l.query(ctx)
	if err != nil {
		return nil, err
	}
	return func(yield func(Entry, error) bool) {
		seen := map[string]time.Time{}
		tick := time.NewTicker(followEvery)
		defer tick.Stop()
		for {
			var fresh []Entry
			for e, err := range l.entries(ctx, query) {
				if err != nil {
					yield(e, err)
					return
				}
				if _, old := seen[e.ID]; !old {
					seen[e.ID] = e.Time
					fresh = append(fresh, e)
				}
			}
			for _, e := range slices.Backward(fresh) {
				if !yield(e, nil) {
					return
				}
			}
			query.Since = l.horizon(query.Since, seen)
			select {
			case <-ctx.Done():
				yield(Entry{}, fmt.Errorf("following the logs: %w", context.Cause(ctx)))
				return
			case <-tick.C:
			}
		}
	}, nil
}

// horizon is from when on the next look reads, and forgets what is older.
func (l Query) horizon(since time.Time, seen map[string]time.Time) time.Time {
	newest := since
	for _, at := range seen {
		if at.After(newest) {
			newest = at
		}
	}
	if back := newest.Add(-lateness); back.After(since) {
		since = back
	}
	for id, at := range seen {
		if at.Before(since) {
			delete(seen, id)
		}
	}
	return since
}
