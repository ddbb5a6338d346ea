package sandbox

import (
	"context"
	"time"
)

// Run lets cycles run when they are due, without anyone looking, until ctx
// ends. It looks each time the given time has passed by the real clock. A job
// that was just started waits as long as a look at it would.
func (t *Tenant) Run(ctx context.Context, every time.Duration) error {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		var due []string
		err := t.with(func(s *state) {
			due = s.due(t.now(), func(j *job) bool { return s.Delays[lagCycle(j.ID)] == nil })
		})
		if err == nil {
			_, err = t.runCycles(ctx, due)
		}
		if err != nil {
			return err
		}
	}
}
