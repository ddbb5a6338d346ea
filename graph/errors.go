package graph

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
)

// A SignInError says that there is no token, and what was tried for one.
type SignInError struct {
	Tried []Attempt
	// Unreachable is set when the authority could not be asked.
	Unreachable *UnreachableError
}

// Error has a line for each way that was tried.
func (e *SignInError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines are those of Error.
func (e *SignInError) Lines() []string {
	switch len(e.Tried) {
	case 0:
		return []string{"not signed in"}
	case 1:
		return []string{fmt.Sprintf("not signed in: %s: %s", e.Tried[0].Method, e.Tried[0].Reason)}
	}
	lines := []string{"not signed in:"}
	for _, a := range e.Tried {
		lines = append(lines, fmt.Sprintf("  %s: %s", a.Method, a.Reason))
	}
	return lines
}

// Codes of [Error] that are ours: the answer did not come from Graph in the
// form that is due.
const (
	CodeRedirect = "Redirect" // a 3xx, which Graph never answers: a proxy or a wrong endpoint
	CodeNotJSON  = "NotJSON"  // HTML, or JSON that ends too early
	CodeNextLink = "NextLink" // a link to the next page that leads elsewhere, or in a circle
	CodeLimit    = "Limit"    // an answer, or a collection, that is larger than scimctl accepts

	CodeIncomplete = "Incomplete" // JSON without a member that such an answer must have
	CodeStatus     = "Status"     // a 2xx that the request does not succeed with, such as 206
)

// An Error is an answer of Graph that is no success.
//
// See https://learn.microsoft.com/graph/errors.
type Error struct {
	Op         Operation
	Method     string
	Path       string // below the version, without the host
	Status     int
	Code       string // Graph's, or one of the Code constants
	Message    string // Graph's words; "" is how the provisioning service says "not authorized" and "not yet"
	RequestID  string
	RetryAfter time.Duration // what a throttled or unavailable service asked for; 0 when it did not
	RetryAt    time.Time     // when that has passed
	Limit      *bounds.Error // what is exceeded, with [CodeLimit]
}

// Unwrap returns the limit that is exceeded, if any.
func (e *Error) Unwrap() error {
	if e.Limit == nil {
		return nil
	}
	return e.Limit
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: Graph answered %d", e.Op.Name, e.Status)
	switch {
	case e.Code != "":
		b.WriteString(" " + e.Code)
	case http.StatusText(e.Status) != "":
		b.WriteString(" " + http.StatusText(e.Status))
	}
	if e.Message != "" {
		b.WriteString(": " + OneLine(e.Message))
	}
	if e.RetryAfter > longestAsked {
		fmt.Fprintf(&b, "; it asks to wait %s, until %s", e.RetryAfter.Round(time.Second), e.RetryAt.UTC().Format(time.RFC3339))
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request-id %s)", e.RequestID)
	}
	return b.String()
}

// An UnreachableError is a request without an answer: no connection, or one
// that was lost on the way.
type UnreachableError struct {
	Op   Operation
	Host string
	Err  error
}

func (e *UnreachableError) Error() string {
	return fmt.Sprintf("%s: no answer from %s: %v", e.Op.Name, e.Host, e.Err)
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// An EndpointError is a Graph endpoint that cannot be used.
type EndpointError struct{ Endpoint, Reason string }

func (e *EndpointError) Error() string {
	return fmt.Sprintf("graph endpoint %q: %s", e.Endpoint, e.Reason)
}

// A NotFoundError says that nothing has the name or id asked for.
type NotFoundError struct {
	Kind string   // application, application template, user, group, …
	Name string   // as asked for
	Near []string // names that come close, nearest first
	All  []string // the names that there are, where they are few and none comes close
}

func (e *NotFoundError) Error() string {
	text := fmt.Sprintf("no %s named %q", e.Kind, e.Name)
	if len(e.Near) > 0 {
		text += fmt.Sprintf(" (near: %s)", bounds.Names(e.Near))
	} else if len(e.All) > 0 {
		text += "; those there are: " + bounds.Names(e.All)
	}
	return text
}

// A Match is one of several objects with the same name.
type Match struct {
	Name   string
	ID     string // the id to use instead of the name
	Detail string // what tells it from the others
}

// An AmbiguousError says that more than one object has the name asked for.
type AmbiguousError struct {
	Kind    string
	Name    string
	Matches []Match
}

func (e *AmbiguousError) Error() string {
	text := fmt.Sprintf("%d matches for %s %q", len(e.Matches), e.Kind, e.Name)
	if len(e.Matches) > 3 { // a list is for the hint
		return text
	}
	ids := make([]string, len(e.Matches))
	for i, m := range e.Matches {
		ids[i] = m.ID
	}
	return text + ": " + bounds.Names(ids)
}

// A NotReplicatedError says that waiting for the service to catch up with
// itself did not end well.
type NotReplicatedError struct {
	What   string // reads after "until": "Workato can be provisioned"
	Waited time.Duration
	Err    error // the last refusal; nil when there was none
	// Written says that Graph confirmed a write that does not show yet.
	Written bool
}

func (e *NotReplicatedError) Error() string {
	text := fmt.Sprintf("waited %s until %s, in vain", e.Waited.Round(time.Second), e.What)
	if e.Written {
		text = fmt.Sprintf("written, but not visible yet: waited %s until %s", e.Waited.Round(time.Second), e.What)
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *NotReplicatedError) Unwrap() error { return e.Err }

// IsNotFound reports whether err says that the object does not exist: a name
// that was not found, Graph's 404, or the 400 with which it refuses to delete
// an assignment that is gone.
func IsNotFound(err error) bool {
	if _, ok := errors.AsType[*NotFoundError](err); ok {
		return true
	}
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusNotFound && e.Code != CodeNotJSON ||
		e.Status == http.StatusBadRequest && strings.Contains(e.Message, "being updated or deleted is not found"))
}

// IsAlreadyExists reports whether err says that the object is there already.
// Status and code of that answer vary, so its message decides as well:
// https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto.
func IsAlreadyExists(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Status != http.StatusBadRequest && e.Status != http.StatusConflict {
		return false
	}
	message := strings.ToLower(e.Message)
	return e.Code == "Request_MultipleObjectsWithSameKeyValue" ||
		strings.Contains(message, "already exist") ||
		strings.HasPrefix(message, "an extension property exists with the name") ||
		e.Status == http.StatusConflict && e.Op.Name == OpCreateJob.Name
}

// IsNotAvailable reports whether err says that an extension property cannot be
// written: it does not exist, or not everywhere yet.
func IsNotAvailable(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusBadRequest &&
		strings.Contains(strings.ToLower(e.Message), "extension properties are not available")
}

// IsUnsupportedQuery reports whether err says that a filter takes an advanced
// query, or cannot be at all.
func IsUnsupportedQuery(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Status == http.StatusBadRequest && e.Code == "Request_UnsupportedQuery"
}

// IsNotReady reports whether err is the answer of a service that has not heard
// of the object yet: a 404, or a 401 without words. The same answers are also
// given for good; see [applications.WhenReady].
func IsNotReady(err error) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code == CodeNotJSON {
		return false
	}
	return e.Status == http.StatusNotFound || e.Status == http.StatusUnauthorized && strings.TrimSpace(e.Message) == ""
}

// OneLine folds white space, line ends included.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// IsRefusal reports whether Graph does not let the caller do something.
func IsRefusal(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusForbidden || e.Status == http.StatusUnauthorized && e.Code != "InvalidAuthenticationToken")
}

// LongestReason is how many bytes of a reason are shown.
const LongestReason = 400

// Shorten cuts a text that is longer than n bytes, between characters.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
