package sandbox_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func contextThatEnds(t *testing.T) (context.Context, context.CancelFunc) {
	return context.WithCancel(t.Context())
}

func TestFailuresAreWeighedAsDocumented(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		tally sandbox.Tally
		want  bool
	}{
		{sandbox.Tally{Failed: 4000}, false},
		{sandbox.Tally{Failed: 4999}, false},
		{sandbox.Tally{Failed: 5000}, true},
		{sandbox.Tally{Failed: 5000, Good: 7500}, false}, // just 40 in a hundred
		{sandbox.Tally{Failed: 5001, Good: 7500}, true},
		{sandbox.Tally{Failed: 45000, Good: 1000000}, true},
		{sandbox.Tally{Failed: 40000, Good: 1000000}, false},
		{sandbox.Tally{Failed: 30000, Good: 5000}, true},
		{sandbox.Tally{Failed: 20000, Good: 100000}, false},
		{sandbox.Tally{Failed: 40000, References: 21000, Good: 1000000}, true},
		{sandbox.Tally{References: 60000}, false},
		{sandbox.Tally{References: 60001}, true},
	} {
		if got := test.tally.Quarantines(); got != test.want {
			t.Errorf("%+v: %t", test.tally, got)
		}
	}
}

// picky is a SCIM server in front of the sandbox's own that refuses some
// requests, and counts those that it refused.
type picky struct {
	*httptest.Server
	refuses atomic.Pointer[func(method, path, body string) bool]
	refused atomic.Int64
}

func (t *tenant) picky(refuses func(method, path, body string) bool) *picky {
	p := &picky{}
	p.refuses.Store(&refuses)
	behind := t.Handler()
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if (*p.refuses.Load())(r.Method, r.URL.Path, string(body)) {
			p.refused.Add(1)
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

func (p *picky) now(refuses func(method, path, body string) bool) { p.refuses.Store(&refuses) }

func never503(string, string, string) bool { return false }

func create(name string) func(method, path, body string) bool {
	return func(method, _, body string) bool { return method == "POST" && strings.Contains(body, name) }
}

func TestAFailureIsTriedInTheNextCycleAndThenEverMoreSeldom(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"), still())
	job := s.job()
	far := s.picky(create("ada@contoso.com"))
	s.configure(syncOf(job), far.URL+"/scim", s.token())
	s.assign(s.user("ada@contoso.com"))
	s.assign(s.user("barbara@contoso.com"))
	s.must(204, "POST", job+"/start", nil)
	p := s.advance(sandbox.Move{By: 40 * 24 * time.Hour})
	var at []time.Duration
	for _, r := range p.Cycles {
		if r.Failed > 0 {
			at = append(at, r.At.Sub(noon()))
		}
	}
	want := []time.Duration{0, 40 * time.Minute, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 48 * time.Hour}
	if diff := cmp.Diff(want, at[:len(want)]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if last := at[len(at)-1]; last < 28*24*time.Hour || last > 29*24*time.Hour {
		t.Errorf("it was given up after %s", last)
	}
	if got := s.must(200, "GET", job, nil); got.string("status/code") != "Active" {
		t.Error(got.text)
	}
	far.now(never503)
	if s.advance(sandbox.Move{By: 48 * time.Hour}); s.scimUser("ada@contoso.com") != nil {
		t.Error("what was given up was tried again")
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"jobTitle":"Countess"}`)
	if s.advance(sandbox.Move{}); s.scimUser("ada@contoso.com") == nil {
		t.Error("a change of what was given up was not looked at")
	}
}

func TestAFailureSaysWhenItIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"), still())
	job := s.job()
	far := s.picky(create("ada@contoso.com"))
	s.configure(syncOf(job), far.URL+"/scim", s.token())
	s.assign(s.user("ada@contoso.com"))
	s.must(204, "POST", job+"/start", nil)
	s.advance(sandbox.Move{Cycles: 2})
	var ends []string
	for _, e := range s.must(200, "GET", "/auditLogs/provisioning", nil).list() {
		_, end, _ := strings.Cut(at(e, "provisioningStatusInfo", "errorInformation", "reason").(string), "This operation")
		ends = append(ends, end)
	}
	want := []string{
		" was retried 1 times. It will be retried again after this date: 2026-03-01T18:00:00Z UTC",
		" was retried 0 times. It will be retried again after this date: 2026-03-01T12:40:00Z UTC",
	}
	if diff := cmp.Diff(want, ends); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got := s.must(200, "GET", job, nil)
	if at(got.body, "status", "lastExecution", "countEscrowed") != 1.0 || got.string("status/lastExecution/state") != "EntryLevelErrors" {
		t.Error(got.text)
	}
	s.must(204, "POST", job+"/restart", `{}`)
	far.now(never503)
	if s.advance(sandbox.Move{}); s.scimUser("ada@contoso.com") == nil {
		t.Error("a restart did not try again what had failed")
	}
}

func TestTooManyFailuresQuarantineTheJobUntilTheyAreMended(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"), sandbox.WithEscrowMinimum(3), still())
	job := s.job()
	everyone := func(method, path, _ string) bool { return method == "POST" && strings.HasSuffix(path, "/Users") }
	far := s.picky(everyone)
	s.configure(syncOf(job), far.URL+"/scim", s.token())
	for _, name := range []string{"ada", "barbara", "edsger"} {
		s.assign(s.user(name + "@contoso.com"))
	}
	s.must(204, "POST", job+"/start", nil)
	first := s.advance(sandbox.Move{})
	want := []sandbox.CycleReport{{
		At: noon(), Cycles: 1, Kind: "initial", State: "EntryLevelErrors", Failed: 3, Quarantine: "EncounteredEscrowProportionThreshold", Next: noon().Add(6 * time.Hour),
	}}
	if diff := cmp.Diff(want, told(first)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got := s.must(200, "GET", job, nil)
	if got.string("status/code") != "Quarantine" || got.string("status/quarantine/reason") != "EncounteredEscrowProportionThreshold" {
		t.Error(got.text)
	}
	s.advance(sandbox.Move{})
	if q, _ := at(s.must(200, "GET", job, nil).body, "status", "quarantine").(map[string]any); q["currentBegan"] != "2026-03-01T12:00:00Z" || q["nextAttempt"] != "2026-03-02T06:00:00Z" {
		t.Errorf("the second time: %v", q)
	}
	far.now(never503)
	s.advance(sandbox.Move{})
	if got := s.must(200, "GET", job, nil); got.string("status/code") != "Active" || len(s.snapshot().Users) != 3 {
		t.Error(got.text)
	}
}

func TestARefusedReferenceLeavesTheObjectInPlace(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"), sandbox.WithEscrowMinimum(1), still())
	job := s.job()
	far := s.picky(func(method, _, body string) bool { return method == "PATCH" && strings.Contains(body, "User:manager") })
	s.configure(syncOf(job), far.URL+"/scim", s.token())
	for _, name := range []string{"ada", "katherine"} {
		s.assign(s.user(name + "@contoso.com"))
	}
	s.must(204, "POST", job+"/start", nil)
	p := s.advance(sandbox.Move{Cycles: 2})
	if got := s.must(200, "GET", job, nil); got.string("status/code") != "Active" || len(s.snapshot().Users) != 2 {
		t.Error("failed references count like failed objects:", got.text)
	}
	if p.Cycles[0].Failed == 0 || far.refused.Load() == 0 {
		t.Errorf("%+v", p.Cycles)
	}
	far.now(never503)
	s.advance(sandbox.Move{By: 6 * time.Hour})
	if got := at(s.scimUser("ada@contoso.com"), "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User", "manager", "value"); got == nil {
		t.Error("the manager was not tried again")
	}
}
