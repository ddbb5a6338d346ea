package graph

import (
	"context"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

// pace lets a number of calls go in any stretch of time. A bucket that refills
// would let nearly twice as many through in a stretch that begins with a full
// one.
type pace struct {
	calls int
	every time.Duration

	mu   sync.Mutex
	went []time.Time // of the last calls, oldest first; may lie ahead
}

// wait returns when the next call may go.
func (p *pace) wait(ctx context.Context) error {
	return parallel.Sleep(ctx, time.Until(p.next()))
}

// next reserves the time of a call.
func (p *pace) next() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := time.Now()
	if len(p.went) == p.calls {
		if earliest := p.went[0].Add(p.every); earliest.After(at) {
			at = earliest
		}
		p.went = p.went[1:]
	}
	p.went = append(p.went, at)
	return at
}
