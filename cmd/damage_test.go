package cmd

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/graph/resume"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A storedFile is one kind of file that scimctl stores and later reads.
type storedFile struct {
	kind string
	// find is a pattern below the state folder; of several files the last one is damaged.
	find string
	// fail are the commands that cannot do without it: each fails, names the file
	// and writes nothing. RUN, COPY and PLAN stand for the names in this state.
	fail []string
	// skip are the commands that list such files: each names the damaged one.
	skip []string
	// lenient is for files that people write: a changed byte may mean something.
	lenient bool
	// grows is for logs: what follows the last line was cut off by a kill.
	grows bool
}

func storedFiles() []storedFile {
	runs := []string{"runs undo RUN --yes", "runs undo RUN --dry-run"}
	rest := []string{"runs resume REST --yes"}
	return []storedFile{
		{kind: "config", find: "config.yaml", fail: []string{"config list --config CONFIG", "app list --config CONFIG"}, lenient: true},
		{kind: "saved plan", find: "saved.plan", fail: []string{"apply PLAN --yes"}},
		{
			kind: "schema copy", find: "schemas/*.json",
			fail: []string{"mapping restore COPY --yes", "mapping restore latest --yes", "mapping diff COPY", "mapping import -f COPYFILE --yes"},
			skip: []string{"mapping history", "mapping history --all -o json"},
		},
		{kind: "schema write", find: "schemas/*.request", skip: []string{"mapping history"}},
		{kind: "run", find: "runs/DONE/run.json", fail: append(runs, "runs show RUN"), skip: []string{"runs list"}},
		{kind: "plan of a run", find: "runs/DONE/plan.jsonl", fail: runs, grows: true},
		{kind: "journal of a run", find: "runs/DONE/journal.jsonl", fail: runs, grows: true},
		{kind: "run cut short", find: "runs/CUT/run.json", fail: append(rest, "runs show REST"), skip: []string{"runs list"}},
		{kind: "plan of a run cut short", find: "runs/CUT/plan.jsonl", fail: rest, grows: true},
		{kind: "journal of a run cut short", find: "runs/CUT/journal.jsonl", fail: rest, skip: []string{"runs list"}, grows: true},
		{kind: "input of a run cut short", find: "runs/CUT/input", fail: rest},
		{kind: "fingerprint", find: "credentials/*.json", fail: []string{"credentials show", "credentials test", "credentials set --url URL --token-env WORKATO_SCIM_TOKEN"}},
		{kind: "bookmark", find: "on-demand/*.json", fail: []string{"provision on-demand --group FINANCE"}},
		{kind: "note of a stopped job", find: "stopped/*.json", skip: []string{"app list", "provision status"}},
		{kind: "account", find: "accounts/*.json", skip: []string{"auth logout --dry-run --sandbox=false"}},
		{kind: "sandbox state", find: "sandbox/state.json", fail: []string{"app list --sandbox", "provision status --sandbox"}},
	}
}

// Damage of any kind at any byte of any file is an error that names the file. No
// command panics over it, or writes to the tenant because of it.
func TestADamagedLocalFileIsAnErrorThatNamesIt(t *testing.T) {
	t.Parallel()
	times, seed := 25, uint64(1)
	if os.Getenv(everyFault) == "all" {
		times, seed = 500, uint64(time.Now().UnixNano())
	}
	if text := os.Getenv("SCIMCTL_TEST_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
	}
	state := newStoredState(t)
	state.knowEveryFile(t)
	for _, file := range storedFiles() {
		t.Run(file.kind, func(t *testing.T) {
			t.Parallel()
			t.Logf("SCIMCTL_TEST_SEED=%d", seed)
			kind := fnv.New64()
			_, _ = kind.Write([]byte(file.kind)) // never fails
			state.damageAll(t, file, times, rand.New(rand.NewPCG(seed, kind.Sum64())))
		})
	}
}

// knowEveryFile holds that each file that commands have stored is of a kind that
// is damaged, or has no content that matters.
func (s *storedState) knowEveryFile(t *testing.T) {
	t.Helper()
	known := []string{"*.csv", "plan.yaml", "*/*.lock", "runs/lock-*", "runs/DONE/input"}
	for _, file := range storedFiles() {
		known = append(known, file.find)
	}
	names := strings.NewReplacer("DONE", s.done, "CUT", s.cut)
	err := fs.WalkDir(os.DirFS(s.folder), ".", func(path string, entry fs.DirEntry, err error) error {
		isKnown := func(pattern string) bool {
			matches, _ := filepath.Match(filepath.FromSlash(names.Replace(pattern)), filepath.FromSlash(path))
			return matches
		}
		if err == nil && !entry.IsDir() && !slices.ContainsFunc(known, isKnown) {
			t.Errorf("%s is of no kind that this test knows", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func (s *storedState) damageAll(t *testing.T, file storedFile, times int, random *rand.Rand) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(s.folder)); err != nil {
		t.Fatal(err)
	}
	path := s.pathOf(t, folder, file.find)
	whole, err := os.ReadFile(path)
	if err != nil || len(whole) == 0 {
		t.Fatalf("there is nothing to damage in %s: %v", path, err)
	}
	commands := slices.Concat(file.fail, file.skip)
	s.acceptWhole(t, commands)
	synctest.Test(t, func(t *testing.T) {
		tenant, err := sandbox.From(s.tenant, sandbox.WithLag(0))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tenant.Close() }()
		for n := range times {
			text, how := damage(random, whole, file.grows)
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			command := n % len(commands)
			s.try(t, tenant, folder, trial{file, path, how, commands[command], command >= len(file.fail)})
			tenant.ForgetRequests()
		}
	})
}

// acceptWhole holds that no command finds damage where there is none.
func (s *storedState) acceptWhole(t *testing.T, commands []string) {
	t.Helper()
	for _, line := range commands {
		folder := t.TempDir()
		if err := os.CopyFS(folder, os.DirFS(s.folder)); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			tenant, err := sandbox.From(s.tenant, sandbox.WithLag(0))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = tenant.Close() }()
			if code, said := s.run(t.Context(), tenant, folder, line); code == int(exit.Failure) || strings.Contains(said, "damaged") {
				t.Errorf("%s: exit code %d with whole files:\n%s", line, code, said)
			}
		})
	}
}

type trial struct {
	file    storedFile
	path    string
	how     string
	line    string
	skipped bool
}

func (s *storedState) try(t *testing.T, tenant *sandbox.Tenant, folder string, is trial) {
	t.Helper()
	code, said := s.run(t.Context(), tenant, folder, is.line)
	if !slices.Contains(exit.Codes(), exit.Code(code)) {
		t.Errorf("%s: %s: exit code %d is not documented\n%s", is.line, is.how, code, said)
	}
	if writes := writesOf(tenant.Requests()); len(writes) > 0 {
		t.Errorf("%s: %s: it wrote %v\n%s", is.line, is.how, writes, said)
	}
	if is.file.lenient {
		return
	}
	if failed := code != int(exit.OK); failed == is.skipped || !strings.Contains(said, filepath.Base(is.path)) {
		t.Errorf("%s: %s: exit code %d, and it said:\n%s", is.line, is.how, code, said)
	}
}

func writesOf(requests []sandbox.Request) (writes []string) {
	for _, r := range requests {
		writes = append(writes, writesOf(r.Items)...)
		reads := r.Method == http.MethodGet || strings.HasSuffix(r.Path, "/$batch") || strings.HasSuffix(r.Path, "/validateCredentials") ||
			strings.HasSuffix(r.Path, "/getByIds") || strings.HasSuffix(r.Path, "/parseExpression")
		if !reads {
			writes = append(writes, r.Method+" "+r.Path)
		}
	}
	return writes
}

// damage changes a text in one of four ways, and says how.
func damage(random *rand.Rand, whole []byte, grows bool) ([]byte, string) {
	i, n := random.IntN(len(whole)), 1+random.IntN(8)
	end := min(i+n, len(whole))
	text := bytes.Clone(whole)
	how := ""
	switch random.IntN(4) {
	case 0:
		bit := random.IntN(8)
		text[i] ^= 1 << bit
		how = fmt.Sprintf("bit %d of byte %d flipped", bit, i)
	case 1:
		text = slices.Delete(text, i, end)
		how = fmt.Sprintf("%d bytes deleted at byte %d", end-i, i)
	case 2:
		inserted := make([]byte, n)
		for k := range inserted {
			inserted[k] = byte(random.IntN(256))
		}
		text = slices.Insert(text, i, inserted...)
		how = fmt.Sprintf("%q inserted at byte %d", inserted, i)
	default:
		text = text[:i]
		how = fmt.Sprintf("cut off after %d bytes", i)
	}
	torn := grows && bytes.HasPrefix(text, whole)
	if bytes.Equal(text, whole) || torn {
		return damage(random, whole, grows)
	}
	return text, how
}

// storedState is a state folder with a file of each kind, and the tenant that
// belongs to it.
type storedState struct {
	folder string
	tenant []byte
	names  *strings.Replacer
	done   string // a run
	cut    string // another one
}

func newStoredState(t *testing.T) *storedState {
	t.Helper()
	s := &storedState{folder: t.TempDir(), names: strings.NewReplacer()}
	synctest.Test(t, func(t *testing.T) {
		tenant := sandbox.New(sandbox.WithLag(0), sandbox.WithPeople(200), sandbox.WithSCIMServerToken(scimToken))
		defer func() { _ = tenant.Close() }()
		s.fill(t, tenant)
		var err error
		if s.tenant, err = tenant.State(); err != nil {
			t.Fatal(err)
		}
	})
	return s
}

func (s *storedState) fill(t *testing.T, tenant *sandbox.Tenant) {
	t.Helper()
	must := func(line string) {
		t.Helper()
		if code, said := s.run(t.Context(), tenant, s.folder, line); code != 0 {
			t.Fatalf("%s: exit code %d\n%s", line, code, said)
		}
	}
	s.store(t, "config.yaml", "profile: test\nprofiles:\n  test: # of the tests\n    app: Workato\n    output: table\n  other:\n    app: Workgrid\n")
	s.store(t, "plan.yaml", "apiVersion: scimctl/v1\nkind: Provisioning\napplication: {name: Workato}\nusers: {mappings: {title: jobTitle}}\n")
	s.store(t, "done.csv", crowdTable(60, "Admin"))
	s.store(t, "cut.csv", crowdTable(200, "Auditor"))
	s.storeAccount(t)
	s.storeNote(t)
	must("ext create workato_role")
	must("provision setup")
	must("credentials set --url URL --token-env WORKATO_SCIM_TOKEN")
	must("mapping add nickName=givenName")
	must("user set-role --file " + filepath.Join(s.folder, "done.csv") + " --yes")
	s.done = s.newRun(t, "")
	s.cutShort(t, tenant)
	s.cut = s.newRun(t, s.done)
	must("assignment add --group FINANCE")
	must("provision on-demand jean@contoso.com betty@contoso.com kathleen@contoso.com ruth@contoso.com marlyn@contoso.com frances.spence@contoso.com")
	s.stopOnDemand(t, tenant)
	must("plan -f " + filepath.Join(s.folder, "plan.yaml") + " --out " + filepath.Join(s.folder, "saved.plan"))
	if _, err := sandbox.Open(filepath.Join(s.folder, "sandbox", "state.json")); err != nil {
		t.Fatal(err)
	}
	kept := s.pathOf(t, s.folder, "schemas/*.json")
	s.names = strings.NewReplacer("RUN", s.done, "REST", s.cut, "COPYFILE", "FOLDER/schemas/"+filepath.Base(kept),
		"COPY", strings.TrimSuffix(filepath.Base(kept), ".json"), "PLAN", "FOLDER/saved.plan", "CONFIG", "FOLDER/config.yaml", "DONE", s.done, "CUT", s.cut)
}

func (s *storedState) store(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(s.folder, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// storeAccount stores what signing in would.
func (s *storedState) storeAccount(t *testing.T) {
	t.Helper()
	const tenant, client = "11111111-2222-4333-8444-555555555555", "14d82eec-204b-4c2f-b7e8-296a70dab67e"
	account := map[string]any{
		"cloud": "global", "tenant": "contoso.com", "clientId": client, "signedIn": "2026-01-02T03:04:05Z",
		"record": map[string]string{
			"authority": "login.microsoftonline.com", "clientId": client, "homeAccountId": "ada." + tenant, "tenantId": tenant,
			"username": "ada@contoso.com", "version": "1.0",
		},
	}
	kind := sealed.Kind{Version: "scimctl.account/v2", Name: "Account"}
	if err := kind.Write(filepath.Join(s.folder, "accounts", "global_"+tenant+"_"+client+".json"), account); err != nil {
		t.Fatal(err)
	}
}

// storeNote stores what a command that stops a job would, for a job of another
// tenant.
func (s *storedState) storeNote(t *testing.T) {
	t.Helper()
	note := resume.Note{
		Endpoint: "https://graph.microsoft.com/v1.0", Tenant: "11111111-2222-4333-8444-555555555555", ServicePrincipalID: "sp",
		App: "Workato", JobID: "job", Command: "mapping add", Stopped: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
	}
	kind := sealed.Kind{Version: "scimctl/v1", Name: "StoppedJob"}
	folder := filepath.Join(s.folder, "stopped")
	if err := errors.Join(os.MkdirAll(folder, 0o700), kind.Write(filepath.Join(folder, "job.json"), note)); err != nil {
		t.Fatal(err)
	}
}

// newRun is the run that is not the other one.
func (s *storedState) newRun(t *testing.T, other string) string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.folder, "runs"))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(entries, func(e fs.DirEntry) bool { return e.IsDir() && e.Name() != other })
	if i < 0 {
		t.Fatal("there is no run")
	}
	return entries[i].Name()
}

// pathOf finds the file of a pattern.
func (s *storedState) pathOf(t *testing.T, folder, pattern string) string {
	t.Helper()
	pattern = strings.NewReplacer("DONE", s.done, "CUT", s.cut).Replace(pattern)
	found, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(pattern)))
	if err != nil || len(found) == 0 {
		t.Fatalf("%s: %v, %v", pattern, found, err)
	}
	return found[len(found)-1]
}

// cutShort begins a bulk run and ends it after some batches.
func (s *storedState) cutShort(t *testing.T, tenant *sandbox.Tenant) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	way := &stopping{next: tenant.Transport(), path: "$batch", after: 6, stop: cancel}
	code, said := s.over(ctx, way, s.folder, "user set-role --file "+filepath.Join(s.folder, "cut.csv")+" --yes")
	if code == 0 {
		t.Fatalf("the run was not cut short:\n%s", said)
	}
}

// stopOnDemand provisions a group, and ends before the last of its members.
func (s *storedState) stopOnDemand(t *testing.T, tenant *sandbox.Tenant) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	way := &stopping{next: tenant.Transport(), path: "provisionOnDemand", after: 2, stop: cancel}
	if code, said := s.over(ctx, way, s.folder, "provision on-demand --group FINANCE"); code == 0 {
		t.Fatalf("it was not stopped:\n%s", said)
	}
}

// stopping stops a command before a request of some kind.
type stopping struct {
	next  http.RoundTripper
	path  string
	after int32 // so many of them
	stop  func()
	asked atomic.Int32
}

func (s *stopping) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, s.path) && s.asked.Add(1) >= s.after {
		s.stop()
	}
	return s.next.RoundTrip(r)
}

func (s *storedState) run(ctx context.Context, tenant *sandbox.Tenant, folder, line string) (code int, said string) {
	return s.over(ctx, tenant.Transport(), folder, line)
}

// over runs a command line in a state folder, and returns all that it said.
func (s *storedState) over(ctx context.Context, way http.RoundTripper, folder, line string) (code int, said string) {
	streams, _, out, errs := iostreams.Test()
	a := newApp(streams, getenvIn(folder))
	if !strings.Contains(line, "--sandbox") {
		a.Tenant = func(context.Context) (http.RoundTripper, error) { return way, nil }
	}
	args := strings.Fields(strings.NewReplacer("FOLDER", folder, "URL", sandbox.SCIMURL).Replace(s.names.Replace(line)))
	for i, arg := range args {
		args[i] = strings.ReplaceAll(arg, "FINANCE", "Finance (dynamic)")
	}
	code = a.Run(ctx, args)
	return code, out.String() + errs.String()
}
