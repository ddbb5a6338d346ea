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

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
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
func (t *Tenant) batch(c *odata.Call) *odata.Answer {
	var body struct {
		Requests []batchItem `json:"requests"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	if a := checkBatch(body.Requests); a != nil {
		return a
	}
	statuses := map[string]int{}
	responses := []odata.Object{}
	for _, item := range body.Requests {
		inner, a := t.item(c, item, statuses)
		statuses[strings.ToLower(item.ID)] = a.Status
		c.Items = append(c.Items, Request{Method: item.Method, Path: inner.Path, Query: plain(inner.Query.Encode()), Status: a.Status, Fault: inner.Fault})
		responses = append(responses, batchResponse(inner, item.ID, a))
	}
	slices.Reverse(responses) // answers come in any order, so that nobody may count on the one asked
	return odata.OK(odata.Object{"responses": responses})
}

func checkBatch(items []batchItem) *odata.Answer {
	bad := func(message string) *odata.Answer { return odata.Fail(http.StatusBadRequest, "BadRequest", message) }
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
func (t *Tenant) item(c *odata.Call, item batchItem, statuses map[string]int) (*odata.Call, *odata.Answer) {
	inner, valid := batchCall(c, item)
	if !valid {
		return &odata.Call{Now: c.Now}, odata.Fail(http.StatusBadRequest, "BadRequest", "Invalid url in request "+item.ID+".")
	}
	if a := unpackBody(inner); a != nil {
		return inner, a
	}
	for _, needed := range item.DependsOn {
		if statuses[strings.ToLower(needed)] >= http.StatusBadRequest {
			return inner, odata.Fail(http.StatusFailedDependency, "FailedDependency", "Request "+needed+", on which this one depends, failed.")
		}
	}
	switch {
	case strings.TrimSuffix(inner.Path, "/") == batchPath:
		return inner, odata.Fail(http.StatusBadRequest, "BadRequest", "A batch cannot hold a batch.")
	case strings.Contains(inner.Path, "/synchronization/"):
		return inner, odata.Fail(http.StatusBadRequest, "SandboxUnsupported", "It is not documented that a batch may hold requests about synchronization.")
	}
	return inner, t.serve(inner)
}

// batchCall makes the call for one item of a batch. Its address is that below
// the version, with its leading slash.
func batchCall(outer *odata.Call, item batchItem) (*odata.Call, bool) {
	path, search, _ := strings.Cut(item.URL, "?")
	query, err := url.ParseQuery(search)
	if err != nil || !strings.HasPrefix(path, "/") {
		return nil, false
	}
	c := &odata.Call{
		Ctx: outer.Ctx, Method: strings.ToUpper(item.Method), Path: path, Query: query,
		Header: http.Header{}, Base: outer.Base, Now: outer.Now, InBatch: true,
	}
	for name, value := range item.Headers {
		c.Header.Set(name, value)
	}
	if string(item.Body) != "null" {
		c.Body = item.Body
	}
	return c, true
}

// unpackBody decodes a body that is not JSON, which is sent as a base64 string.
func unpackBody(c *odata.Call) *odata.Answer {
	if c.Body == nil || c.IsJSON() {
		return nil
	}
	var packed string
	err := json.Unmarshal(c.Body, &packed)
	if err == nil {
		c.Body, err = base64.StdEncoding.DecodeString(packed)
	}
	if err != nil {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "A body that is not JSON has to be base64.")
	}
	return nil
}

func batchResponse(c *odata.Call, id string, a *odata.Answer) odata.Object {
	request := uuid.NewString()
	headers := map[string]string{"request-id": request, "client-request-id": request, "x-ms-resource-unit": strconv.Itoa(units(c))}
	for name := range a.Header {
		headers[name] = a.Header.Get(name)
	}
	response := odata.Object{"id": id, "status": a.Status, "headers": headers}
	if body := a.Bytes(c.Now, request, request); body != nil {
		headers["Content-Type"] = "application/json"
		response["body"] = json.RawMessage(body)
	}
	return response
}
