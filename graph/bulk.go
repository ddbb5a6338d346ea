package graph

import (
	"context"
	"iter"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

const (
	firstParallel = 4  // batches in flight to begin with
	mostParallel  = 16 // and as long as nothing speaks against it
)

// lastWords is how long answers are awaited after an interruption, which ends a
// command within a second.
const lastWords = 750 * time.Millisecond

// A BulkItem is one of very many requests, with the number that its sender
// knows it by.
type BulkItem struct {
	BatchRequest
	Row int
}

// A BulkAnswer is the answer to the [BulkItem] of that row.
type BulkAnswer struct {
	Row int
	BatchResponse
}

// Bulk sends very many requests: twenty in a batch and several batches side by
// side, no faster than the quotas of the directory allow. An item that is
// throttled waits as long as it was told to, and the others go on; when it is
// the quota that is used up, or the service that is gone, all wait. The answers
// that are final are handed to done, those of a batch together and one call
// after the other.
//
// An item that fails for good is an answer with Err. What concerns all of them
// ends the whole: an error of done, a sign-in that is refused, a service that
// stays away for a quarter of an hour. When ctx ends, nothing more is sent, and
// what is under way has some seconds to be answered. In a dry run nothing that
// writes is sent.
//
// https://learn.microsoft.com/graph/throttling-limits
func (c *Client) Bulk(ctx context.Context, items iter.Seq[BulkItem], done func([]BulkAnswer) error) error {
	next, stop := iter.Pull(items)
	defer stop()
	b := &bulk{client: c, next: next, done: done, back: make(chan parallel.Result[exchange], mostParallel), parallel: firstParallel}
	return b.run(ctx)
}

// bulk is one call of [Client.Bulk] under way. One goroutine decides, and each
// batch has another one that waits for its answer.
type bulk struct {
	client *Client
	next   func() (BulkItem, bool)
	done   func([]BulkAnswer) error

	staged    []pending // go out next
	again     later     // have to wait before they go out again
	exhausted bool      // next has no more
	back      chan parallel.Result[exchange]
	inFlight  int
	parallel  int       // batches that may be
	heldUntil time.Time // nothing goes out before
	wake      time.Time // when to look again; zero: when an answer comes
	err       error     // why nothing more goes out
}

// pending is an item that has no final answer.
type pending struct {
	BulkItem
	tries int
	since time.Time // of the first failure; zero: none
	due   time.Time
}

// exchange is a batch and what came back.
type exchange struct {
	batch   []pending
	answers []BatchResponse
	err     error // of the batch as a whole
}

func (b *bulk) run(ctx context.Context) error {
	outlasting, cut := outlast(ctx, lastWords)
	defer cut()
	for {
		for b.err == nil && ctx.Err() == nil && b.send(outlasting) {
		}
		if b.inFlight == 0 && (b.err != nil || ctx.Err() != nil || b.isEmpty()) {
			break
		}
		b.await(ctx)
	}
	if b.err == nil && ctx.Err() != nil && !b.isEmpty() {
		return interruption(ctx, Operation{Name: "send many requests"})
	}
	return b.err
}

func (b *bulk) isEmpty() bool { return b.exhausted && len(b.staged) == 0 && len(b.again) == 0 }

// send sends the next batch when it may go, and tells whether it did.
func (b *bulk) send(ctx context.Context) bool {
	now := time.Now()
	b.wake = time.Time{}
	switch {
	case b.inFlight >= b.parallel:
		return false
	case now.Before(b.heldUntil):
		b.wake = b.heldUntil
		return false
	}
	if b.stage(now); len(b.staged) == 0 {
		if len(b.again) > 0 {
			b.wake = b.again[0].due
		}
		return false
	}
	at, known := b.client.quotas.reserve(now, len(b.staged), b.writes())
	switch {
	case !known: // answers tell, also those of another call
		b.wake = now.Add(time.Second)
		return false
	case at.After(now):
		b.wake = at
		return false
	}
	batch := b.staged
	b.staged = nil
	b.inFlight++
	parallel.Send(b.back, func() exchange { return b.client.exchange(ctx, batch) })
	return true
}

// stage fills up the next batch: first with those whose time has come again.
func (b *bulk) stage(now time.Time) {
	for len(b.staged) < LargestBatch && len(b.again) > 0 && !b.again[0].due.After(now) {
		b.staged = append(b.staged, b.again.pop())
	}
	for len(b.staged) < LargestBatch && !b.exhausted {
		item, ok := b.next()
		switch {
		case !ok:
			b.exhausted = true
		case b.client.dryRun && item.Op.Writes:
			b.hold(item)
		default:
			b.staged = append(b.staged, pending{BulkItem: item})
		}
	}
}

// hold tells of an item that a dry run does not send.
func (b *bulk) hold(item BulkItem) {
	body, err := Encode(item.Body)
	if err == nil {
		b.client.hold(item.Method, item.Path, body)
		err = b.done([]BulkAnswer{{Row: item.Row}})
	}
	if b.err = err; err != nil {
		b.exhausted = true
	}
}

func (b *bulk) writes() (n int) {
	for _, p := range b.staged {
		if p.Op.Writes {
			n++
		}
	}
	return n
}

// await waits for an answer, for the time to look again, or for the end of ctx.
func (b *bulk) await(ctx context.Context) {
	var ended <-chan struct{}
	var look <-chan time.Time
	if ctx.Err() == nil {
		ended = ctx.Done()
		if !b.wake.IsZero() && b.err == nil {
			timer := time.NewTimer(time.Until(b.wake))
			defer timer.Stop()
			look = timer.C
		}
	}
	select {
	case e := <-b.back:
		b.inFlight--
		b.settle(ctx, e.Get())
	case <-look:
	case <-ended:
	}
}

// exchange sends one batch once.
func (c *Client) exchange(ctx context.Context, batch []pending) exchange {
	e := exchange{batch: batch, answers: make([]BatchResponse, len(batch))}
	requests, open := make([]BatchRequest, len(batch)), make([]int, len(batch))
	for i, p := range batch {
		requests[i], open[i] = p.BatchRequest, i
	}
	r, err := packBatch(requests, open)
	if err == nil {
		var raw []byte
		if raw, err = c.attempt(ctx, r); err == nil {
			err = c.unpackBatch(r, raw, requests, open, e.answers)
		}
	}
	e.err = err
	return e
}
