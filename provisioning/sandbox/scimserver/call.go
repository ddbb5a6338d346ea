package scimserver

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/elimity-com/scim/errors"
	"github.com/elimity-com/scim/schema"
	"github.com/scim2/filter-parser/v2"
)

// call is one request: which schemas hold for it, and what the translator found
// in it that the library cannot pass on.
type call struct {
	server     *server
	core       schema.Schema     // of the resource type that the path names
	extensions []extension       // the store's and those that this request brings
	filter     filter.Expression // of a list request; nil: everything
	only       []string          // the query's attributes
	except     []string          // the query's excludedAttributes
	changed    bool              // whether the store was changed
}

func (s *server) newCall(r *http.Request) *call {
	c := &call{server: s, core: s.group}
	if isUsers(r) {
		c.core = s.user
		s.store.mu.Lock()
		defer s.store.mu.Unlock()
		c.extensions = s.store.extensions // never changed in place: learn copies
	}
	return c
}

func isUsers(r *http.Request) bool {
	return r.URL.Path == "/Users" || strings.HasPrefix(r.URL.Path, "/Users/")
}

func isGroups(r *http.Request) bool {
	return r.URL.Path == "/Groups" || strings.HasPrefix(r.URL.Path, "/Groups/")
}

// translate returns the request in the form that the library takes.
func (c *call) translate(r *http.Request) (*http.Request, *errors.ScimError) {
	query := r.URL.Query()
	if !isUsers(r) && !isGroups(r) {
		c.extensions = c.server.store.learned()
		if query.Has("filter") { // RFC 7644 section 4
			return nil, &errors.ScimError{Status: http.StatusForbidden, Detail: "Filters do not apply here."}
		}
		return r, nil
	}
	if scimErr := c.readQuery(query); scimErr != nil {
		return nil, scimErr
	}
	out := r.Clone(r.Context())
	query.Del("filter")
	out.URL.RawQuery = query.Encode()
	switch r.Method {
	case http.MethodPost, http.MethodPut:
		return out, c.rewrite(out, c.resource)
	case http.MethodPatch:
		return out, c.rewrite(out, c.patch)
	default:
		return out, nil
	}
}

func (s *Store) learned() []extension {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.extensions
}

func (c *call) readQuery(query url.Values) *errors.ScimError {
	c.only = listOf(query.Get("attributes"))
	c.except = listOf(query.Get("excludedAttributes"))
	text := strings.TrimSpace(query.Get("filter"))
	if text == "" {
		return nil
	}
	expression, err := c.parseFilter(text)
	if err != nil {
		return &errors.ScimErrorInvalidFilter
	}
	c.filter = expression
	return nil
}

func listOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}

// rewrite replaces the body by what change makes of it.
func (c *call) rewrite(r *http.Request, change func(map[string]any) *errors.ScimError) *errors.ScimError {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return &errors.ScimErrorInvalidSyntax
	}
	if len(raw) > maxBody {
		return &errors.ScimError{Status: http.StatusRequestEntityTooLarge, Detail: "The body is larger than 1 MiB."}
	}
	var body map[string]any
	if err := decode(raw, &body); err != nil || body == nil {
		return &errors.ScimErrorInvalidSyntax
	}
	if scimErr := change(body); scimErr != nil {
		return scimErr
	}
	raw, err = encode(body)
	if err != nil {
		return &errors.ScimErrorInvalidSyntax
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	return nil
}
