package graph

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
)

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
