package scim

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"
)

// A Doer sends a request; *http.Client is one.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// Kind is a SCIM resource endpoint.
type Kind string

// The endpoints that Entra uses.
const (
	Users  Kind = "Users"
	Groups Kind = "Groups"
)

// A Client asks one SCIM service as Entra would. Its errors are *Error,
// *DecodeError and those of the Doer; no error or request line carries the token.
type Client struct {
	BaseURL string // the tenant URL; its query is taken off
	Token   string // bare: "Bearer " is added
	HTTP    Doer   // nil: http.DefaultClient
	Version string // value of the ADSCIMVersion header; "" is "5.0", the value once captured
}

// Probe is the connection test with which each activity of the service
// begins: it filters by a random GUID on the matching attribute and wants 200
// and an empty list. A kind whose attribute is "" is left out. A service that
// answers resources is a *FilterIgnoredError.
func (c *Client) Probe(ctx context.Context, userMatch, groupMatch string) error {
	for _, probe := range []struct {
		kind      Kind
		attribute string
	}{{Users, userMatch}, {Groups, groupMatch}} {
		if probe.attribute == "" {
			continue
		}
		found, asked, err := c.list(ctx, probe.kind, probe.attribute, uuid.NewString())
		if err != nil {
			return err
		}
		if len(found) > 0 {
			return &FilterIgnoredError{URL: asked, Count: len(found)}
		}
	}
	return nil
}

// Find gets the resource whose attribute equals value. It is nil, nil when
// there is none, and a *DuplicateError when there are several.
func (c *Client) Find(ctx context.Context, kind Kind, attribute, value string) (Resource, error) {
	found, _, err := c.list(ctx, kind, attribute, value)
	switch {
	case err != nil || len(found) == 0:
		return nil, err
	case len(found) > 1:
		return nil, &DuplicateError{Kind: kind, Attribute: attribute, Value: value, Count: len(found)}
	}
	return found[0], nil
}

func (c *Client) list(ctx context.Context, kind Kind, attribute, value string) (found []Resource, asked string, err error) {
	// The order is Entra's: excludedAttributes comes before the filter.
	query := "filter=" + url.QueryEscape(attribute+" eq "+quote(value))
	if kind == Groups {
		query = "excludedAttributes=members&" + query
	}
	var answer struct {
		TotalResults *int       `json:"totalResults"`
		Resources    []Resource `json:"Resources"`
	}
	e := exchange{method: http.MethodGet, path: string(kind) + "?" + query}
	if err := c.do(ctx, &e, &answer); err != nil {
		return nil, e.url, err
	}
	if answer.TotalResults == nil && answer.Resources == nil {
		return nil, e.url, e.undecodable(errors.New("it is not a list response"))
	}
	return answer.Resources, e.url, nil
}

// Get reads a resource by its id; a group is read without its members.
func (c *Client) Get(ctx context.Context, kind Kind, id string) (Resource, error) {
	e := exchange{method: http.MethodGet, path: resourcePath(kind, id)}
	if kind == Groups {
		e.path += "?excludedAttributes=members"
	}
	return c.resource(ctx, &e)
}

// Create posts a resource and returns it as the service stored it. An answer
// without an id is a *DecodeError: the service could not be asked for it again.
func (c *Client) Create(ctx context.Context, kind Kind, r Resource) (Resource, error) {
	return c.resource(ctx, &exchange{method: http.MethodPost, path: string(kind), body: r})
}

// Patch sends operations. The service may answer with the resource or without,
// then it is nil.
func (c *Client) Patch(ctx context.Context, kind Kind, id string, ops []Operation) (Resource, error) {
	e := exchange{method: http.MethodPatch, path: resourcePath(kind, id), body: NewPatchRequest(ops), mayBeEmpty: true}
	var r Resource
	if err := c.do(ctx, &e, &r); err != nil {
		return nil, err
	}
	return r, nil
}

// Delete removes a resource for good.
func (c *Client) Delete(ctx context.Context, kind Kind, id string) error {
	e := exchange{method: http.MethodDelete, path: resourcePath(kind, id)}
	return c.do(ctx, &e, nil)
}

// resource is for the answers that must be a resource.
func (c *Client) resource(ctx context.Context, e *exchange) (Resource, error) {
	var r Resource
	if err := c.do(ctx, e, &r); err != nil {
		return nil, err
	}
	if r.ID() == "" {
		return nil, e.undecodable(errors.New("it has no id"))
	}
	return r, nil
}

func (c *Client) version() string { return cmp.Or(c.Version, "5.0") }

func resourcePath(kind Kind, id string) string { return string(kind) + "/" + url.PathEscape(id) }

// quote writes a filter's text value, which has JSON's escapes.
func quote(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + `"`
}
