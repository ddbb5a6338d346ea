package sandbox

import (
	"bytes"
	"cmp"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/provisioning/sandbox/scimserver"
)

// scimSide is both ends of SCIM: the server inside, and the client with which
// the provisioning service reaches it and those outside.
type scimSide struct {
	tenant  *Tenant
	store   *scimserver.Store // the one that handler serves
	habit   scimserver.Habit
	handler http.Handler
	client  *http.Client
}

func newSCIMSide(t *Tenant) *scimSide {
	side := &scimSide{tenant: t}
	side.client = &http.Client{
		Transport: switchboard{side, http.DefaultTransport},
		Timeout:   100 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse // the token goes to the configured host alone
		},
	}
	return side
}

// ServeHTTP answers one SCIM request from the state, alone.
func (side *scimSide) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := bounds.Read(r.Body, "the body", largestBody)
	if err != nil {
		http.Error(w, "the body could not be read", http.StatusBadRequest)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var out recorder
	if err := side.tenant.with(func(s *state) { side.on(s).ServeHTTP(&out, r) }); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	maps.Copy(w.Header(), out.Header())
	w.WriteHeader(out.code())
	_, _ = w.Write(out.body.Bytes()) // a client that has left is no concern of ours
}

// on is the server over a state's store, kept until the state is another. It
// is called while the state is held.
func (side *scimSide) on(s *state) http.Handler {
	habit := cmp.Or(side.tenant.options.scimHabit, s.Habit)
	if side.handler == nil || side.store != s.SCIM || side.habit != habit {
		side.store, side.habit = s.SCIM, habit
		side.handler = scimserver.New(s.SCIM, scimserver.Options{
			Token: func() string { return s.SCIMToken }, Now: side.tenant.now, Changed: s.touch, Habit: habit,
		})
	}
	return side.handler
}

// switchboard leads requests for the sandbox's own SCIM server inside.
type switchboard struct {
	side    *scimSide
	outside http.RoundTripper
}

// RoundTrip refuses addresses to which a token must not be sent in the clear.
func (b switchboard) RoundTrip(r *http.Request) (*http.Response, error) {
	if inside(r.URL) {
		var out recorder
		inner := r.Clone(r.Context())
		if inner.Body == nil {
			inner.Body = http.NoBody
		}
		http.StripPrefix("/scim", b.side).ServeHTTP(&out, inner)
		return out.response(r), nil
	}
	if !confidential(r.URL) {
		return nil, &insecureError{r.URL.Host}
	}
	return b.outside.RoundTrip(r)
}

func inside(u *url.URL) bool {
	return u.Scheme == "https" && u.Host == "scim.sandbox.invalid" && strings.HasPrefix(u.Path+"/", "/scim/")
}

// confidential reports whether a token may be sent to an address: over https,
// or without leaving this machine.
func confidential(u *url.URL) bool {
	if u.Scheme == "https" {
		return true
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

type insecureError struct{ host string }

func (e *insecureError) Error() string {
	return "the sandbox sends a token over plain http to this machine only, not to " + e.host
}

// recorder takes an answer down, so that it can be sent after the state has
// been let go.
type recorder struct {
	status int
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header {
	if r.header == nil {
		r.header = http.Header{}
	}
	return r.header
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

func (r *recorder) response(request *http.Request) *http.Response {
	return &http.Response{
		Status: http.StatusText(r.code()), StatusCode: r.code(), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: r.Header(), Body: io.NopCloser(&r.body), ContentLength: int64(r.body.Len()), Request: request,
	}
}
