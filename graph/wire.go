package graph

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/internal/transport"
)

// tell says that an answer is waited for. Requests beside each other share the
// line.
func (w *wire) tell() {
	w.mu.Lock()
	due := w.told.IsZero() || time.Since(w.told) >= transport.IdleTimeout
	if due {
		w.told = time.Now()
	}
	w.mu.Unlock()
	if due {
		w.say(fmt.Sprintf("Waiting for %s to answer…", w.base.Host))
	}
}

// wire is the one middleware between Graph's request adapter and the network.
// It takes the place of all that the adapter's own client would put there: a
// body that can be sent again, no redirects, limits on time and size, and
// answers read to their end, so that no connection stays behind.
type wire struct {
	next     http.RoundTripper
	base     *url.URL
	trace    *tracer
	noLimits bool
	say      func(string)
	large    chan struct{} // has one while a large answer is read

	mu   sync.Mutex
	told time.Time // when the user last read what is waited for
}

// A redirectError is an answer that Graph never gives. The adapter's own
// handler would follow it, with an empty body.
type redirectError struct {
	status   int
	location string
}

func (e *redirectError) Error() string { return "redirect to " + e.location }

// A limitError is an answer that is larger or deeper than scimctl accepts.
type limitError struct {
	status int
	header http.Header
	limit  *bounds.Error
}

func (e *limitError) Error() string { return e.limit.Error() }

// RoundTrip sends a request once. The body of the answer is in memory.
func (w *wire) RoundTrip(req *http.Request) (*http.Response, error) {
	if !sameServer(req.URL, w.base) {
		return nil, fmt.Errorf("request to %s: not the endpoint's host", req.URL.Host)
	}
	if err := context.Cause(req.Context()); err != nil {
		return nil, err // not every transport looks before it sends
	}
	body := bodyOf(req.Context())
	total := transport.AttemptTimeout
	if w.noLimits {
		total = transport.NoTimeout
	}
	watch := transport.NewWatch(req.Context(), total, w.tell)
	defer watch.Stop()
	out := withBody(req.Clone(watch.Ctx), body)
	began, number := time.Now(), w.trace.request(out, body)
	resp, answer, err := w.send(out, watch)
	if err != nil {
		err = watch.Explain(err)
		w.trace.failure(number, err)
		return nil, err
	}
	w.trace.answer(number, out, resp, answer, time.Since(began))
	if resp.StatusCode >= 300 && resp.StatusCode < 400 {
		return nil, &redirectError{resp.StatusCode, target(resp)}
	}
	repairChallenge(resp)
	resp.Body, resp.ContentLength = whole{bytes.NewReader(answer), answer}, int64(len(answer))
	return resp, nil
}

// send reads the answer whole and lets the connection go. An answer that
// announces that it is too large is not read at all.
func (w *wire) send(req *http.Request, watch *transport.Watch) (*http.Response, []byte, error) {
	resp, err := w.next.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	watch.Heard()
	answer, err := w.read(resp, watch)
	if limit, ok := errors.AsType[*bounds.Error](err); ok {
		return nil, nil, &limitError{resp.StatusCode, resp.Header, limit}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the answer broke off: %w", err)
	}
	return resp, answer, nil
}

func (w *wire) read(resp *http.Response, watch *transport.Watch) ([]byte, error) {
	const what = "the answer"
	limit := int64(bounds.Document)
	if w.noLimits {
		limit = 0
	} else if resp.ContentLength > limit {
		return nil, bounds.Liftable(bounds.TooLarge(what, limit))
	}
	turn := &transport.Turn{Reader: &transport.WatchedReader{Reader: resp.Body, Watch: watch}, Ctx: watch.Ctx, Large: w.large}
	defer turn.End()
	answer, err := bounds.Read(turn, what, limit)
	if err == nil {
		err = bounds.JSON(answer, what, w.noLimits)
	}
	return answer, bounds.Liftable(err)
}

// closeIdle ends the connections of a transport that keeps some.
func (w *wire) closeIdle() {
	if t, ok := w.next.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// whole is the body of an answer that is in memory.
type whole struct {
	*bytes.Reader
	bytes []byte
}

// Close has nothing to let go of.
func (whole) Close() error { return nil }

// withBody gives a request its length, so that it is not sent in chunks, and
// the means to send it again.
func withBody(req *http.Request, body []byte) *http.Request {
	if len(body) == 0 {
		req.Body, req.GetBody, req.ContentLength = nil, nil, 0
		return req
	}
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength = int64(len(body))
	return req
}

// target is where a redirect leads, without what may be secret in it.
func target(resp *http.Response) string {
	u, err := resp.Location()
	if err != nil {
		return "nowhere"
	}
	return u.Scheme + "://" + u.Host + u.Path
}

// repairChallenge leaves only a challenge that can be answered: of any other
// with claims in it, the adapter would make a panic. See
// https://learn.microsoft.com/entra/identity-platform/claims-challenge.
func repairChallenge(resp *http.Response) {
	challenge := resp.Header.Get("Www-Authenticate")
	if !strings.Contains(challenge, "claims") {
		return
	}
	resp.Header.Del("Www-Authenticate")
	_, value, _ := strings.Cut(challenge, `claims="`)
	value, _, closed := strings.Cut(value, `"`)
	if _, err := base64.StdEncoding.DecodeString(value); err != nil || !closed || value == "" {
		return
	}
	if scheme, _, _ := strings.Cut(challenge, " "); strings.EqualFold(scheme, "Bearer") {
		resp.Header.Set("Www-Authenticate", `Bearer claims="`+value+`"`)
	}
}

// payload carries the bytes of a request through the adapter, as an option of
// the request, which is how its middlewares are told things.
type payload struct{ body []byte }

const payloadKey = "scimctl-payload"

// GetKey names the option.
func (payload) GetKey() abstractions.RequestOptionKey {
	return abstractions.RequestOptionKey{Key: payloadKey}
}

func bodyOf(ctx context.Context) []byte {
	p, _ := ctx.Value(abstractions.RequestOptionKey{Key: payloadKey}).(payload)
	return p.body
}
