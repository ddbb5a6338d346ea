package graph

import (
	"context"
	"net/http"
)

// readEach reads what several paths name, twenty in one request, in their
// order. Each may fail on its own; one alone needs no batch.
func readEach[T any](ctx context.Context, c *Client, op Operation, paths []string, header map[string]string) (values []T, errs []error) {
	values, errs = make([]T, len(paths)), make([]error, len(paths))
	if len(paths) == 1 {
		r := request{op: op, method: http.MethodGet, path: paths[0], header: header, due: true}
		body, err := c.do(ctx, r)
		if err == nil {
			values[0], err = decode[T](r, body)
		}
		errs[0] = err
		return values, errs
	}
	requests := make([]BatchRequest, len(paths))
	for i, path := range paths {
		requests[i] = BatchRequest{Op: op, Method: http.MethodGet, Path: path, Headers: header}
	}
	answers, err := c.Batch(ctx, requests)
	for i, path := range paths {
		switch {
		case err != nil:
			errs[i] = err
		case answers[i].Err != nil:
			errs[i] = answers[i].Err
		default:
			values[i], errs[i] = decode[T](request{op: op, method: http.MethodGet, path: path}, answers[i].Body)
		}
	}
	return values, errs
}

// listEach does for collections what [readEach] does for entities. One that has
// more pages is read on by itself.
func listEach[T any](ctx context.Context, c *Client, op Operation, paths []string) (lists [][]T, errs []error) {
	return listEachWhile[T](ctx, c, op, paths, func() bool { return true })
}

// listEachWhile is listEach that asks more before each page that follows a
// first one.
func listEachWhile[T any](
	ctx context.Context, c *Client, op Operation, paths []string, more func() bool,
) (lists [][]T, errs []error) {
	firsts, errs := readEach[page[T]](ctx, c, op, paths, nil)
	lists = make([][]T, len(paths))
	for i, p := range firsts {
		lists[i] = p.Value
		if errs[i] != nil || p.NextLink == "" {
			continue
		}
		if !more() {
			continue
		}
		rest := request{op: op, method: http.MethodGet, path: paths[i], next: p.NextLink, due: true, kept: true}
		errs[i] = eachPage(ctx, c, rest, func(items []T) (bool, error) {
			lists[i] = append(lists[i], items...)
			return more(), nil
		})
	}
	return lists, errs
}

// firstOf is the first error, when there is one.
func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
