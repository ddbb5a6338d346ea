//go:build unix

package cmd

import (
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A killer is a tenant that ends the program with SIGKILL when it has answered
// its nth request after the one that stops the job.
type killer struct {
	*sandbox.Tenant
	url     string
	folder  string
	program atomic.Pointer[exec.Cmd]
	left    atomic.Int64 // requests until the kill, from the stop on
}

func newKiller(t *testing.T) *killer {
	t.Helper()
	k := &killer{Tenant: sandbox.New(sandbox.WithLag(0), sandbox.WithSCIMServerToken(scimToken)), folder: t.TempDir()}
	next := k.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		program := k.program.Load()
		if program == nil || k.left.Load() == 0 && !strings.HasSuffix(r.URL.Path, "/pause") {
			return
		}
		if k.left.Add(-1) == 0 {
			_ = program.Process.Kill()
			<-r.Context().Done() // it is dead before it reads the answer
		}
	}))
	t.Cleanup(func() { server.Close(); _ = k.Close() })
	k.url = server.URL
	return k
}

// run runs a command to its end.
func (k *killer) run(t *testing.T, line string) (code int, said string) {
	t.Helper()
	s := signaled{line: line, stdin: strings.NewReader(scimToken), env: []string{"SCIMCTL_GRAPH_ENDPOINT=" + k.url, "SCIMCTL_STATE_DIR=" + k.folder}}
	c, out := s.start(t)
	k.program.Store(c)
	_ = c.Run() // the exit code tells
	return c.ProcessState.ExitCode(), out.String()
}

func (k *killer) want(t *testing.T, line string) (said string) {
	t.Helper()
	code, said := k.run(t, line)
	if code != 0 {
		t.Fatalf("%s: exit code %d:\n%s", line, code, said)
	}
	return said
}

// killed runs a command that is killed with its nth request from the stop on.
// It reports false when the command ended before.
func (k *killer) killed(t *testing.T, line string, n int64) bool {
	t.Helper()
	k.left.Store(n)
	code, _ := k.run(t, line)
	k.left.Store(0)
	return code == -1
}

func (k *killer) isActive(t *testing.T) bool {
	t.Helper()
	state, err := k.State()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(state), `"active":true`)
}

// After a command that was killed with the job stopped, any command says so, with
// the command that starts the job. The killed command again starts it as well.
func TestAJobThatAKilledCommandLeftStoppedIsReported(t *testing.T) {
	t.Parallel()
	for line, undo := range map[string]string{
		"mapping disable --object group --while-stopped --yes": "mapping enable --object group --yes",
		"provision sync-now --yes":                             "app list",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			k := newKiller(t)
			for _, before := range []string{"provision setup", "credentials set --url " + sandbox.SCIMURL + " --token-stdin", "provision start --yes"} {
				k.want(t, before)
			}
			left := 0
			for n := int64(1); k.killed(t, line, n); n++ {
				said := k.want(t, "app list")
				_, hint, told := strings.Cut(said, "was stopped by an interrupted command")
				if told == k.isActive(t) {
					t.Fatalf("killed with request %d: active %v, and the next command says:\n%s", n, !told, said)
				}
				next := line
				if told {
					if left++; left%2 == 1 {
						_, next, _ = strings.Cut(hint, "    scimctl ")
						next, _, _ = strings.Cut(next, "\n")
					}
				}
				k.want(t, next)
				if said := k.want(t, undo); !k.isActive(t) || strings.Contains(said, "interrupted") {
					t.Errorf("killed with request %d, after %q: active %v, and the next command says:\n%s", n, next, k.isActive(t), said)
				}
			}
			if left < 2 {
				t.Errorf("only %d kills left the job stopped", left)
			}
		})
	}
}
