package graph

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/http"
)

// check returns the error of a success whose body cannot be used: it is not
// JSON, or it carries an error object.
func (c *Client) check(r request, status int, header http.Header, body []byte) error {
	if !json.Valid(body) {
		e := r.plain(status, header)
		e.Code, e.Message = CodeNotJSON, c.notJSON(header, body)
		return e
	}
	if r.ownError || !carriesError(body) {
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
type requirer interface{ missing() string }

// decode reads an answer. It is the only place that does, so an answer without
// a member that its kind requires is an error everywhere, and never an empty
// list or an entity without an id.
func decode[T any](r request, body []byte) (v T, err error) {
	if err := json.Unmarshal(body, &v); err != nil {
		return v, r.unusable(CodeNotJSON, "the answer has another shape than documented: "+err.Error())
	}
	if q, ok := any(v).(requirer); ok {
		if name := q.missing(); name != "" {
			return v, r.unusable(CodeIncomplete, "the answer has no "+name)
		}
	}
	return v, nil
}

// missing requires a list, which may be empty, and complete items.
func (p page[T]) missing() string {
	if p.Value == nil {
		return "value"
	}
	for i := range p.Value {
		if q, ok := any(&p.Value[i]).(requirer); ok {
			if name := q.missing(); name != "" {
				return name + " in one of its items"
			}
		}
	}
	return ""
}

// requireID is what most entities require.
func requireID(id string) string {
	if id == "" {
		return "id"
	}
	return ""
}

// entity is embedded in what is read for a few members only.
type entity struct {
	ID string `json:"id"`
}

func (e entity) missing() string { return requireID(e.ID) }

func (u User) missing() string { return requireID(u.ID) }

func (g Group) missing() string { return requireID(g.ID) }

func (m Member) missing() string { return requireID(m.ID) }

func (a Assignment) missing() string { return requireID(a.ID) }

func (e ExtensionProperty) missing() string { return requireID(e.ID) }

func (s servicePrincipal) missing() string { return requireID(s.ID) }

func (a application) missing() string { return requireID(a.ID) }

func (t AppTemplate) missing() string { return requireID(t.ID) }

func (t SyncTemplate) missing() string { return requireID(t.ID) }

func (j Job) missing() string { return requireID(j.ID) }

func (e LogEntry) missing() string { return requireID(e.ID) }

func (kv KeyValue) missing() string {
	if kv.Key == "" {
		return "key"
	}
	return ""
}

// missing requires both objects of a new application.
func (i instance) missing() string {
	switch {
	case i.Application.ID == "":
		return "application.id"
	case i.ServicePrincipal.ID == "":
		return "servicePrincipal.id"
	}
	return ""
}

// counted is an answer that is read for its count alone.
type counted struct {
	Count *int `json:"@odata.count"`
}

func (c counted) missing() string {
	if c.Count == nil {
		return "@odata.count"
	}
	return ""
}

// batched is the answer to a batch. A response that is missing in it is the
// error of that request alone; see [Client.itemAnswer].
type batched struct {
	Responses []batchAnswer `json:"responses"`
}

func (b batched) missing() string {
	if b.Responses == nil {
		return "responses"
	}
	return ""
}
