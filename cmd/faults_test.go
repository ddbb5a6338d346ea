package cmd

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// An affliction is a fault that strikes one request of a command, and how the
// command may end then. Whatever it is, a second run brings the state about.
type affliction struct {
	sandbox.Fault
	repeated exit.Code // the request may be sent again, or has an answer all the same
	lookedUp exit.Code // it may not, but what it makes can be looked for
	blind    exit.Code // it may not, and nothing tells whether it was carried out
	said     string    // when the command fails
}

func afflictions() []affliction {
	const ok, down, broken = exit.OK, exit.Unavailable, exit.Failure
	return []affliction{
		{sandbox.Fault{Kind: sandbox.Throttled, RetryAfter: 7 * time.Second}, ok, ok, ok, ""},
		{sandbox.Fault{Kind: sandbox.Unavailable, RetryAfter: -1}, ok, down, down, "Graph answered 503"},
		{sandbox.Fault{Kind: sandbox.BadGateway}, ok, down, down, "Graph answered 502"},
		{sandbox.Fault{Kind: sandbox.GatewayTimeout}, ok, ok, down, "Graph answered 504"},
		{sandbox.Fault{Kind: sandbox.ResetBefore}, ok, down, down, "no answer from "},
		{sandbox.Fault{Kind: sandbox.ResetAfter}, ok, ok, down, "no answer from "},
		{sandbox.Fault{Kind: sandbox.BrokenOff}, ok, ok, down, "no answer from "},
		{sandbox.Fault{Kind: sandbox.CutOff}, broken, ok, broken, " NotJSON"},
		{sandbox.Fault{Kind: sandbox.HTML}, broken, broken, broken, " NotJSON"},
		{sandbox.Fault{Kind: sandbox.Redirect}, broken, broken, broken, "Graph answered 302 Redirect"},
		{sandbox.Fault{Kind: sandbox.ExpiredToken}, exit.Auth, exit.Auth, exit.Auth, "InvalidAuthenticationToken"},
	}
}

// want is how a command may end when one of its requests is struck.
func (a affliction) want(r asked) exit.Code {
	switch {
	case a.Kind == sandbox.CutOff && r.status == http.StatusNoContent:
		return exit.OK // there is nothing to cut
	case r.repeatable():
		return a.repeated
	case r.blind():
		return a.blind
	}
	return a.lookedUp
}

// Every command of the guide meets every fault at each of its requests.
func TestACommandBearsAFaultAtAnyRequest(t *testing.T) {
	eachStep(t, func(t *testing.T, s step, without pair) {
		cells := 0
		for _, a := range afflictions() {
			for _, r := range without.first.requests() {
				if cells++; s.passesOver(cells) {
					continue
				}
				t.Run(fmt.Sprintf("%s %s", a.Kind, r), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { s.bears(t, a, r, without) })
				})
			}
		}
	})
}

// bears compares a command that is struck, and a second run that is not, with
// the same two runs without a fault.
func (s step) bears(t *testing.T, a affliction, r asked, without pair) {
	t.Helper()
	a.Method, a.Path, a.Skip, a.First = r.method, r.path, r.before, 1
	m := s.tenant(t, sandbox.WithFault(a.Fault))
	got := pair{first: m.outcome(s.line, s.before), second: without.second}
	if r.method != http.MethodGet || got.first.exit != exit.OK { // else all is as without a fault, and the other run too
		got.second = s.again(t, m, got.first)
	} else {
		m.nothingIsLeft()
	}
	want := a.want(r)
	switch {
	case got.first.exit == exit.OK && want != exit.OK && strings.HasPrefix(s.line, "why "):
		// it gets along without memberships and logs, and says that they are not read
	case got.first.exit == exit.Partial && want != exit.OK && strings.Contains(got.first.said, " of 2 failed"):
		// of several, it strikes one
	case got.first.exit == exit.OK:
		got.first.like(t, "the struck run", without.first)
		got.second.like(t, "the run after it", without.second)
	case got.first.exit != want:
		t.Errorf("exit code %d, want %d", got.first.exit, want)
	case !strings.Contains(got.first.said, a.said) || !strings.Contains(got.first.said, "\nhint: "):
		t.Errorf("%q or a hint is missing", a.said)
	}
	if want == exit.OK && got.first.exit != exit.OK {
		t.Error("it did not get over it")
	}
	got.first.repeatsNothing(t, without.first)
	s.heals(t, got, without)
	if t.Failed() {
		t.Logf("first run:%s\n%ssecond run:%s\n%s", m.list(got.first.asked), got.first.said, m.list(got.second.asked), got.second.said)
	}
}

// heals wants the second run to end well, in the state asked for, with nothing
// secret said or kept, and nothing left running.
func (s step) heals(t *testing.T, got, without pair) {
	t.Helper()
	if again := got.second.exit; again != exit.OK && again != without.second.exit {
		t.Errorf("the run after it ends with %d", again)
	}
	if got.second.state != without.second.state {
		t.Errorf("after the second run %s", difference(without.first.state, got.second.state))
	}
	if stopped := !strings.Contains(got.first.state, "\nactive true\n"); s.stopsForAWhile() && stopped &&
		!strings.Contains(got.first.said, "stopped and was not started again") {
		t.Error("it does not say that the job is stopped")
	}
	for _, o := range []outcome{got.first, got.second} {
		if strings.Contains(o.said+o.answered, scimToken) {
			t.Errorf("the token is told:\n%s%s", o.answered, o.said)
		}
	}
}

// stopsForAWhile reports whether the command starts the active job that it stops.
func (s step) stopsForAWhile() bool {
	return s.line == "provision sync-now" || strings.HasPrefix(s.line, "provision restart") || strings.Contains(s.line, "--while-stopped")
}

// like wants an outcome as without a fault.
func (o outcome) like(t *testing.T, when string, want outcome) {
	t.Helper()
	if o.exit != want.exit {
		t.Errorf("%s ends with %d, want %d", when, o.exit, want.exit)
	}
	if o.state != want.state {
		t.Errorf("after %s %s", when, difference(want.state, o.state))
	}
	if diff := cmp.Diff(want.answered, o.answered); diff != "" {
		t.Errorf("%s answers otherwise (-want +got):\n%s", when, diff)
	}
}

// difference shows where two states part: they are large, and of one line.
func difference(want, got string) string {
	const around = 200
	n := 0
	for n < min(len(want), len(got)) && want[n] == got[n] {
		n++
	}
	begin := max(0, n-around)
	return fmt.Sprintf("the state is\n  %s\ninstead of\n  %s", got[begin:min(len(got), n+around)], want[begin:min(len(want), n+around)])
}

// repeatsNothing wants what must not be repeated to be sent as often as
// without a fault, those aside that Graph refused before it looked at them.
func (o outcome) repeatsNothing(t *testing.T, want outcome) {
	t.Helper()
	once := func(o outcome) map[string]int {
		sent := map[string]int{}
		for _, r := range o.asked {
			one := asked{method: r.Method, path: r.Path}
			if !one.repeatable() && r.Fault != string(sandbox.Throttled) && r.Fault != string(sandbox.ExpiredToken) {
				sent[r.Path]++
			}
		}
		return sent
	}
	allowed := once(want)
	for path, n := range once(o) {
		if n > allowed[path] {
			t.Errorf("%s is sent %d times, without a fault %d", path, n, allowed[path])
		}
	}
}
