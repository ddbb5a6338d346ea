package cmd

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A condition holds for the whole of a command.
type condition struct {
	name    string
	options []sandbox.Option
	exit    exit.Code // when it is not overcome, nothing is changed
	said    string
}

func struck(f sandbox.Fault) []sandbox.Option { return []sandbox.Option{sandbox.WithFault(f)} }

func conditions() []condition {
	return []condition{
		{name: "every second request is throttled", options: struck(sandbox.Fault{Kind: sandbox.Throttled, Every: 2})},
		{name: "it is, and Graph does not say for how long", options: struck(sandbox.Fault{Kind: sandbox.Throttled, Every: 2, RetryAfter: -1})},
		{name: "every second read finds no service", options: struck(sandbox.Fault{Kind: sandbox.Unavailable, Method: http.MethodGet, Every: 2, RetryAfter: 7 * time.Second})},
		{name: "the quotas are small", options: struck(sandbox.Fault{Kind: sandbox.Quota, Units: 6, Writes: 1})},
		{name: "every answer takes two minutes", options: struck(sandbox.Fault{Kind: sandbox.Slow, Delay: 2 * time.Minute})},
		{name: "replication lags by three requests", options: []sandbox.Option{sandbox.WithLag(3)}},
		{name: "replication lags by half a minute", options: []sandbox.Option{sandbox.WithLagTime(30 * time.Second)}},
		{name: "the store drops what a save leaves out", options: []sandbox.Option{sandbox.WithStrictSecrets()}},
		{name: "on demand is answered as observed", options: []sandbox.Option{sandbox.WithObservedOnDemandAnswer()}},
		{name: "on demand says little of groups", options: []sandbox.Option{sandbox.WithBareGroupAnswer()}},
		{"the service is down", struck(sandbox.Fault{Kind: sandbox.Unavailable}), exit.Unavailable, "Graph answered 503"},
		{"it is throttled for good", struck(sandbox.Fault{Kind: sandbox.Throttled}), exit.Unavailable, "Graph answered 429"},
		{"no connection holds", struck(sandbox.Fault{Kind: sandbox.ResetBefore}), exit.Unavailable, "no answer from "},
		{"a proxy has no way to Graph", struck(sandbox.Fault{Kind: sandbox.BadGateway}), exit.Unavailable, "Graph answered 502"},
		{"a portal stands between", struck(sandbox.Fault{Kind: sandbox.HTML}), exit.Failure, "a proxy may stand between"},
		{"the network wants a sign-in", struck(sandbox.Fault{Kind: sandbox.Redirect}), exit.Failure, "https://portal.example.com/login"},
		{"the token has run out", struck(sandbox.Fault{Kind: sandbox.ExpiredToken}), exit.Auth, "the token is expired"},
	}
}

func TestACommandBearsWhatLasts(t *testing.T) {
	eachStep(t, func(t *testing.T, s step, without pair) {
		cells := 0
		for _, c := range conditions() {
			if cells++; s.passesOver(cells) {
				continue
			}
			t.Run(c.name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { s.under(t, c, without) })
			})
		}
	})
}

func (s step) under(t *testing.T, c condition, without pair) {
	t.Helper()
	m := s.tenant(t, c.options...)
	got := s.twice(t, m)
	want := without.first.state
	if c.exit != exit.OK {
		want = s.before
	}
	switch {
	case got.first.exit != c.exit:
		t.Errorf("exit code %d, want %d", got.first.exit, c.exit)
	case got.first.state != want:
		t.Error(difference(want, got.first.state))
	case c.exit != exit.OK && (!strings.Contains(got.first.said, c.said) || !strings.Contains(got.first.said, "\nhint: ")):
		t.Errorf("%q or a hint is missing", c.said)
	case c.exit == exit.OK && got.second.exit != without.second.exit:
		t.Errorf("a second run ends with %d", got.second.exit)
	case c.exit == exit.OK && got.second.state != without.second.state:
		t.Errorf("after a second run %s", difference(without.second.state, got.second.state))
	}
	if t.Failed() {
		t.Logf("first run:%s\n%ssecond run:%s\n%s", m.list(got.first.asked), got.first.said, m.list(got.second.asked), got.second.said)
	}
}
