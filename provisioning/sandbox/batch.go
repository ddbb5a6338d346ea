package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

const (
	batchPath    = "/$batch"
	largestBatch = 20
)

type batchItem struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// batch answers up to twenty requests at once, each as if sent alone.
// https://learn.microsoft.com/graph/json-batching
func (t *Tenant) batch(c *call) *answer {
	var body struct {
		Requests []batchItem `json:"requests"`
	}
	if a := c.decode(&body); a != nil {
		return a
	}
	if a := checkBatch(body.Requests); a != nil {
		return a
	}
	statuses := map[string]int{}
	responses := []object{}
	for _, item := range body.Requests {
		inner, a := t.item(c, item, statuses)
		statuses[strings.ToLower(item.ID)] = a.status
		c.items = append(c.items, Request{Method: item.Method, Path: inner.path, Query: plain(inner.query.Encode()), Status: a.status, Fault: inner.fault})
		responses = append(responses, batchResponse(inner, item.ID, a))
	}
	slices.Reverse(responses) // answers come in any order, so that nobody may count on the one asked
	return ok(object{"responses": responses})
}

func checkBatch(items []batchItem) *answer {
	bad := func(message string) *answer { return fail(http.StatusBadRequest, "BadRequest", message) }
	switch {
	case len(items) == 0:
		return bad("Invalid batch payload format.")
	case len(items) > largestBatch:
		return bad("Number of batch request steps exceeds the maximum value of 20.")
	}
	before := map[string]bool{}
	for _, item := range items {
		id := strings.ToLower(item.ID)
		switch {
		case id == "" || item.Method == "" || item.URL == "":
			return bad("Invalid batch payload format: each request needs an id, a method and a url.")
		case before[id]:
			return bad("Request Id : " + item.ID + " has to be unique in a batch.")
		case len(item.Body) > 0 && string(item.Body) != "null" && !hasContentType(item.Headers):
			return bad("Request Id : " + item.ID + " has a body but no Content-Type header.")
		}
		for _, needed := range item.DependsOn {
			if !before[strings.ToLower(needed)] {
				return bad("Request Id : " + item.ID + " depends on " + needed + ", which is not an earlier request of this batch.")
			}
		}
		before[id] = true
	}
	return nil
}

func hasContentType(headers map[string]string) bool {
	for name := range headers {
		if strings.EqualFold(name, "Content-Type") {
			return true
		}
	}
	return false
}

// item answers one request of a batch; 424 when what it depends on failed.
func (t *Tenant) item(c *call, item batchItem, statuses map[string]int) (*call, *answer) {
	inner, valid := batchCall(c, item)
	if !valid {
		return &call{now: c.now}, fail(http.StatusBadRequest, "BadRequest", "Invalid url in request "+item.ID+".")
	}
	if a := inner.unpackBody(); a != nil {
		return inner, a
	}
	for _, needed := range item.DependsOn {
		if statuses[strings.ToLower(needed)] >= http.StatusBadRequest {
			return inner, fail(http.StatusFailedDependency, "FailedDependency", "Request "+needed+", on which this one depends, failed.")
		}
	}
	switch {
	case strings.TrimSuffix(inner.path, "/") == batchPath:
		return inner, fail(http.StatusBadRequest, "BadRequest", "A batch cannot hold a batch.")
	case strings.Contains(inner.path, "/synchronization/"):
		return inner, fail(http.StatusBadRequest, "SandboxUnsupported", "It is not documented that a batch may hold requests about synchronization.")
	}
	return inner, t.serve(inner)
}

// batchCall makes the call for one item of a batch. Its address is that below
// the version, with its leading slash.
func batchCall(outer *call, item batchItem) (*call, bool) {
	path, search, _ := strings.Cut(item.URL, "?")
	query, err := url.ParseQuery(search)
	if err != nil || !strings.HasPrefix(path, "/") {
		return nil, false
	}
	c := &call{
		ctx: outer.ctx, method: strings.ToUpper(item.Method), path: path, query: query,
		header: http.Header{}, base: outer.base, now: outer.now, inBatch: true,
	}
	for name, value := range item.Headers {
		c.header.Set(name, value)
	}
	if string(item.Body) != "null" {
		c.body = item.Body
	}
	return c, true
}

// unpackBody decodes a body that is not JSON, which is sent as a base64 string.
func (c *call) unpackBody() *answer {
	if c.body == nil || c.isJSON() {
		return nil
	}
	var packed string
	err := json.Unmarshal(c.body, &packed)
	if err == nil {
		c.body, err = base64.StdEncoding.DecodeString(packed)
	}
	if err != nil {
		return fail(http.StatusBadRequest, "BadRequest", "A body that is not JSON has to be base64.")
	}
	return nil
}

func batchResponse(c *call, id string, a *answer) object {
	request := uuid.NewString()
	headers := map[string]string{"request-id": request, "client-request-id": request, "x-ms-resource-unit": strconv.Itoa(units(c))}
	for name := range a.header {
		headers[name] = a.header.Get(name)
	}
	response := object{"id": id, "status": a.status, "headers": headers}
	if body := a.bytes(c.now, request, request); body != nil {
		headers["Content-Type"] = "application/json"
		response["body"] = json.RawMessage(body)
	}
	return response
}
