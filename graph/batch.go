package graph

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/internal/odata"
)

// LargestBatch is what Graph takes at once:
// https://learn.microsoft.com/graph/json-batching.
const LargestBatch = 20

// A BatchRequest is one request of a batch.
type BatchRequest struct {
	Op      Operation
	Method  string
	Path    string // below the version, with a leading slash, escaped
	Body    any    // encoded as JSON; nil: none
	Headers map[string]string
}

// A BatchResponse answers one request of a batch. In a dry run, that of a
// write is zero.
type BatchResponse struct {
	Status int
	Header http.Header
	Body   json.RawMessage
	Err    error // *Error when Status is no success
}

// Batch sends requests twenty at a time, and returns their answers in the
// order asked. Requests that were throttled are sent again, after the longest
// of their Retry-After, and so are those that may be repeated when the service
// was not there. The error is that of the batch as a whole; see Err of each
// answer for its own. In a dry run only what reads is sent.
func (c *Client) Batch(ctx context.Context, requests []BatchRequest) ([]BatchResponse, error) {
	answers := make([]BatchResponse, len(requests))
	var open []int // not answered for good
	for i, r := range requests {
		if !c.dryRun || !r.Op.Writes {
			open = append(open, i)
			continue
		}
		body, err := Encode(r.Body)
		if err != nil {
			return nil, err
		}
		c.hold(r.Method, r.Path, body)
	}
	for len(open) > 0 {
		n := min(len(open), LargestBatch)
		if err := c.settle(ctx, requests, open[:n], answers); err != nil {
			return nil, err
		}
		open = open[n:]
	}
	return answers, nil
}

// settle sends up to twenty requests until each is answered for good.
func (c *Client) settle(ctx context.Context, requests []BatchRequest, open []int, answers []BatchResponse) error {
	began := time.Now()
	unseen := map[int]bool{} // may have been carried out without an answer
	for try := 1; ; try++ {
		lost, err := c.sendBatch(ctx, requests, open, answers)
		if err != nil {
			return err
		}
		for _, i := range open {
			unseen[i] = unseen[i] || lost
		}
		again, slowest := unsettled(requests, open, answers, unseen, try)
		if len(again) == 0 {
			return nil
		}
		if c.beforeNext(ctx, requests[slowest].Op, answers[slowest].Err, try, began) != nil {
			return interruption(ctx, requests[slowest].Op) // else each has its own error
		}
		open = again
	}
}

// unsettled picks the requests to send again, and the one among them that has
// to wait the longest.
func unsettled(requests []BatchRequest, open []int, answers []BatchResponse, unseen map[int]bool, try int) (again []int, slowest int) {
	longest := time.Duration(-1)
	for _, i := range open {
		err := answers[i].Err
		if unseen[i] && requests[i].Method == http.MethodDelete && IsNotFound(err) {
			answers[i].Err = nil
			continue
		}
		pause, why := pauseFor(requests[i].Op, err, try)
		if why == "" || pause > longestAsked {
			continue
		}
		again = append(again, i)
		unseen[i] = unseen[i] || IsUncertain(err)
		if pause > longest {
			slowest, longest = i, pause
		}
	}
	return again, slowest
}

type batchItem struct {
	ID      string            `json:"id"`
	Method  string            `json:"method"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

type batchAnswer struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// sendBatch sends one batch and puts each answer where it belongs; they come
// in any order. It tells whether the answers to an earlier attempt were lost.
func (c *Client) sendBatch(ctx context.Context, requests []BatchRequest, open []int, answers []BatchResponse) (lost bool, err error) {
	r, err := packBatch(requests, open)
	if err != nil {
		return false, err
	}
	raw, lost, err := c.insist(ctx, r)
	if err != nil {
		return lost, err
	}
	return lost, c.unpackBatch(r, raw, requests, open, answers)
}

// packBatch makes one request of several.
func packBatch(requests []BatchRequest, open []int) (Request, error) {
	items := make([]batchItem, len(open))
	op := Operation{Name: requests[open[0]].Op.Name, Repeatable: true, Delegated: requests[open[0]].Op.Delegated, AppOnly: requests[open[0]].Op.AppOnly}
	for n, i := range open {
		items[n] = requests[i].item(i)
		op.Repeatable = op.Repeatable && requests[i].Op.Repeatable
	}
	body, err := Encode(map[string]any{"requests": items})
	return Request{Op: op, Method: http.MethodPost, Path: "/$batch", Body: body, Due: true}, err
}

// unpackBatch puts the answers to the requests of a batch where they belong.
func (c *Client) unpackBatch(r Request, raw []byte, requests []BatchRequest, open []int, answers []BatchResponse) error {
	doc, err := Decode[batched](r, raw)
	if err != nil {
		return err
	}
	byID := map[string]batchAnswer{}
	for _, a := range doc.Responses {
		byID[a.ID] = a
	}
	for _, i := range open {
		answers[i] = c.itemAnswer(requests[i], byID[strconv.Itoa(i)])
	}
	return nil
}

func (r BatchRequest) item(i int) batchItem {
	item := batchItem{ID: strconv.Itoa(i), Method: r.Method, URL: r.Path, Headers: map[string]string{}, Body: r.Body}
	if r.Body != nil {
		item.Headers["Content-Type"] = "application/json"
	}
	maps.Copy(item.Headers, r.Headers)
	return item
}

// itemAnswer judges the answer to one request of a batch; one that is missing
// has the status 0.
func (c *Client) itemAnswer(r BatchRequest, a batchAnswer) BatchResponse {
	header := http.Header{}
	for name, value := range a.Headers {
		header.Set(name, value)
	}
	body := a.Body
	if strings.TrimSpace(string(body)) == "null" {
		body = nil
	}
	response := BatchResponse{Status: a.Status, Header: header, Body: body}
	asked := Request{Op: r.Op, Method: r.Method, Path: r.Path}
	switch {
	case a.Status < http.StatusOK:
		e := asked.plain(0, header)
		e.Code, e.Message = CodeNotJSON, "the batch has no answer to this request"
		response.Status, response.Err = 0, e
	case a.Status >= 300:
		response.Err = c.failure(asked, a.Status, header, body)
	case len(body) > 0:
		response.Err = c.check(asked, a.Status, header, body)
	}
	if response.Err == nil {
		response.Err = asked.succeeded(a.Status, header)
	}
	return response
}

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
