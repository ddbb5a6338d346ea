package parallel

import (
	"context"
	"sync"
	"time"
)

// A Result is what a function in the background returned.
type Result[T any] struct {
	value T
	crash *Panic
}

// Get returns the value. It panics if the function did.
func (r Result[T]) Get() T {
	if r.crash != nil {
		panic(r.crash)
	}
	return r.value
}

// Send calls f in the background and sends its result. The receiver must call
// [Result.Get].
func Send[T any](results chan<- Result[T], f func() T) {
	go func() {
		var r Result[T]
		defer func() {
			if value := recover(); value != nil {
				r.crash = Recovered(value)
			}
			results <- r
		}()
		r.value = f()
	}()
}

// Start calls f in the background. Its result is received from the channel, once.
// The goroutine ends even if nobody receives.
func Start[T any](f func() T) <-chan Result[T] {
	results := make(chan Result[T], 1)
	Send(results, f)
	return results
}

// Go calls f in the background. The function that it returns waits for the end
// of f, and panics if f did.
func Go(f func()) (wait func()) {
	result := Start(func() struct{} { f(); return struct{}{} })
	return sync.OnceFunc(func() { (<-result).Get() })
}

// After calls f in the background when ctx ends. The function that it returns
// prevents that, or waits for the end of f if it has begun, and panics if f did.
func After(ctx context.Context, f func()) (stop func()) {
	ended := make(chan Result[struct{}], 1)
	cancel := context.AfterFunc(ctx, func() { Send(ended, func() struct{} { f(); return struct{}{} }) })
	return sync.OnceFunc(func() {
		if !cancel() {
			(<-ended).Get()
		}
	})
}

// Sleep waits for d or for the end of ctx, whose cause it returns.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
