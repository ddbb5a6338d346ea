package parallel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/parallel"
)

// explode panics in a function whose name a stack can be searched for.
func explode() { panic("out of range") }

// recovering returns what f panics with, or nil.
func recovering(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

func TestAPanicReachesTheWaiterWithItsStack(t *testing.T) {
	t.Parallel()
	fail := func(context.Context, int) error { explode(); return nil }
	for name, f := range map[string]func(){
		"Do":   func() { _ = parallel.Do(t.Context(), func(context.Context) error { explode(); return nil }) },
		"Each": func() { _ = parallel.Each(t.Context(), []int{1}, fail) },
		"Map": func() {
			_, _ = parallel.Map(t.Context(), []int{1}, func(context.Context, int) (int, error) { explode(); return 0, nil })
		},
		"Start": func() { (<-parallel.Start(func() int { explode(); return 0 })).Get() },
		"Go":    func() { parallel.Go(explode)() },
		"Batches": func() {
			_, _ = parallel.Batches(t.Context(), 2, []int{1, 2, 3}, func(context.Context, []int) ([]int, error) { explode(); return nil, nil })
		},
		"After": func() {
			ctx, cancel := context.WithCancel(t.Context())
			stop := parallel.After(ctx, explode)
			cancel()
			stop()
		},
		"one inside another": func() {
			_ = parallel.Do(t.Context(), func(ctx context.Context) error { return parallel.Each(ctx, []int{1, 2}, fail) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, ok := recovering(f).(*parallel.Panic)
			if !ok || p.Value != "out of range" || p.Error() != "out of range" {
				t.Fatalf("the waiter got %v", p)
			}
			if !strings.Contains(string(p.Stack), "parallel_test.explode") {
				t.Errorf("the stack is another one:\n%s", p.Stack)
			}
		})
	}
}

func TestAPanicCancelsTheOtherCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var canceled atomic.Bool
		value := recovering(func() {
			_ = parallel.Do(t.Context(),
				func(ctx context.Context) error { <-ctx.Done(); canceled.Store(true); return ctx.Err() },
				func(context.Context) error { explode(); return nil })
		})
		if value == nil || !canceled.Load() {
			t.Errorf("panic %v, the other call was canceled: %t", value, canceled.Load())
		}
	})
}

func TestTheErrorIsThatOfTheFirstItemThatFails(t *testing.T) {
	t.Parallel()
	for range 50 {
		var calls atomic.Int32
		err := parallel.Each(t.Context(), make([]int, 1000), func(context.Context, int) error {
			return fmt.Errorf("call %d", calls.Add(1))
		})
		if err == nil || calls.Load() > 100 {
			t.Fatalf("error %v after %d calls: a failure must prevent further ones", err, calls.Load())
		}
	}
	synctest.Test(t, func(t *testing.T) {
		items := []time.Duration{0, 3 * time.Second, time.Second}
		err := parallel.Each(t.Context(), items, func(_ context.Context, d time.Duration) error {
			<-time.After(d)
			if d == 0 {
				return nil
			}
			return errors.New(d.String())
		})
		if err == nil || err.Error() != "3s" {
			t.Errorf("error %v, want that of the second item although it came last", err)
		}
	})
}

func TestResultsKeepTheOrderOfTheItems(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		got, err := parallel.Batches(t.Context(), 3, []int{1, 2, 3, 4, 5, 6, 7}, func(_ context.Context, some []int) ([]int, error) {
			<-time.After(time.Duration(10-some[0]) * time.Second)
			return some, nil
		})
		if diff := cmp.Diff([]int{1, 2, 3, 4, 5, 6, 7}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		_ = parallel.Each(t.Context(), make([]int, 100), func(context.Context, int) error {
			most.Store(max(most.Load(), now.Add(1)))
			<-time.After(time.Second)
			now.Add(-1)
			return nil
		})
		if most.Load() != 8 {
			t.Errorf("%d calls ran at a time, want 8", most.Load())
		}
	})
}

func TestAFunctionThatWasPreventedDoesNotRun(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	stop := parallel.After(ctx, explode)
	stop()
	cancel()
	stop()
}
