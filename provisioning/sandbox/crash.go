package sandbox

import (
	"net/http"
	"sync"

	"github.com/scimctl/scimctl/graph/parallel"
)

// crash keeps the first panic of a request. net/http would log it and drop the
// connection, which looks like a failure of the network.
type crash struct {
	mu    sync.Mutex
	panic *parallel.Panic
	ended chan struct{}
}

func newCrash() *crash { return &crash{ended: make(chan struct{})} }

// guard keeps the panics of next, and drops the connection without a word.
func (c *crash) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			value := recover()
			if value == nil {
				return
			}
			c.keep(parallel.Recovered(value))
			panic(http.ErrAbortHandler)
		}()
		next.ServeHTTP(w, r)
	})
}

func (c *crash) keep(p *parallel.Panic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.panic == nil {
		c.panic = p
		close(c.ended)
	}
}

// raise panics if a request did.
func (c *crash) raise() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.panic != nil {
		panic(c.panic)
	}
}

// raising is a transport that panics where the tenant did.
type raising struct {
	*http.Transport
	crash *crash
}

func (r raising) RoundTrip(req *http.Request) (*http.Response, error) {
	r.crash.raise()
	answer, err := r.Transport.RoundTrip(req)
	if err != nil {
		r.crash.raise()
	}
	return answer, err
}
