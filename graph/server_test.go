package graph_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph"
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

func (p *pipes) dials() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.dialed...)
}

// seen is a request as the server got it.
type seen struct{ Method, URI, Body string }

func (s seen) String() string { return strings.TrimSpace(s.Method + " " + s.URI + " " + s.Body) }

// server is Graph, played by a handler, and what was asked of it.
type server struct {
	pipes     *pipes
	transport *http.Transport

	mu      sync.Mutex
	asked   []seen
	headers []http.Header
}

// serve starts a server in memory. Its transport takes any address for it.
func serve(t *testing.T, handler http.HandlerFunc) *server {
	t.Helper()
	s := &server{pipes: &pipes{conns: make(chan net.Conn), done: make(chan struct{})}}
	s.transport = &http.Transport{DialContext: s.pipes.dial, DialTLSContext: s.pipes.dial}
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
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		_ = srv.Serve(s.pipes)
	}()
	t.Cleanup(func() {
		s.transport.CloseIdleConnections()
		_ = srv.Close()
		<-stopped
	})
	return s
}

// requests are those asked so far, as text.
func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []string{}
	for _, a := range s.asked {
		all = append(all, a.String())
	}
	return all
}

func (s *server) header(i int) http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.headers[i]
}

// client speaks to the server with a token that says nothing.
func (s *server) client(t *testing.T, change ...func(*graph.Options)) *graph.Client {
	t.Helper()
	o := graph.Options{Credential: graph.StaticToken("opaque-token"), Transport: s.transport, UserAgent: "scimctl/test"}
	for _, c := range change {
		c(&o)
	}
	client, err := graph.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// reply answers with JSON, or with nothing.
func reply(w http.ResponseWriter, status int, body string) {
	if body != "" {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// refuse answers with Graph's error.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Request-Id", "1111-2222")
	reply(w, status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"date":"2025-02-13T10:17:06"}}}`, code, message))
}

// inTurn answers each request with the next handler; the last one stays.
func inTurn(handlers ...http.HandlerFunc) http.HandlerFunc {
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

// says always gives the same answer.
func says(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { reply(w, status, body) }
}

// hangsUp ends the connection without an answer.
func hangsUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// throttles answers 429.
func throttles(after string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if after != "" {
			w.Header().Set("Retry-After", after)
		}
		refuse(w, http.StatusTooManyRequests, "TooManyRequests", "slow down")
	}
}

var job = graph.JobRef{ServicePrincipalID: "sp1", JobID: "scim.t.a"}
