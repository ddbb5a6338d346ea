package cmd

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// killedRows are the rows of a run that is killed over and over.
const killedRows = 2000

// A run is killed over and over: at random instants, and every second time while
// a write is on its way, which the server carries out nevertheless. What Graph had
// confirmed and the journal holds is never written again; at the end every row
// has been written, and everybody has the role. SCIMCTL_TEST_KILLS says how many
// kills there are.
func TestARunThatIsKilledGoesOnAndWritesNothingTwice(t *testing.T) {
	t.Parallel()
	kills := 4
	if text := os.Getenv("SCIMCTL_TEST_KILLS"); text != "" {
		kills, _ = strconv.Atoi(text)
	}
	v := newVictim(t)
	v.command(t, "ext", "create", "workato_role").end(t)
	for round := 0; v.kills < kills; round++ {
		v.table(t, "Role"+strconv.Itoa(round))
		for !v.attempt(t, kills) {
		}
		v.check(t, "Role"+strconv.Itoa(round))
	}
	if v.unconfirmed == 0 {
		t.Error("no write was carried out without being confirmed")
	}
	t.Logf("%d kills, %d writes, %d of them twice, %d applied but not confirmed", v.kills, v.writes, v.twice, v.unconfirmed)
}

// victim is a program that is killed, with its tenant in this process.
type victim struct {
	folder  string
	url     string
	file    string
	kills   int
	writes  int // of all rounds
	twice   int
	settled map[string]bool // users that the journal holds
	written map[string]bool // users that were written in this round
	company *sandbox.Tenant
	server  *stubborn

	unconfirmed int // writes that were carried out when the journal did not hold them
}

// stubborn carries out each request that has arrived, also when the client is
// dead by then.
type stubborn struct {
	next    http.Handler
	latency time.Duration

	mu    sync.Mutex
	skip  int             // writing batches until the one that is held
	held  chan<- struct{} // is closed when that one has arrived; nil: none is held
	dead  <-chan struct{} // until then it is held
	conns map[net.Conn]bool
	none  *sync.Cond // no connection is open
}

func newStubborn(next http.Handler, latency time.Duration) *stubborn {
	s := &stubborn{next: next, latency: latency, conns: map[net.Conn]bool{}}
	s.none = sync.NewCond(&s.mu)
	return s
}

func (s *stubborn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // it did not arrive as a whole
	}
	if bytes.Contains(body, []byte(http.MethodPatch)) {
		s.hold()
	}
	<-time.After(s.latency)
	r = r.WithContext(context.WithoutCancel(r.Context()))
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.next.ServeHTTP(w, r)
}

// hold keeps one request back until the client is dead.
func (s *stubborn) hold() {
	s.mu.Lock()
	s.skip--
	held, dead := s.held, s.dead
	if held == nil || s.skip >= 0 {
		s.mu.Unlock()
		return
	}
	s.held = nil
	s.mu.Unlock()
	close(held)
	<-dead
}

// holdOne has a writing batch held until the client is dead, after some others.
func (s *stubborn) holdOne(skip int, dead <-chan struct{}) (held <-chan struct{}) {
	arrived := make(chan struct{})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skip, s.held, s.dead = skip, arrived, dead
	return arrived
}

func (s *stubborn) note(c net.Conn, state http.ConnState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if state == http.StateNew {
		s.conns[c] = true
	}
	if state == http.StateClosed {
		delete(s.conns, c)
	}
	if len(s.conns) == 0 {
		s.none.Broadcast()
	}
}

// settle waits until all that a dead client has sent is carried out: then its
// connections are closed.
func (s *stubborn) settle() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held = nil
	for len(s.conns) > 0 {
		s.none.Wait()
	}
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{folder: t.TempDir(), company: sandbox.New(sandbox.WithLag(0), sandbox.WithPeople(killedRows))}
	v.server = newStubborn(v.company.Handler(), 15*time.Millisecond)
	srv := httptest.NewUnstartedServer(v.server)
	srv.Config.ConnState = v.server.note
	srv.Start()
	t.Cleanup(func() { srv.Close(); _ = v.company.Close() })
	v.url = srv.URL
	return v
}

type process struct{ *exec.Cmd }

func (v *victim) command(t *testing.T, args ...string) process {
	t.Helper()
	exe, _ := os.Executable() // it runs
	c := exec.CommandContext(t.Context(), exe, args...)
	c.Args[0] = "scimctl" // which testscript runs it by
	c.Env = []string{
		"SCIMCTL_APP=Workato", "SCIMCTL_STATE_DIR=" + v.folder, "HOME=" + v.folder, "XDG_CONFIG_HOME=" + v.folder, "AppData=" + v.folder,
		"SCIMCTL_GRAPH_ENDPOINT=" + v.url, "SCIMCTL_ACCESS_TOKEN=token", "GORACE=atexit_sleep_ms=0", "SystemRoot=" + os.Getenv("SystemRoot"),
	}
	return process{c}
}

func (p process) end(t *testing.T) {
	t.Helper()
	if out, err := p.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

func (v *victim) table(t *testing.T, role string) {
	t.Helper()
	v.file = filepath.Join(v.folder, role+".csv")
	if err := os.WriteFile(v.file, []byte(crowdTable(killedRows, role)), 0o600); err != nil {
		t.Fatal(err)
	}
	v.written, v.settled = map[string]bool{}, map[string]bool{}
}

// attempt runs the program, kills it at some instant, and tells whether it was
// done before.
func (v *victim) attempt(t *testing.T, most int) (done bool) {
	t.Helper()
	c := v.command(t, "user", "set-role", "--file", v.file, "--yes", "--quiet")
	var said strings.Builder
	c.Stderr = &said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	ended, dead := make(chan error, 1), make(chan struct{})
	go func() { err := c.Wait(); close(dead); ended <- err }()
	var after <-chan time.Time
	var held <-chan struct{}
	switch {
	case v.kills >= most:
	case v.kills%2 == 0:
		held = v.server.holdOne(rand.N(30), dead)
	default:
		after = time.After(50*time.Millisecond + rand.N(900*time.Millisecond))
	}
	var err error
	select {
	case err = <-ended:
	case <-after:
		_ = c.Process.Kill() // it may just have ended
		err = <-ended
	case <-held:
		_ = c.Process.Kill()
		err = <-ended
	}
	v.count(t)
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		if said.Len() > 0 { // who is killed says nothing
			t.Fatalf("%v: %s", err, said.String())
		}
		v.kills++
		v.settle(t)
		for user := range v.written {
			if !v.settled[user] {
				v.unconfirmed++
			}
		}
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}

// count takes over what the tenant was asked to write. None of it may stand in
// the journal from before.
func (v *victim) count(t *testing.T) {
	t.Helper()
	v.server.settle()
	for _, r := range v.company.Requests() {
		for _, item := range r.Items {
			if item.Method != http.MethodPatch || item.Status >= 300 {
				continue
			}
			v.writes++
			if v.written[item.Path] {
				v.twice++
			}
			if v.written[item.Path] = true; v.settled[item.Path] {
				t.Errorf("%s stands in the journal and was written again", item.Path)
			}
		}
	}
	v.company.ForgetRequests()
}

// settle notes which rows the journal of the unfinished run holds.
func (v *victim) settle(t *testing.T) {
	t.Helper()
	_ = filepath.WalkDir(filepath.Join(v.folder, "runs"), func(path string, _ fs.DirEntry, err error) error {
		if err == nil && filepath.Base(path) == "plan.jsonl" && v.isCurrent(path) {
			v.read(t, filepath.Dir(path))
		}
		return nil
	})
}

func (v *victim) isCurrent(path string) bool {
	text, err := os.ReadFile(filepath.Join(filepath.Dir(path), "run.json"))
	return err == nil && strings.Contains(string(text), filepath.Base(v.file))
}

func (v *victim) read(t *testing.T, folder string) {
	t.Helper()
	ids := map[int]string{}
	eachLine(t, filepath.Join(folder, "plan.jsonl"), func(line []byte) {
		var p struct {
			Row int    `json:"row"`
			ID  string `json:"id"`
		}
		if json.Unmarshal(line, &p) == nil {
			ids[p.Row] = "/users/" + p.ID
		}
	})
	eachLine(t, filepath.Join(folder, "journal.jsonl"), func(line []byte) {
		var c struct {
			Written []int `json:"written"`
		}
		if json.Unmarshal(line, &c) != nil {
			return
		}
		for _, row := range c.Written {
			if !v.written[ids[row]] {
				t.Errorf("row %d stands in the journal and was never written", row)
			}
			v.settled[ids[row]] = true
		}
	})
}

func eachLine(t *testing.T, path string, visit func([]byte)) {
	t.Helper()
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		visit(in.Bytes())
	}
}

// check looks whether all is as it should be once the run is finished.
func (v *victim) check(t *testing.T, role string) {
	t.Helper()
	if len(v.written) != killedRows {
		t.Errorf("%s: %d of %d rows were written", role, len(v.written), killedRows)
	}
	out, err := v.command(t, "user", "verify-role", "--file", v.file).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v: %s", role, err, out)
	}
	v.company.ForgetRequests()
}
