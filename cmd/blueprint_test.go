package cmd

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/scimctl/scimctl/cmd/internal/exit"
)

// interruptsAt is Ctrl-C while a request is on its way.
type interruptsAt struct {
	http.RoundTripper
	method, end string
	interrupt   func()
}

func (i interruptsAt) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == i.method && strings.HasSuffix(r.URL.Path, i.end) {
		i.interrupt()
	}
	return i.RoundTripper.RoundTrip(r)
}

func TestApplyingThatIsInterruptedSaysWhatIsDoneAndTheNextRunDoesTheRest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		ctx, interrupt := context.WithCancel(t.Context())
		m.ctx = ctx
		m.through = func(next http.RoundTripper) http.RoundTripper {
			return interruptsAt{next, http.MethodPut, "/schema", interrupt}
		}
		const apply = "apply -f testdata/blueprint/workato.yaml --yes"
		c, said := m.run(apply)
		text := said.String()
		if c.exit != int(exit.Interrupted) || !strings.Contains(text, "9 done, 5 failed, 4 skipped; running the command again does the rest") ||
			!strings.Contains(text, "provisioning skipped: it needs what failed: schema") {
			t.Errorf("exit code %d: %s", c.exit, text)
		}
		if strings.Contains(text, scimToken) {
			t.Error("a secret was told")
		}
		m.ctx, m.through = t.Context(), nil
		if c, said := m.run(apply); c.exit != 0 {
			t.Errorf("exit code %d: %s", c.exit, said)
		}
		if c, said := m.run("plan -f testdata/blueprint/workato.yaml --detailed-exitcode"); c.exit != 0 {
			t.Errorf("exit code %d: %s", c.exit, said)
		}
	})
}
