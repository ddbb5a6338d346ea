package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/internal/odata"
)

// LargestPage is how many objects the directory puts on one page.
const LargestPage = "999"

// Most is how many values the operator in takes:
// https://developer.microsoft.com/en-us/graph/known-issues/?search=13635.
const Most = 15

// Each hands over a collection, a page after the other.
func Each[T any](ctx context.Context, c *Client, op Operation, path string, visit func([]T) error) error {
	return EachPage(ctx, c, Request{Op: op, Method: http.MethodGet, Path: path, Due: true}, func(items []T) (more bool, err error) {
		return true, visit(items)
	})
}

// ByIDs asks for fifteen objects at a time, and twenty times in one request.
func ByIDs[T any](ctx context.Context, c *Client, op Operation, collection, chosen string, ids []string) ([]T, error) {
	var asked []BatchRequest
	for some := range slices.Chunk(ids, Most) {
		literals := make([]string, len(some))
		for i, id := range some {
			literals[i] = odata.Literal(id)
		}
		path := odata.Query(collection, "$filter", "id in ("+strings.Join(literals, ",")+")", "$select", chosen)
		asked = append(asked, BatchRequest{Op: op, Method: http.MethodGet, Path: path})
	}
	answers, err := c.Batch(ctx, asked)
	if err != nil {
		return nil, err
	}
	found := make([]T, 0, len(ids))
	for i, answer := range answers {
		if answer.Err != nil {
			return nil, answer.Err
		}
		p, err := Decode[Page[T]](Request{Op: op, Method: http.MethodGet, Path: asked[i].Path}, answer.Body)
		if err != nil {
			return nil, err
		}
		found = append(found, p.Value...)
	}
	return found, nil
}

// ReadEach reads what several paths name, twenty in one request, in their
// order. Each may fail on its own; one alone needs no batch.
func ReadEach[T any](ctx context.Context, c *Client, op Operation, paths []string, header map[string]string) (values []T, errs []error) {
	values, errs = make([]T, len(paths)), make([]error, len(paths))
	if len(paths) == 1 {
		r := Request{Op: op, Method: http.MethodGet, Path: paths[0], Header: header, Due: true}
		body, err := c.Do(ctx, r)
		if err == nil {
			values[0], err = Decode[T](r, body)
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
			values[i], errs[i] = Decode[T](Request{Op: op, Method: http.MethodGet, Path: path}, answers[i].Body)
		}
	}
	return values, errs
}

// ListEach does for collections what [ReadEach] does for entities. One that has
// more pages is read on by itself.
func ListEach[T any](ctx context.Context, c *Client, op Operation, paths []string) (lists [][]T, errs []error) {
	return ListEachWhile[T](ctx, c, op, paths, func() bool { return true })
}

// ListEachWhile is listEach that asks more before each page that follows a
// first one.
func ListEachWhile[T any](
	ctx context.Context, c *Client, op Operation, paths []string, more func() bool,
) (lists [][]T, errs []error) {
	firsts, errs := ReadEach[Page[T]](ctx, c, op, paths, nil)
	lists = make([][]T, len(paths))
	for i, p := range firsts {
		lists[i] = p.Value
		if errs[i] != nil || p.NextLink == "" {
			continue
		}
		if !more() {
			continue
		}
		rest := Request{Op: op, Method: http.MethodGet, Path: paths[i], next: p.NextLink, Due: true, kept: true}
		errs[i] = EachPage(ctx, c, rest, func(items []T) (bool, error) {
			lists[i] = append(lists[i], items...)
			return more(), nil
		})
	}
	return lists, errs
}

// FirstOf is the first error, when there is one.
func FirstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
