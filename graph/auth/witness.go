package auth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/internal/transport"
)

// longestSignIn is far more than a token takes, with all that comes with it.
const longestSignIn = 1 << 20

// A witness stands between a credential and the network, because azidentity
// does not always pass on why there is no token: of a silent sign-in that
// fails, its error says only that a person is needed.
type witness struct {
	next http.RoundTripper
	tell func(string)

	mu      sync.Mutex
	host    string // of the last request
	err     error  // why it had no answer
	refusal string // what its answer said that was no success
}

func newWitness(next http.RoundTripper, tell func(string)) *witness {
	if next == nil {
		next = transport.System()
	}
	return &witness{next: next, tell: tell}
}

// A signInLimit is a limit that a sign-in ran into. azidentity does not try
// again after it.
type signInLimit struct{ limit *bounds.Error }

// NonRetriable is what azcore looks for.
func (signInLimit) NonRetriable() {}

func (e signInLimit) Error() string { return e.limit.Error() }

func (e signInLimit) Unwrap() error { return e.limit }

// exchange sends a request and reads the answer, which has to come within a
// minute and not to be larger than any token.
func (w *witness) exchange(r *http.Request) (*http.Response, error) {
	watch := transport.NewWatch(r.Context(), transport.IdleTimeout, func() {
		w.tell(fmt.Sprintf("Waiting for %s to answer…", r.URL.Host))
	})
	defer watch.Stop()
	began := time.Now()
	resp, err := w.next.RoundTrip(r.WithContext(watch.Ctx))
	if err == nil {
		var body []byte
		body, err = bounds.Read(&transport.WatchedReader{Reader: resp.Body, Watch: watch}, "the answer", longestSignIn)
		_ = resp.Body.Close()
		resp.Body = io.NopCloser(bytes.NewReader(body))
	}
	if err != nil && errors.Is(context.Cause(r.Context()), context.DeadlineExceeded) { // azidentity has a limit of its own
		return nil, fmt.Errorf("it sent nothing for %s: %w", time.Since(began).Round(time.Second), err)
	}
	if limit, ok := errors.AsType[*bounds.Error](watch.Explain(err)); ok {
		limit.Liftable = false
		return nil, signInLimit{limit}
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// RoundTrip sends a request and notes how it ends.
func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := w.exchange(r)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.host, w.err, w.refusal = r.URL.Host, err, ""
	if err != nil || resp.StatusCode < http.StatusMultipleChoices {
		return resp, err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	w.refusal = refusalIn(r.URL.Host, resp.Status, body)
	return resp, nil
}

// CloseIdleConnections ends the connections that the transport keeps.
func (w *witness) CloseIdleConnections() {
	if t, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// forget starts over, before a token is asked for.
func (w *witness) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.host, w.err, w.refusal = "", nil, ""
}

// sound reports whether neither network nor authority is to blame.
func (w *witness) sound() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err == nil && w.refusal == ""
}

// lost tells which host gave no answer, and why.
func (w *witness) lost() (string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.host, w.err
}

// said is the refusal in one line; "" when there was none.
func (w *witness) said(secrets ...string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.err != nil:
		return reason(errors.New("no answer from "+w.host+": "+w.err.Error()), secrets...)
	case w.refusal != "":
		return reason(errors.New(w.refusal), secrets...)
	}
	return ""
}

// refusalIn is the sentence of an authority, such as AADSTS7000215: Invalid
// client secret provided; for any other host, how it answered. See
// https://learn.microsoft.com/entra/identity-platform/reference-error-codes.
func refusalIn(host, status string, body []byte) string {
	answered := host + " answered " + status
	var answer struct {
		Error       any    `json:"error"`
		Description string `json:"error_description"`
		Message     string `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return answered
	}
	if answer.Description != "" {
		return withoutTrail(answer.Description)
	}
	code, _ := answer.Error.(string)
	if said := cmp.Or(answer.Message, code); said != "" {
		return answered + ": " + said
	}
	return answered
}
