// Package graphtest plays Graph for tests, by handlers in memory.
package graphtest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auth"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// pipes is a listener in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once

	mu     sync.Mutex
	dialed []string
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (p *pipes) dial(ctx context.Context, _, address string) (net.Conn, error) {
	p.mu.Lock()
	p.dialed = append(p.dialed, address)
	p.mu.Unlock()
	client, server := net.Pipe()
	select {
	case p.conns <- server:
		return client, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// seen is a request as the server got it.
type seen struct{ Method, URI, Body string }

func (s seen) String() string { return strings.TrimSpace(s.Method + " " + s.URI + " " + s.Body) }

// A Server is Graph, played by a handler, and what was asked of it.
type Server struct {
	pipes     *pipes
	Transport *http.Transport

	mu      sync.Mutex
	asked   []seen
	headers []http.Header
}

// Serve starts a server in memory. Its transport takes any address for it.
func Serve(t *testing.T, handler http.HandlerFunc) *Server {
	t.Helper()
	s := &Server{pipes: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}}
	s.Transport = &http.Transport{DialContext: s.pipes.dial, DialTLSContext: s.pipes.dial}
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("reading the request: %v", err)
		}
		s.mu.Lock()
		s.asked = append(s.asked, seen{r.Method, r.RequestURI, string(body)})
		header := r.Header.Clone()
		header.Set("Content-Length", fmt.Sprint(r.ContentLength))
		s.headers = append(s.headers, header)
		s.mu.Unlock()
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		handler(w, r)
	})}
	wait := parallel.Go(func() { _ = srv.Serve(s.pipes) })
	t.Cleanup(func() {
		s.Transport.CloseIdleConnections()
		_ = srv.Close()
		wait()
	})
	return s
}

// Requests are those asked so far, as text.
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []string{}
	for _, a := range s.asked {
		all = append(all, a.String())
	}
	return all
}

func (s *Server) Header(i int) http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.headers[i]
}

// Client speaks to the server with a token that says nothing.
func (s *Server) Client(t *testing.T, change ...func(*graph.Options)) *graph.Client {
	t.Helper()
	o := graph.Options{Credential: auth.StaticToken("opaque-token"), Transport: s.Transport, UserAgent: "scimctl/test"}
	for _, c := range change {
		c(&o)
	}
	client, err := graph.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// Reply answers with JSON, or with nothing.
func Reply(w http.ResponseWriter, status int, body string) {
	if body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// Refuse answers with Graph's error.
func Refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Request-Id", "1111-2222")
	Reply(w, status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"date":"2025-02-13T10:17:06"}}}`, code, message))
}

// InTurn answers each request with the next handler; the last one stays.
func InTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		h := handlers[min(n, len(handlers)-1)]
		n++
		mu.Unlock()
		h(w, r)
	}
}

// Says always gives the same answer.
func Says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { Reply(w, status, body) }
}

// HangsUp ends the connection without an answer.
func HangsUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// Throttles answers 429.
func Throttles(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		Refuse(w, http.StatusTooManyRequests, "TooManyRequests", "slow down")
	}
}

// Dials are the addresses that were dialed so far.
func (s *Server) Dials() []string {
	s.pipes.mu.Lock()
	defer s.pipes.mu.Unlock()
	return slices.Clone(s.pipes.dialed)
}

// JWT makes a token with claims and a signature of no worth.
func JWT(t *testing.T, claims map[string]any) string {
	t.Helper()
	b, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	enc := base64.RawURLEncoding.EncodeToString
	return enc([]byte(`{"alg":"none"}`)) + "." + enc(b) + "." + enc([]byte("signature"))
}

// Using has a client take a credential.
func Using(c graph.Credential) func(*graph.Options) {
	return func(o *graph.Options) { o.Credential = c }
}

// Job returns the reference of a job, for tests that need any.
func Job() synchronization.JobRef {
	return synchronization.JobRef{ServicePrincipalID: "sp1", JobID: "scim.t.a"}
}
