package graph

import (
	"context"
)

// createOnce makes something that would be there twice if it were asked for
// twice, or does what must not be done twice. When the answer to create leaves
// open whether it was carried out, find looks for what should be there now.
// When it is not there, the first error stands.
func createOnce[T any](ctx context.Context, create func() (T, error), find func() (T, bool, error)) (T, error) {
	made, err := create()
	if err == nil || !IsUncertain(err) || ctx.Err() != nil {
		return made, err
	}
	if found, ok, lookUp := find(); lookUp == nil && ok {
		return found, nil
	}
	return made, err
}
