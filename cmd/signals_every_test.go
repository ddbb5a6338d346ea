//go:build unix

package cmd

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/spf13/cobra"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// otherCommands are a line for each command that sends no request by itself, or
// that needs what an earlier command has left on this machine.
const otherCommands = `
auth login
auth logout
auth permissions
auth status
config get app
config list
config set app Workato
config unset app
init workato
mapping functions
mapping history
mapping restore latest --yes
provision logs show 00000000-0000-4000-8000-000000000001
runs list
runs resume 20261124-093000-run1
runs show 20261124-093000-run1
runs undo 20261124-093000-run1
sandbox reset --yes
sandbox serve
sandbox show
sandbox tick 1d
sandbox tour
`

// withoutWaiting are the commands that read nothing but their arguments.
var withoutWaiting = []string{"completion", "environment", "exit-codes", "help", "version"}

// everyCommand is a line for each command of the tree: a new command fails the
// test until it has one.
func everyCommand(t *testing.T) (lines []string) {
	t.Helper()
	all := remoteCommands()
	for line := range strings.Lines(strings.TrimSpace(readingStdin + strings.TrimSpace(otherCommands))) {
		all = append(all, strings.TrimSpace(line))
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			visit(sub)
		}
		path := strings.TrimPrefix(c.CommandPath(), "scimctl ")
		if c.HasSubCommands() || slices.Contains(withoutWaiting, path) {
			return
		}
		i := slices.IndexFunc(all, func(line string) bool { return line == path || strings.HasPrefix(line, path+" ") })
		if i < 0 {
			t.Errorf("no line of the command %q is tried with signals", path)
			return
		}
		lines = append(lines, all[i])
	}
	visit(newRoot(newApp(iostreams.Discard(), func(string) string { return "" })))
	return lines
}

// Whatever a command does, it reads its settings first: here from a pipe into
// which nobody writes. By default each command gets one of the signals. They
// take a second each and nearly no work, so more run at once than in other tests.
func TestASignalEndsEveryCommandOfTheTree(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	places := make(chan struct{}, 16)
	for number, line := range everyCommand(t) {
		for n, sent := range interruptingSignals() {
			if os.Getenv(everyFault) != "all" && n != number%len(interruptingSignals()) {
				continue
			}
			all.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				t.Run(fmt.Sprintf("%s/%s", line, sent), func(t *testing.T) {
					fifo := filepath.Join(t.TempDir(), "config.yaml")
					if err := syscall.Mkfifo(fifo, 0o600); err != nil {
						t.Skip(err)
					}
					signaled{line: line, env: []string{"SCIMCTL_CONFIG=" + fifo}, wait: "its settings", ready: opened(t, fifo)}.endsBy(t, sent)
				})
			})
		}
	}
	all.Wait()
}

// opened is closed once somebody reads from a named pipe.
func opened(t *testing.T, fifo string) <-chan struct{} {
	t.Helper()
	reads := make(chan struct{})
	go func() {
		defer close(reads)
		if w, err := os.OpenFile(fifo, os.O_WRONLY, 0); err == nil { // returns once somebody reads
			t.Cleanup(func() { _ = w.Close() })
		}
	}()
	return reads
}

// A switched server answers as a tenant does, until it falls silent.
type switched struct {
	next    http.Handler
	silent  atomic.Bool
	writes  atomic.Int32  // falls silent when so many batches have written
	arrived chan struct{} // a request that is not answered
}

func (s *switched) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // what is missing is an error of the tenant
	r.Body = io.NopCloser(bytes.NewReader(body))
	if bytes.Contains(body, []byte(`"PATCH"`)) && s.writes.Add(-1) == 0 {
		s.silent.Store(true)
	}
	if !s.silent.Load() {
		s.next.ServeHTTP(w, r)
		return
	}
	s.arrived <- struct{}{}
	<-r.Context().Done()
}

// What was kept on this machine is undone, restored and resumed in a tenant that
// does not answer.
func TestASignalEndsWhatGoesOnFromLocalState(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	company := sandbox.New(sandbox.WithLag(0), sandbox.WithPeople(200))
	t.Cleanup(func() { _ = company.Close() })
	tenant := &switched{next: company.Handler(), arrived: make(chan struct{}, 1000)}
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	env := []string{"SCIMCTL_GRAPH_ENDPOINT=" + server.URL, "SCIMCTL_STATE_DIR=" + folder}
	table := func(name string, n int) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(crowdTable(n, "Admin")), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	cut := "user set-role --yes --file " + table("cut.csv", 200)
	for _, line := range []string{
		"ext create workato_role", "provision setup", "mapping add nickName=givenName", "user set-role --yes --file " + table("done.csv", 20),
	} {
		if c, said := (signaled{line: line, env: env}).start(t); c.Run() != nil {
			t.Fatal(said)
		}
	}
	done := onlyRun(t, folder, "")
	tenant.writes.Store(3)
	s := signaled{line: cut, env: env, ready: tenant.arrived, wait: "an answer to a batch"}
	s.endsBy(t, syscall.SIGTERM)
	for _, line := range []string{
		"runs undo " + done + " --yes", "runs resume " + onlyRun(t, folder, done) + " --yes", "mapping restore latest --yes",
		"provision logs show 00000000-0000-4000-8000-000000000001",
	} {
		for _, sent := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
			for len(tenant.arrived) > 0 {
				<-tenant.arrived
			}
			s.line, s.wait = line, "an answer"
			s.endsBy(t, sent)
		}
	}
}

// onlyRun is the run that is not the other one.
func onlyRun(t *testing.T, folder, other string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(folder, "runs"))
	i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() && e.Name() != other })
	if err != nil || i < 0 {
		t.Fatalf("there is no run: %v, %v", entries, err)
	}
	return entries[i].Name()
}
