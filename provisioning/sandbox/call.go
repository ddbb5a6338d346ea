package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// An object is an entity or complex value as Graph writes it.
type object = map[string]any

// A call is one request, or one item of a batch.
type call struct {
	ctx    context.Context
	method string
	path   string // escaped, below the version, with its leading slash
	query  url.Values
	header http.Header
	body   []byte
	base   string // the version's root as the client named it: https://graph.microsoft.com/v1.0
	now    time.Time
	params map[string]string // what a route's {names} stood for
	items  []Request         // what a batch was made of

	inBatch bool      // an item of one
	fault   FaultKind // what strikes it
}

// param is a part of the path, such as the id of a user.
func (c *call) param(name string) string { return c.params[name] }

// eventual reports whether the request is content with eventual consistency.
func (c *call) eventual() bool {
	return strings.EqualFold(c.header.Get("ConsistencyLevel"), "eventual")
}

// advanced reports whether the request is an advanced query: with the header
// and with $count.
// https://learn.microsoft.com/graph/aad-advanced-queries
func (c *call) advanced() bool {
	return c.eventual() && strings.EqualFold(c.query.Get("$count"), "true")
}

// isJSON reports whether the body is said to be JSON.
func (c *call) isJSON() bool {
	return strings.Contains(strings.ToLower(c.header.Get("Content-Type")), "json")
}

// context is the address that describes an answer.
func (c *call) context(fragment string) string { return c.base + "/$metadata#" + fragment }

// decode reads the body into v. Numbers keep their digits. The answer is nil
// when that worked.
func (c *call) decode(v any) *answer {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return fail(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
	}
	d := json.NewDecoder(bytes.NewReader(c.body))
	d.UseNumber()
	if err := d.Decode(v); err != nil || d.More() {
		return fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return nil
}

// An answer is what a call gets.
type answer struct {
	status int
	header http.Header
	body   any             // nil: none
	raw    json.RawMessage // instead of body
	fault  *fault          // instead of body
	page   string          // HTML, instead of body
	ending ending
}

// A fault is the error object of an answer, without what every error has.
type fault struct {
	code, message string
	details       []object
}

func fail(status int, code, message string) *answer {
	return &answer{status: status, fault: &fault{code: code, message: message}}
}

func ok(body any) *answer { return &answer{status: http.StatusOK, body: body} }

func created(body any) *answer { return &answer{status: http.StatusCreated, body: body} }

func noContent() *answer { return &answer{status: http.StatusNoContent} }

// badRequest is the directory's way to refuse a request.
func badRequest(message string) *answer {
	return fail(http.StatusBadRequest, "Request_BadRequest", message)
}

func unsupportedQuery(message string) *answer {
	return fail(http.StatusBadRequest, "Request_UnsupportedQuery", message)
}

// notFound is the directory's answer to an id that nothing has.
func notFound(id string) *answer {
	return fail(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
}

// with adds a header.
func (a *answer) with(name, value string) *answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	a.header.Set(name, value)
	return a
}

// bytes is the body as JSON; nil when there is none.
func (a *answer) bytes(now time.Time, request, client string) []byte {
	switch {
	case a.page != "":
		return []byte(a.page)
	case a.raw != nil:
		return a.raw
	case a.fault != nil:
		return encode(a.fault.object(now, request, client))
	case a.body != nil:
		return encode(a.body)
	}
	return nil
}

func (f *fault) object(now time.Time, request, client string) object {
	e := object{
		"code": f.code, "message": f.message,
		"innerError": object{"date": now.Format("2006-01-02T15:04:05"), "request-id": request, "client-request-id": client},
	}
	if f.details != nil {
		e["details"] = f.details
	}
	return object{"error": e}
}

// encode writes JSON without escaping what HTML would need escaped. All that
// is written here can be encoded.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// instant is a time as Graph writes it.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
