package graph

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Get reads one entity.
func Get[T any](ctx context.Context, c *Client, op Operation, path string) (T, error) {
	r := Request{Op: op, Method: http.MethodGet, Path: path, Due: true}
	body, err := c.Do(ctx, r)
	if err != nil {
		var none T
		return none, err
	}
	return Decode[T](r, body)
}

// Post sends a body and reads the entity that comes back.
func Post[T any](ctx context.Context, c *Client, op Operation, path string, body any) (T, error) {
	var none T
	b, err := Encode(body)
	if err != nil {
		return none, err
	}
	r := Request{Op: op, Method: http.MethodPost, Path: path, Body: b, Due: true}
	return Sent[T](ctx, c, r)
}

// Sent sends a request and reads the entity that comes back. In a dry run,
// nothing does.
func Sent[T any](ctx context.Context, c *Client, r Request) (T, error) {
	var none T
	answer, err := c.Do(ctx, r)
	if err != nil || c.dryRun && r.Op.Writes {
		return none, err
	}
	return Decode[T](r, answer)
}

// Send sends what has no answer but success.
func (c *Client) Send(ctx context.Context, op Operation, method, path string, body any) error {
	b, err := Encode(body)
	if err != nil {
		return err
	}
	_, err = c.Do(ctx, Request{Op: op, Method: method, Path: path, Body: b})
	return err
}

// Page is one page of a collection.
type Page[T any] struct {
	Value    []T    `json:"value"`
	NextLink string `json:"@odata.nextLink"`
}

// List reads a collection to its last page.
func List[T any](ctx context.Context, c *Client, op Operation, path string) ([]T, error) {
	return Pages[T](ctx, c, Request{Op: op, Method: http.MethodGet, Path: path, Due: true}, 0)
}

// Pages reads a collection until it ends or has given as many items as are
// wanted; 0 wants all. Links to further pages are followed as they come:
// https://learn.microsoft.com/graph/paging.
func Pages[T any](ctx context.Context, c *Client, r Request, want int) ([]T, error) {
	all := []T{}
	r.kept = true
	err := EachPage(ctx, c, r, func(items []T) (more bool, err error) {
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

// EachPage hands over one page of a collection after the other, as long as
// visit wants more.
func EachPage[T any](ctx context.Context, c *Client, r Request, visit func([]T) (more bool, err error)) error {
	for way := newProgress(c.wire.noLimits); ; {
		began := time.Now()
		body, err := c.Do(ctx, r)
		if err != nil {
			return err
		}
		way.reading += time.Since(began)
		if r.kept {
			way.kept += int64(len(body))
		}
		p, err := Decode[Page[T]](r, body)
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
			c.Notify(fmt.Sprintf("Still trying to %s: %d pages so far", r.Op.Name, way.pages))
		}
		r = Request{Op: r.Op, Method: http.MethodGet, Path: r.Path, next: p.NextLink, Header: r.Header, Due: true, kept: r.kept}
	}
}

// CreateOnce makes something that would be there twice if it were asked for
// twice, or does what must not be done twice. When the answer to create leaves
// open whether it was carried out, find looks for what should be there now.
// When it is not there, the first error stands.
func CreateOnce[T any](ctx context.Context, create func() (T, error), find func() (T, bool, error)) (T, error) {
	made, err := create()
	if err == nil || !IsUncertain(err) || ctx.Err() != nil {
		return made, err
	}
	if found, ok, lookUp := find(); lookUp == nil && ok {
		return found, nil
	}
	return made, err
}

// PickCreated takes the first that is wanted from a list that was just read.
func PickCreated[T any](all []T, err error, wanted func(T) bool) (T, bool, error) {
	var none T
	if err != nil {
		return none, false, err
	}
	for _, v := range all {
		if wanted(v) {
			return v, true, nil
		}
	}
	return none, false, nil
}
