package cmd

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scimctl/scimctl/graph/sandbox"
)

// killedRows are the rows of a run that is killed over and over.
const killedRows = 2000

// A run is killed at random instants, until so many kills have hit it. What
// Graph had confirmed and the journal holds is never written again; at the end
// every row has been written, and everybody has the role. SCIMCTL_TEST_KILLS
// says how many kills there are.
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
	t.Logf("%d kills, %d of %d writes were of rows in flight when one came", v.kills, v.twice, v.writes)
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
}

func newVictim(t *testing.T) *victim {
	t.Helper()
	v := &victim{folder: t.TempDir(), company: sandbox.New(sandbox.WithLag(0), sandbox.WithPeople(killedRows))}
	srv := httptest.NewServer(delayed(v.company.Handler(), 15*time.Millisecond))
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
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	var after <-chan time.Time
	if v.kills < most {
		after = time.After(50*time.Millisecond + rand.N(900*time.Millisecond))
	}
	var err error
	select {
	case err = <-ended:
	case <-after:
		_ = c.Process.Kill() // it may just have ended
		err = <-ended
	}
	v.count(t)
	if _, failed := errors.AsType[*exec.ExitError](err); failed {
		if said.Len() > 0 { // who is killed says nothing
			t.Fatalf("%v: %s", err, said.String())
		}
		v.kills++
		v.settle(t)
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
	<-time.After(50 * time.Millisecond) // what was sent before the kill may still be on its way
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
