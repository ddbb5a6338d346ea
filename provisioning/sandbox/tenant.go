// Package sandbox is a simulated tenant: an http.Handler that speaks
// Microsoft Graph v1.0, with a provisioning service behind it that evaluates
// scope and mappings over the tenant's people and sends real SCIM requests.
//
// It shares no code with the client that it is meant to try, so that the two
// can disagree. Where Microsoft's documentation leaves something open it takes
// the stricter reading.
package sandbox

import (
	"net/http"
	"sync"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// SCIMURL is the tenant URL of the SCIM server inside the sandbox. It is
// answered without a network.
const SCIMURL = "https://scim.sandbox.invalid/scim"

// A Tenant is one simulated tenant. It is safe for use by several goroutines
// at once; a tenant kept in a file also by several processes.
type Tenant struct {
	options options
	routes  []route
	serve   handler // the middleware around the routes, for a request or an item of a batch
	clock   clock

	mu     sync.Mutex // guards state and what store does to it
	state  *state
	loaded map[string]*readSchema // by job
	store  *store                 // nil: in memory

	memory  sync.Mutex // guards what lives in memory only
	asked   []Request
	secrets map[string]outsideToken // tokens for SCIM servers elsewhere, by service principal

	scim  *scimSide
	pipes *pipes
	crash *crash
}

// New makes a tenant in memory that begins as a small company.
func New(opts ...Option) *Tenant {
	t := build(opts)
	t.state = t.company()
	return t
}

// From makes a tenant in memory that begins with what another one held, as its
// State told.
func From(data []byte, opts ...Option) (*Tenant, error) {
	t := build(opts)
	t.state = &state{}
	err := t.state.decode(data)
	if err == nil {
		t.clock.follow(t.state)
	}
	return t, err
}

// State is all that the tenant holds.
func (t *Tenant) State() (data []byte, err error) {
	err = t.with(func(s *state) { data = odata.Encode(s) })
	return data, err
}

func build(opts []Option) *Tenant {
	t := &Tenant{options: defaults(), secrets: map[string]outsideToken{}, loaded: map[string]*readSchema{}, crash: newCrash()}
	for _, set := range opts {
		set(&t.options)
	}
	t.clock.start(t.options)
	t.routes = t.table()
	t.serve = t.chain()
	t.scim = newSCIMSide(t)
	t.pipes = newPipes(t)
	return t
}

// Close ends the in-memory connections. What is kept in a file stays. It panics
// if a request did, and so does the next request of [Tenant.Transport].
func (t *Tenant) Close() error {
	err := t.pipes.close()
	t.crash.raise()
	return err
}

// Crashed is closed when a request has panicked.
func (t *Tenant) Crashed() <-chan struct{} { return t.crash.ended }

// Reset makes the tenant the small company again, in its file too.
func (t *Tenant) Reset() error {
	t.memory.Lock()
	clear(t.secrets)
	t.memory.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	fresh := t.company()
	t.clock.follow(fresh)
	if t.store == nil {
		t.state = fresh
		return nil
	}
	state, err := t.store.replace(fresh)
	if err == nil {
		t.state = state
	}
	return err
}

// company is the tenant as it begins, at the time that it really is.
func (t *Tenant) company() *state {
	s := newCompany(t.options.clock().UTC(), t.options.scimServerToken)
	s.Habit = t.options.scimHabit
	s.crowd(t.options.people)
	return s
}

func (t *Tenant) now() time.Time { return t.clock.now() }

// with runs f on the state, alone: no other request, and for a tenant kept in
// a file no other process, sees the state meanwhile. What f changed is saved
// when it called touch.
func (t *Tenant) with(f func(*state)) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	timed := func(s *state) {
		t.clock.follow(s)
		if f(s); s.dirty {
			t.clock.keep(s)
		}
	}
	if t.store == nil {
		timed(t.state)
		return nil
	}
	state, err := t.store.update(t.state, timed)
	t.state = state
	return err
}

// A Request is one request that the tenant was asked.
type Request = odata.Request

// Requests lists what was asked since the start or the last ForgetRequests,
// oldest first; the last ten thousand are kept.
func (t *Tenant) Requests() []Request {
	t.memory.Lock()
	defer t.memory.Unlock()
	return append([]Request{}, t.asked...)
}

// ForgetRequests empties the list of Requests.
func (t *Tenant) ForgetRequests() {
	t.memory.Lock()
	defer t.memory.Unlock()
	t.asked = nil
}

const keptRequests = 10000

func (t *Tenant) remember(r Request) {
	t.memory.Lock()
	t.asked = append(t.asked, r)
	if len(t.asked) > keptRequests {
		t.asked = t.asked[1:] // the next append that moves the list lets go of it
	}
	t.memory.Unlock()
}

// Handler answers Graph requests below /v1.0, and with WithSCIMPath also SCIM
// requests below that path.
func (t *Tenant) Handler() http.Handler { return t.front() }
