package graph

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"
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
