// Package parallel starts every goroutine of the program. A panic in one of them
// is raised again in the goroutine that waits for it, as a *[Panic] with the
// stack where it happened, so that it reaches main instead of ending the process
// with a stack trace and exit code 2.
package parallel

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"
)

// limit is how many calls [Each], [Map] and [Batches] run at a time.
const limit = 8

// A Panic is a panic with the stack of the goroutine in which it happened.
type Panic struct {
	Value any
	Stack []byte
}

// Error returns the value of the panic without the stack.
func (p *Panic) Error() string { return fmt.Sprint(p.Value) }

// Recovered makes a [Panic] of what recover returned. One that was raised again
// keeps its first stack. It must be called by the function that recovered.
func Recovered(value any) *Panic {
	if p, ok := value.(*Panic); ok {
		return p
	}
	return &Panic{Value: value, Stack: debug.Stack()}
}

// Do runs functions in parallel and waits for all of them. The error is that of
// the first argument that failed, so it is the same each time.
func Do(ctx context.Context, functions ...func(context.Context) error) error {
	return run(ctx, len(functions), functions, func(ctx context.Context, f func(context.Context) error) error { return f(ctx) })
}

// Each calls do for all items, at most eight at a time. After a failure it starts
// no more calls and waits for the running ones. The error is that of the first
// item that failed, in the order of items.
func Each[T any](ctx context.Context, items []T, do func(context.Context, T) error) error {
	return run(ctx, limit, items, do)
}

// Map is [Each] for functions with a result. It keeps the order of items.
func Map[T, R any](ctx context.Context, items []T, do func(context.Context, T) (R, error)) ([]R, error) {
	results := make([]R, len(items))
	places := make([]int, len(items))
	for i := range places {
		places[i] = i
	}
	err := Each(ctx, places, func(ctx context.Context, i int) (err error) {
		results[i], err = do(ctx, items[i])
		return err
	})
	return results, err
}

// Batches splits items into batches of a size, calls do for each as [Map] does,
// and joins the results in order.
func Batches[T, R any](ctx context.Context, size int, items []T, do func(context.Context, []T) ([]R, error)) ([]R, error) {
	lists, err := Map(ctx, slices.Collect(slices.Chunk(items, size)), do)
	return slices.Concat(lists...), err
}

// run calls do for all items, a number of them at a time. A panic cancels the
// context of the others.
func run[T any](ctx context.Context, atOnce int, items []T, do func(context.Context, T) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group errgroup.Group
	group.SetLimit(max(atOnce, 1))
	r := &running{cancel: cancel, errs: make([]error, len(items))}
	for i, item := range items {
		if r.failed() {
			break
		}
		group.Go(func() error {
			defer r.catch()
			r.note(i, do(ctx, item))
			return nil
		})
	}
	_ = group.Wait() // the errors are in r, by item
	return r.end()
}

// running is the state that the calls of [run] share.
type running struct {
	cancel context.CancelFunc

	mu    sync.Mutex
	errs  []error
	any   bool // one of errs is set, or crash is
	crash *Panic
}

func (r *running) failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.any
}

func (r *running) note(i int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs[i] = err
	r.any = r.any || err != nil
}

// catch is deferred. It keeps the first panic.
func (r *running) catch() {
	value := recover()
	if value == nil {
		return
	}
	p := Recovered(value)
	r.cancel()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.any = true
	if r.crash == nil {
		r.crash = p
	}
}

// end raises the panic of a call, or returns the first error by item.
func (r *running) end() error {
	if r.crash != nil {
		panic(r.crash)
	}
	for _, err := range r.errs {
		if err != nil {
			return err
		}
	}
	return nil
}
