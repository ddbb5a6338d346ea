package odata

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// An Object is an entity or complex value as Graph writes it.
type Object = map[string]any

// A Call is one request, or one item of a batch.
type Call struct {
	Ctx    context.Context
	Method string
	Path   string // escaped, below the version, with its leading slash
	Query  url.Values
	Header http.Header
	Body   []byte
	Base   string // the version's root as the client named it: https://graph.microsoft.com/v1.0
	Now    time.Time
	Params map[string]string // what a route's {names} stood for
	Items  []Request         // what a batch was made of
	// hasExtension reports whether the tenant has a directory extension of a name.
	HasExtension func(name string) bool

	InBatch bool   // an item of one
	Fault   string // the kind of fault that strikes it
}

// A Request is one request that the tenant was asked. A batch counts once.
type Request struct {
	Method string
	Path   string    // without the version and the query
	Query  string    // decoded
	Status int       // 0: the connection was dropped instead of an answer
	Fault  string    // what went wrong with it on purpose; "": nothing
	Items  []Request // of a $batch
}

// Param is a part of the path, such as the id of a user.
func (c *Call) Param(name string) string { return c.Params[name] }

// Eventual reports whether the request is content with eventual consistency.
func (c *Call) Eventual() bool {
	return strings.EqualFold(c.Header.Get("ConsistencyLevel"), "eventual")
}

// Advanced reports whether the request is an advanced query: with the header
// and with $count.
// https://learn.microsoft.com/graph/aad-advanced-queries
func (c *Call) Advanced() bool {
	return c.Eventual() && strings.EqualFold(c.Query.Get("$count"), "true")
}

// IsJSON reports whether the body is said to be JSON.
func (c *Call) IsJSON() bool {
	return strings.Contains(strings.ToLower(c.Header.Get("Content-Type")), "json")
}

// Context is the address that describes an answer.
func (c *Call) Context(fragment string) string { return c.Base + "/$metadata#" + fragment }

// Decode reads the body into v. Numbers keep their digits. The answer is nil
// when that worked.
func (c *Call) Decode(v any) *Answer {
	if len(bytes.TrimSpace(c.Body)) == 0 {
		return Fail(http.StatusBadRequest, "BadRequest", "Empty Payload. JSON content expected.")
	}
	d := json.NewDecoder(bytes.NewReader(c.Body))
	d.UseNumber()
	if err := d.Decode(v); err != nil || d.More() {
		return Fail(http.StatusBadRequest, "BadRequest", "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return nil
}

// An Answer is what a call gets.
type Answer struct {
	Status int
	Header http.Header
	Body   any             // nil: none
	Raw    json.RawMessage // instead of body
	Fault  *fault          // instead of body
	Page   string          // HTML, instead of body
	Ending ending
}

// A fault is the error object of an answer, without what every error has.
type fault struct {
	code, message string
	Details       []Object
}

func Fail(status int, code, message string) *Answer {
	return &Answer{Status: status, Fault: &fault{code: code, message: message}}
}

func OK(body any) *Answer { return &Answer{Status: http.StatusOK, Body: body} }

func Created(body any) *Answer { return &Answer{Status: http.StatusCreated, Body: body} }

func NoContent() *Answer { return &Answer{Status: http.StatusNoContent} }

// BadRequest is the directory's way to refuse a request.
func BadRequest(message string) *Answer {
	return Fail(http.StatusBadRequest, "Request_BadRequest", message)
}

func UnsupportedQuery(message string) *Answer {
	return Fail(http.StatusBadRequest, "Request_UnsupportedQuery", message)
}

// NotFound is the directory's answer to an id that nothing has.
func NotFound(id string) *Answer {
	return Fail(http.StatusNotFound, "Request_ResourceNotFound",
		"Resource '"+id+"' does not exist or one of its queried reference-property objects are not present.")
}

// With adds a header.
func (a *Answer) With(name, value string) *Answer {
	if a.Header == nil {
		a.Header = http.Header{}
	}
	a.Header.Set(name, value)
	return a
}

// Bytes is the body as JSON; nil when there is none.
func (a *Answer) Bytes(now time.Time, request, client string) []byte {
	switch {
	case a.Page != "":
		return []byte(a.Page)
	case a.Raw != nil:
		return a.Raw
	case a.Fault != nil:
		return Encode(a.Fault.object(now, request, client))
	case a.Body != nil:
		return Encode(a.Body)
	}
	return nil
}

func (f *fault) object(now time.Time, request, client string) Object {
	e := Object{
		"code": f.code, "message": f.message,
		"innerError": Object{"date": now.Format("2006-01-02T15:04:05"), "request-id": request, "client-request-id": client},
	}
	if f.Details != nil {
		e["details"] = f.Details
	}
	return Object{"error": e}
}

// Encode writes JSON without escaping what HTML would need escaped. All that
// is written here can be encoded.
func Encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// Instant is a time as Graph writes it.
func Instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }

// OneOf finds a word among others without regard to case.
func OneOf(word, words string) (string, bool) {
	for w := range strings.FieldsSeq(words) {
		if strings.EqualFold(w, word) {
			return w, true
		}
	}
	return "", false
}

// IDOf is the id that belongs to a name.
func IDOf(name string) string { return uuid.NewSHA1(uuid.Nil, []byte("sandbox:"+name)).String() }
