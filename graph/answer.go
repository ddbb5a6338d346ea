package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
)

// answer takes the body of a success, or makes an [*Error] of anything else.
func (c *Client) answer(r Request, resp *http.Response) ([]byte, error) {
	if resp == nil {
		return nil, &UnreachableError{r.Op, c.base.Host, errors.New("the adapter gave no answer")}
	}
	var body []byte
	if w, ok := resp.Body.(whole); ok {
		body = w.bytes
	}
	if resp.StatusCode >= 400 {
		return nil, c.failure(r, resp.StatusCode, resp.Header, body)
	}
	if len(body) != 0 || r.Due {
		if err := c.check(r, resp.StatusCode, resp.Header, body); err != nil {
			return nil, err
		}
	}
	if err := r.succeeded(resp.StatusCode, resp.Header); err != nil {
		return nil, err
	}
	if r.Taken != nil {
		r.Taken(resp.Header)
	}
	return body, nil
}

// succeeded returns the error of a status below 400 that is not one of those
// with which this request succeeds.
func (r Request) succeeded(status int, header http.Header) error {
	if r.Op.succeeds(status) {
		return nil
	}
	e := r.plain(status, header)
	e.Code = CodeStatus
	e.Message = fmt.Sprintf("expected %d", cmp.Or(r.Op.Success, http.StatusOK))
	return e
}

// unusable is the error of a success that cannot be taken for one.
func (r Request) unusable(code, message string) *Error {
	return &Error{Op: r.Op, Method: r.Method, Path: r.Path, Status: http.StatusOK, Code: code, Message: message}
}

// limited makes e the error of an answer, or a collection, beyond a limit.
func (e *Error) limited(limit *bounds.Error) *Error {
	e.Code, e.Message, e.Limit = CodeLimit, limit.Error(), limit
	return e
}

// plain is an error with all that does not depend on the body.
func (r Request) plain(status int, header http.Header) *Error {
	e := &Error{
		Op: r.Op, Method: r.Method, Path: r.Path, Status: status,
		RequestID: header.Get("Request-Id"), RetryAfter: retryAfter(header),
	}
	if e.RetryAfter > 0 {
		e.RetryAt = time.Now().Add(e.RetryAfter)
	}
	return e
}

// notJSON says what came instead of JSON, and from where.
func (c *Client) notJSON(header http.Header, body []byte) string {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	switch text := strings.TrimSpace(string(body[:min(len(body), 64)])); {
	case text == "":
		return c.base.String() + " answered nothing where JSON is due"
	case strings.HasPrefix(text, "<"):
		return fmt.Sprintf("%s answered %s, not JSON: a proxy may stand between, or it is not Graph's endpoint", c.base, cmp.Or(kind, "text/html"))
	case text[0] == '{' || text[0] == '[':
		return fmt.Sprintf("%s answered JSON that ends too early or is damaged (%d bytes)", c.base, len(body))
	}
	return fmt.Sprintf("%s answered %s, not JSON", c.base, cmp.Or(kind, "something"))
}

// longestWait is far more than anybody waits, and fits in every duration.
const longestWait = 24 * time.Hour

// retryAfter reads how long the service wants to be left alone: seconds, or a
// date; at most a day. 0 means that it does not say.
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 {
		return time.Duration(min(seconds, longestWait.Seconds()) * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(0, time.Until(at)), longestWait)
	}
	return 0
}

// unanswered tells why a request has no answer that could be read.
func (c *Client) unanswered(ctx context.Context, r Request, err error) error {
	if e, ok := errors.AsType[*SignInError](err); ok {
		return e
	}
	if ctx.Err() != nil {
		return interrupted(ctx, r.Op, err)
	}
	if e, ok := errors.AsType[*redirectError](err); ok {
		return &Error{
			Op: r.Op, Method: r.Method, Path: r.Path, Status: e.status, Code: CodeRedirect,
			Message: fmt.Sprintf("%s redirects to %s, which Graph never does: check the endpoint", c.base, c.secrets.Text(e.location)),
		}
	}
	if e, ok := errors.AsType[*limitError](err); ok {
		return r.plain(e.status, e.header).limited(e.limit)
	}
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // its text repeats the address, and what the query says
	}
	return &UnreachableError{r.Op, c.base.Host, err}
}

// interrupted is what comes of a context that ended.
func interrupted(ctx context.Context, op Operation, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("%s: %w", op.Name, err)
}

// interruption is that of a context that ended, and nil while it has not.
func interruption(ctx context.Context, op Operation) error {
	if ctx.Err() == nil {
		return nil
	}
	return interrupted(ctx, op, ctx.Err())
}

// check returns the error of a success whose body cannot be used: it is not
// JSON, or it carries an error object.
func (c *Client) check(r Request, status int, header http.Header, body []byte) error {
	if !json.Valid(body) {
		e := r.plain(status, header)
		e.Code, e.Message = CodeNotJSON, c.notJSON(header, body)
		return e
	}
	if r.OwnError || !carriesError(body) {
		return nil
	}
	e := c.failure(r, status, header, body)
	e.Code = cmp.Or(e.Code, CodeIncomplete)
	return e
}

// carriesError reports whether a document has an error member at its top
// level. Graph sends one only with a status of 400 and above; a gateway in
// front of it may not. The bytes are looked at first, because documents are
// large and most have no such word anywhere.
func carriesError(body []byte) bool {
	if !bytes.Contains(body, []byte(`rror"`)) {
		return false
	}
	var doc struct{ Error json.RawMessage }
	return json.Unmarshal(body, &doc) == nil && len(doc.Error) > 0 && string(doc.Error) != "null"
}

// A requirer knows which members an answer must have, and names the first one
// that is missing; "" means that it is complete.
type requirer interface{ Missing() string }

// Decode reads an answer. It is the only place that does, so an answer without
// a member that its kind requires is an error everywhere, and never an empty
// list or an entity without an id.
func Decode[T any](r Request, body []byte) (v T, err error) {
	if err := json.Unmarshal(body, &v); err != nil {
		return v, r.unusable(CodeNotJSON, "the answer has another shape than documented: "+err.Error())
	}
	if q, ok := any(v).(requirer); ok {
		if name := q.Missing(); name != "" {
			return v, r.unusable(CodeIncomplete, "the answer has no "+name)
		}
	}
	return v, nil
}

// Missing requires a list, which may be empty, and complete items.
func (p Page[T]) Missing() string {
	if p.Value == nil {
		return "value"
	}
	for i := range p.Value {
		if q, ok := any(&p.Value[i]).(requirer); ok {
			if name := q.Missing(); name != "" {
				return name + " in one of its items"
			}
		}
	}
	return ""
}

// RequireID is what most entities require.
func RequireID(id string) string {
	if id == "" {
		return "id"
	}
	return ""
}

// Entity is embedded in what is read for a few members only.
type Entity struct {
	ID string `json:"id"`
}

// Missing names the member without which an answer has no content.
func (e Entity) Missing() string { return RequireID(e.ID) }

// batched is the answer to a batch. A response that is missing in it is the
// error of that request alone; see [Client.itemAnswer].
type batched struct {
	Responses []batchAnswer `json:"responses"`
}

// Missing names the member without which an answer has no content.
func (b batched) Missing() string {
	if b.Responses == nil {
		return "responses"
	}
	return ""
}
