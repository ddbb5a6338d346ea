package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// A Risk is what somebody should agree to before it happens.
type Risk struct {
	What   string // a clause: "restart provisioning of Workato: everyone in scope is evaluated again"
	People int    // how many accounts it reaches; 0 when none, or not known
	AtMost bool   // People is an upper bound
}

// A Confirm is asked before the first write of something that deletes,
// deprovisions or reaches many. An error ends the task with nothing written.
type Confirm func(context.Context, Risk) error

// Ask puts a risk to whoever wants to be asked. A rehearsal risks nothing.
func Ask(ctx context.Context, client *graph.Client, confirm Confirm, risk func() (Risk, error)) error {
	if confirm == nil || client.DryRun() {
		return nil
	}
	r, err := risk()
	if err != nil {
		return err
	}
	return confirm(ctx, r)
}

// Known is a risk that needs no look-up.
func Known(r Risk) func() (Risk, error) {
	return func() (Risk, error) { return r, nil }
}

// PerBatch is how many objects one batch of requests asks about: see
// https://learn.microsoft.com/graph/json-batching.
const PerBatch = 20
