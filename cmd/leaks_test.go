package cmd

import (
	"context"
	"net/http/httptest"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// Whatever end a command comes to, it leaves no connection and no goroutine.
func TestACommandLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	throttled := sandbox.WithFault(sandbox.Fault{Kind: sandbox.Throttled, Every: 2})
	for _, test := range []struct {
		name, line string
		options    []sandbox.Option
		patience   time.Duration // after which the user presses Ctrl-C; 0: never
		want       exit.Code
	}{
		{name: "success", line: "app show", want: exit.OK},
		{name: "several look-ups at once", line: "assignment add ada@contoso.com betty@contoso.com --group Sales", want: exit.OK},
		{name: "progress", line: "user get-role ada@contoso.com betty@contoso.com", want: exit.NotFound},
		{name: "dry run", line: "provision setup --dry-run -v", want: exit.OK},
		{name: "not found", line: "app show --app Fabrikam", want: exit.NotFound},
		{name: "one of two look-ups fails", line: "assignment add nobody@contoso.com", want: exit.NotFound},
		{name: "wrong usage", line: "app show --nonsense", want: exit.Usage},
		{name: "throttled", line: "app show", options: []sandbox.Option{throttled}, want: exit.OK},
		{name: "replication", line: "ext create workato_role", options: []sandbox.Option{sandbox.WithLag(3)}, want: exit.OK},
		{name: "gives up waiting", line: "ext create workato_role --wait-timeout 3s", options: []sandbox.Option{sandbox.WithLagTime(time.Hour)}, want: exit.Unavailable},
		{name: "timeout in a request", line: "app show --timeout 500ms", want: exit.Unavailable},
		{name: "timeout between requests", line: "ext create workato_role --timeout 9s", options: []sandbox.Option{sandbox.WithLagTime(time.Hour)}, want: exit.Unavailable},
		{name: "Ctrl-C in a request", line: "app show", patience: 1500 * time.Millisecond, want: exit.Interrupted},
		{name: "Ctrl-C while waiting", line: "ext create workato_role", options: []sandbox.Option{sandbox.WithLagTime(time.Hour)}, patience: time.Minute, want: exit.Interrupted},
		{name: "Ctrl-C while throttled", line: "app show", options: []sandbox.Option{sandbox.WithFault(sandbox.Fault{Kind: sandbox.Throttled, RetryAfter: time.Minute})}, patience: 5 * time.Second, want: exit.Interrupted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMeter(t, test.options...)
				var interrupt context.CancelFunc
				m.ctx, interrupt = context.WithCancel(t.Context())
				defer interrupt()
				if test.patience > 0 {
					time.AfterFunc(test.patience, interrupt)
				}
				got, said := m.run(test.line)
				if got.exit != int(test.want) {
					t.Errorf("exit code %d, want %d: %s", got.exit, test.want, said)
				}
				synctest.Wait()
				if open := m.company.Connections(); len(open) > 0 {
					t.Errorf("connections are left: %v", open)
				}
				if err := m.company.Close(); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				for _, left := range bubble() {
					t.Errorf("a goroutine is left: %s", left)
				}
			})
		})
	}
}

// bubble gives the stacks of the goroutines in this bubble, apart from the
// caller's and that of synctest itself.
func bubble() []string {
	all := make([]byte, 128<<10)
	n := runtime.Stack(all, true)
	for ; n == len(all); n = runtime.Stack(all, true) {
		all = make([]byte, 2*n)
	}
	stacks := strings.Split(string(all[:n]), "\n\n")
	name := regexp.MustCompile(`synctest bubble \d+\b`).FindString(stacks[0])
	var others []string
	for _, stack := range stacks[1:] {
		header, _, _ := strings.Cut(stack, "\n")
		isTesting := strings.Contains(stack, "testing/synctest.testingSynctestTest(") || strings.Contains(stack, "internal/synctest.Run(")
		if strings.Contains(header, name+"]") && !isTesting {
			others = append(others, stack)
		}
	}
	return others
}

// The same over TCP, with the connections that the program makes by itself.
// Not in parallel with others, whose goroutines would be counted too.
func TestNothingIsLeftOfConnectionsOverTheNetwork(t *testing.T) {
	company := sandbox.New(sandbox.WithLag(0))
	server := httptest.NewServer(company.Handler())
	defer server.Close()
	before := runtime.NumGoroutine()
	for _, line := range []string{"app show", "user set-role nobody@contoso.com Admin", "assignment add ada@contoso.com"} {
		io, _, _, said := iostreams.Test()
		env := map[string]string{
			"SCIMCTL_APP": "Workato", "SCIMCTL_GRAPH_ENDPOINT": server.URL, "SCIMCTL_ACCESS_TOKEN": "token", "SCIMCTL_STATE_DIR": t.TempDir(), "HOME": t.TempDir(),
		}
		newApp(io, func(name string) string { return env[name] }).Run(t.Context(), strings.Fields(line))
		t.Log(said)
		deadline := time.Now().Add(10 * time.Second)
		for runtime.NumGoroutine() > before {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d goroutines are left, %d before", line, runtime.NumGoroutine(), before)
			}
			runtime.Gosched()
		}
	}
}
