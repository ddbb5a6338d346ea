package graph

import (
	"context"
	"fmt"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

// WaitEvery is [Client.Wait] for what may not be asked often: it calls try at
// equal distances, the first time at once.
func (c *Client) WaitEvery(ctx context.Context, every time.Duration, what string, try func(context.Context) (done bool, err error)) error {
	began := time.Now()
	for first := true; ; first = false {
		done, err := try(ctx)
		if done || err != nil {
			return err
		}
		left := c.timeout - time.Since(began)
		if left <= 0 {
			return &NotReplicatedError{What: what, Waited: time.Since(began)}
		}
		if first {
			c.Notify(fmt.Sprintf("waiting until %s (up to %s)", what, c.timeout))
		}
		if err := parallel.Sleep(ctx, min(every, left)); err != nil {
			return fmt.Errorf("waiting until %s: %w", what, err)
		}
	}
}
