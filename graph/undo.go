package graph

import (
	"context"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

// undoTime is how long an undo may take after its context has ended.
const undoTime = 10 * time.Second

// Undo runs undo, which puts back what a command has changed for a while, such as
// a job that it stopped. It also runs when ctx has ended: the context of undo
// lasts ten seconds longer. If ctx ends before undo does, the function of
// [NotifyUndo] is called with what, such as "starting provisioning of Workato".
func Undo(ctx context.Context, what string, undo func(context.Context) error) error {
	longer, cut := outlast(ctx, undoTime)
	defer cut()
	ended := func() {}
	announce, _ := ctx.Value(undoKey{}).(func(string) func())
	stop := parallel.After(ctx, func() {
		if announce != nil {
			ended = announce(what)
		}
	})
	defer func() { stop(); ended() }()
	return undo(longer)
}

type undoKey struct{}

// NotifyUndo returns a context whose undos are announced once it has ended, so
// that the user knows what a command waits for after an interruption. begin
// returns the function that is called when the undo is over.
func NotifyUndo(ctx context.Context, begin func(what string) (ended func())) context.Context {
	return context.WithValue(ctx, undoKey{}, begin)
}

// outlast is a context that ends a while after ctx does.
func outlast(ctx context.Context, by time.Duration) (context.Context, context.CancelFunc) {
	longer, cut := context.WithCancel(context.WithoutCancel(ctx))
	stop := parallel.After(ctx, func() {
		timer := time.NewTimer(by)
		defer timer.Stop()
		select {
		case <-timer.C:
			cut()
		case <-longer.Done():
		}
	})
	return longer, func() { cut(); stop() }
}
