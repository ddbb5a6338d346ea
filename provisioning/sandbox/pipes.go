package sandbox

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/scimctl/scimctl/graph/parallel"
)

// Transport leads to the tenant over an http.Server on connections in memory.
// Every request passes the wire, whatever host it names; https is taken to be
// spoken without TLS. Close ends it.
func (t *Tenant) Transport() http.RoundTripper { return t.pipes.transport() }

// Connections counts the open in-memory connections by their state, so that a
// test sees those that a client never gave back.
func (t *Tenant) Connections() map[http.ConnState]int {
	p := t.pipes
	p.mu.Lock()
	defer p.mu.Unlock()
	counts := map[http.ConnState]int{}
	for _, state := range p.conns {
		counts[state]++
	}
	return counts
}

// pipes is a server on in-memory connections. It starts when first asked for,
// so that its goroutines belong to who uses it.
type pipes struct {
	tenant *Tenant

	mu      sync.Mutex
	server  *http.Server
	clients []*http.Transport
	accept  chan net.Conn
	done    chan struct{}
	served  func() // waits until the server has ended
	closed  bool
	conns   map[net.Conn]http.ConnState
}

func newPipes(t *Tenant) *pipes {
	return &pipes{tenant: t, accept: make(chan net.Conn), done: make(chan struct{}), conns: map[net.Conn]http.ConnState{}}
}

func (p *pipes) transport() http.RoundTripper {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.server == nil && !p.closed {
		p.start()
	}
	client := &http.Transport{
		DialContext:         func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx, false) },
		DialTLSContext:      func(ctx context.Context, _, _ string) (net.Conn, error) { return p.dial(ctx, true) },
		MaxIdleConnsPerHost: 64,
	}
	p.clients = append(p.clients, client)
	return raising{client, p.tenant.crash}
}

func (p *pipes) start() {
	p.server = &http.Server{
		Handler:           p.tenant.Handler(),
		ReadHeaderTimeout: time.Minute,
		ConnState:         p.note,
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			if pipe, ok := c.(*pipeConn); ok && pipe.secure {
				return context.WithValue(ctx, secure{}, true)
			}
			return ctx
		},
	}
	server := p.server
	p.served = parallel.Go(func() { _ = server.Serve(p) }) // ends with ErrServerClosed
}

func (p *pipes) note(c net.Conn, state http.ConnState) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if state == http.StateClosed || state == http.StateHijacked {
		delete(p.conns, c)
		return
	}
	p.conns[c] = state
}

type pipeConn struct {
	net.Conn
	secure bool
}

func (p *pipes) dial(ctx context.Context, secure bool) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case p.accept <- &pipeConn{far, secure}:
		return near, nil
	case <-p.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept, Close and Addr make a net.Listener of it.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.accept:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error { return nil }

func (p *pipes) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }

func (pipeAddr) String() string { return "sandbox" }

func (p *pipes) close() error {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil
	}
	p.closed = true
	close(p.done)
	server, served, clients := p.server, p.served, p.clients
	p.mu.Unlock()
	for _, client := range clients {
		client.CloseIdleConnections()
	}
	if server == nil {
		return nil
	}
	err := server.Close()
	served()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
