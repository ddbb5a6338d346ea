package cmd

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// pressed is Ctrl-C at one request: before it goes out, or when it has been
// carried out and its answer has not arrived.
type pressed struct {
	http.RoundTripper
	ctx      context.Context
	press    func()
	answered bool

	mu   sync.Mutex
	left int      // requests until then
	late []string // that began after it, and not to start a job that was stopped
}

func (p *pressed) RoundTrip(r *http.Request) (*http.Response, error) {
	p.mu.Lock()
	p.left--
	now := p.left == 0
	if p.ctx.Err() != nil && r.Context().Err() == nil && !strings.Contains(r.URL.Path, "/jobs/") {
		p.late = append(p.late, r.Method+" "+r.URL.Path)
	}
	p.mu.Unlock()
	if now && !p.answered {
		p.press()
	}
	answer, err := p.RoundTripper.RoundTrip(r)
	if !now || !p.answered || err != nil {
		return answer, err
	}
	p.press()
	if r.Context().Err() == nil { // it belongs to an undo
		return answer, nil
	}
	_ = answer.Body.Close() // nobody is going to read it
	return nil, r.Context().Err()
}

func (p *pressed) CloseIdleConnections() {
	if c, ok := p.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Ctrl-C at any request ends a command with 130, and another run goes on from
// there.
func TestACommandCanBeInterruptedAtAnyRequest(t *testing.T) {
	eachStep(t, func(t *testing.T, s step, without pair) {
		for n := range without.first.asked {
			if s.passesOver(n) {
				continue
			}
			for when, answered := range map[string]bool{"before": false, "after": true} {
				t.Run(fmt.Sprintf("%s request %d", when, n+1), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { s.interrupted(t, n+1, answered, without) })
				})
			}
		}
	})
}

func (s step) interrupted(t *testing.T, n int, answered bool, without pair) {
	t.Helper()
	m := s.tenant(t)
	var press context.CancelFunc
	m.ctx, press = context.WithCancel(t.Context())
	defer press()
	p := &pressed{ctx: m.ctx, press: press, answered: answered, left: n}
	m.through = func(next http.RoundTripper) http.RoundTripper { p.RoundTripper = next; return p }
	got := pair{first: m.outcome(s.line, s.before)}
	if len(p.late) > 0 {
		t.Errorf("requests began after the interruption: %v", p.late)
	}
	got.second = s.again(t, m, got.first)
	if got.first.exit != exit.Interrupted || !strings.Contains(got.first.said, "scimctl: interrupted") || !strings.Contains(got.first.said, "\nhint: ") {
		t.Errorf("exit code %d", got.first.exit)
	}
	writing := 0
	for _, r := range without.first.asked {
		writing += writes(r)
	}
	if writing <= 1 && got.first.state != s.before && got.first.state != without.first.state {
		t.Errorf("something is half done: %s", difference(without.first.state, got.first.state))
	}
	s.heals(t, got, without)
	if t.Failed() {
		t.Logf("first run:%s\n%ssecond run:%s\n%s", m.list(got.first.asked), got.first.said, m.list(got.second.asked), got.second.said)
	}
}
