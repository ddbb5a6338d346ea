package provisioning

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/scimctl/scimctl/graph"
)

// A Risk is what somebody should agree to before it happens.
type Risk struct {
	What   string // a clause: "restart provisioning of Workato: everyone in scope is evaluated again"
	People int    // how many accounts it reaches; 0 when none, or not known
}

// A Confirm is asked before the first write of something that deletes,
// deprovisions or reaches many. An error ends the task with nothing written.
type Confirm func(context.Context, Risk) error

// ask puts a risk to whoever wants to be asked. A rehearsal risks nothing.
func ask(ctx context.Context, client *graph.Client, confirm Confirm, risk func() (Risk, error)) error {
	if confirm == nil || client.DryRun() {
		return nil
	}
	r, err := risk()
	if err != nil {
		return err
	}
	return confirm(ctx, r)
}

// known is a risk that needs no look-up.
func known(r Risk) func() (Risk, error) {
	return func() (Risk, error) { return r, nil }
}

// together runs look-ups that do not depend on each other side by side. The
// first failure ends the others.
func together(ctx context.Context, lookups ...func(context.Context) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, lookup := range lookups {
		group.Go(func() error { return lookup(ctx) })
	}
	return group.Wait()
}

// each does the same for a list, at most eight at a time, and keeps its order.
func each[T, R any](ctx context.Context, items []T, do func(context.Context, T) (R, error)) ([]R, error) {
	results := make([]R, len(items))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(8)
	for i, item := range items {
		group.Go(func() (err error) {
			results[i], err = do(ctx, item)
			return err
		})
	}
	return results, group.Wait()
}
