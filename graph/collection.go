package graph

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// get reads one entity.
func get[T any](ctx context.Context, c *Client, op Operation, path string) (T, error) {
	r := request{op: op, method: http.MethodGet, path: path, due: true}
	body, err := c.do(ctx, r)
	if err != nil {
		var none T
		return none, err
	}
	return decode[T](r, body)
}

// post sends a body and reads the entity that comes back.
func post[T any](ctx context.Context, c *Client, op Operation, path string, body any) (T, error) {
	var none T
	b, err := encode(body)
	if err != nil {
		return none, err
	}
	r := request{op: op, method: http.MethodPost, path: path, body: b, due: true}
	return sent[T](ctx, c, r)
}

// sent sends a request and reads the entity that comes back. In a dry run,
// nothing does.
func sent[T any](ctx context.Context, c *Client, r request) (T, error) {
	var none T
	answer, err := c.do(ctx, r)
	if err != nil || c.dryRun && r.op.Writes {
		return none, err
	}
	return decode[T](r, answer)
}

// send sends what has no answer but success.
func (c *Client) send(ctx context.Context, op Operation, method, path string, body any) error {
	b, err := encode(body)
	if err != nil {
		return err
	}
	_, err = c.do(ctx, request{op: op, method: method, path: path, body: b})
	return err
}

// page is one page of a collection.
type page[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"@odata.nextLink"`
}

// list reads a collection to its last page.
func list[T any](ctx context.Context, c *Client, op Operation, path string) ([]T, error) {
	return pages[T](ctx, c, request{op: op, method: http.MethodGet, path: path, due: true}, 0)
}

// pages reads a collection until it ends or has given as many items as are
// wanted; 0 wants all. Links to further pages are followed as they come:
// https://learn.microsoft.com/graph/paging.
func pages[T any](ctx context.Context, c *Client, r request, want int) ([]T, error) {
	all := []T{}
	r.kept = true
	err := eachPage(ctx, c, r, func(items []T) (more bool, err error) {
		all = append(all, items...)
		return want == 0 || len(all) < want, nil
	})
	switch {
	case err != nil:
		return nil, err
	case want > 0 && len(all) > want:
		return all[:want], nil
	}
	return all, nil
}

// eachPage hands over one page of a collection after the other, as long as
// visit wants more.
func eachPage[T any](ctx context.Context, c *Client, r request, visit func([]T) (more bool, err error)) error {
	for way := newProgress(c.wire.noLimits); ; {
		began := time.Now()
		body, err := c.do(ctx, r)
		if err != nil {
			return err
		}
		way.reading += time.Since(began)
		if r.kept {
			way.kept += int64(len(body))
		}
		p, err := decode[page[T]](r, body)
		if err != nil {
			return err
		}
		if more, err := visit(p.Value); err != nil || !more || p.NextLink == "" {
			return err
		}
		if err := way.add(r, p.NextLink, len(p.Value), hashOf(way.seed, p.Value)); err != nil {
			return err
		}
		if way.pages%toldPages == 0 {
			c.Notify(fmt.Sprintf("Still trying to %s: %d pages so far", r.op.Name, way.pages))
		}
		r = request{op: r.op, method: http.MethodGet, path: r.path, next: p.NextLink, header: r.header, due: true, kept: r.kept}
	}
}
