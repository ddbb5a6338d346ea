package scim

import (
	"fmt"

	"github.com/scimctl/scimctl/graph/bounds"
)

// An Error is an answer with a status other than those of a success.
type Error struct {
	Method, URL string
	Status      int
	Body        string // at most 64 KiB
}

func (e *Error) Error() string {
	if e.Body == "" {
		return fmt.Sprintf("%s %s: the SCIM service answered %d without a body", e.Method, e.URL, e.Status)
	}
	return fmt.Sprintf("%s %s: the SCIM service answered %d: %s", e.Method, e.URL, e.Status, shorten(e.Body))
}

// A DecodeError is a success that is not the SCIM JSON that was due.
type DecodeError struct {
	Method, URL string
	Status      int
	ContentType string
	Body        string // at most 64 KiB
	Err         error
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("%s %s: the SCIM service answered %d with %q, which is not what was due: %v",
		e.Method, e.URL, e.Status, e.ContentType, e.Err)
}

func (e *DecodeError) Unwrap() error { return e.Err }

// A DuplicateError says that several resources have a matching value that
// only one may have.
type DuplicateError struct {
	Kind             Kind
	Attribute, Value string
	Count            int
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%d %s have the %s %q, which must be one's alone", e.Count, e.Kind, e.Attribute, e.Value)
}

// A FilterIgnoredError is a service that answered resources to a filter that
// nothing can fit.
type FilterIgnoredError struct {
	URL   string
	Count int
}

func (e *FilterIgnoredError) Error() string {
	return fmt.Sprintf("GET %s: the SCIM service answered %d resources to a filter that nothing fits", e.URL, e.Count)
}

// A PathError is a target attribute name that cannot be read as a SCIM path,
// or cannot be written beside the others.
type PathError struct{ Path, Reason string }

func (e *PathError) Error() string {
	return fmt.Sprintf("target attribute %q: %s", bounds.Names([]string{e.Path}), e.Reason)
}

// A TenantURLError is a tenant URL that no request can be sent to. The URL
// itself is not repeated: it may hold a secret.
type TenantURLError struct{ Reason string }

func (e *TenantURLError) Error() string { return "the tenant URL is unusable: " + e.Reason }

// shorten keeps an error message readable; the whole body is in the error.
func shorten(body string) string {
	const most = 300
	if r := []rune(body); len(r) > most {
		return string(r[:most]) + "…"
	}
	return body
}
