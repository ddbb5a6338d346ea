package provisioning

import (
	"context"
	"slices"
)

// inTwenties asks for what belongs to each of some objects, twenty of them in
// one request and some requests side by side, and keeps their order.
func inTwenties[R any](ctx context.Context, ids []string, ask func(context.Context, []string) ([]R, error)) ([]R, error) {
	return inChunks(ctx, 20, ids, ask)
}

// inChunks does the same for another number of objects in one request.
func inChunks[R any](ctx context.Context, size int, ids []string, ask func(context.Context, []string) ([]R, error)) ([]R, error) {
	lists, err := each(ctx, slices.Collect(slices.Chunk(ids, size)), ask)
	return slices.Concat(lists...), err
}

// firstError is the error that came first.
func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
