package sandbox_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/scimctl/scimctl/graph/private/sealed"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func open(t *testing.T, path string, opts ...sandbox.Option) *tenant {
	t.Helper()
	s, err := sandbox.Open(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	return over(t, s)
}

func TestStateIsKeptBetweenTenants(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "sandbox", "state.json")
	first := open(t, path, sandbox.WithLag(0))
	job := first.job()
	ada := first.user("ada@contoso.com")
	first.assign(ada)
	first.onDemand(job, "User", ada)

	if err := os.WriteFile(path+".new-killed", nil, 0o600); err != nil { // while it saved
		t.Fatal(err)
	}
	second := open(t, path, sandbox.WithLag(0))
	if got := second.onDemand(job, "User", ada); got.Code != "RedundantExport" {
		t.Errorf("%+v", got)
	}
	second.must(204, "PATCH", "/users/"+ada, `{"jobTitle":"Countess"}`)
	if got := first.must(200, "GET", "/users/"+ada, nil).string("jobTitle"); got != "Countess" {
		t.Errorf("the first tenant sees %q", got)
	}
	for _, name := range []string{path, path + ".lock"} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 && runtime.GOOS != "windows" { // modes say nothing there
			t.Error(info.Mode(), err)
		}
	}
	if left, err := filepath.Glob(path + ".new-*"); err != nil || left != nil {
		t.Error(left, err)
	}
	if err := second.Reset(); err != nil {
		t.Fatal(err)
	}
	if got := len(first.snapshot().Jobs); got != 0 {
		t.Errorf("%d jobs after a reset", got)
	}
}

func TestTheStateHoldsNoSecret(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	s := open(t, path)
	job := s.job()
	sync := syncOf(job)
	good, asked := scimStub(t, 200)
	s.configure(sync, good, "very-secret-token", "Oauth2ClientSecret", "other-secret-value")
	s.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"very-secret-token", "other-secret-value"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("%s is in the file", secret)
		}
	}
	// Another process has the token only when it is told.
	without := open(t, path)
	if got := without.must(400, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`); !strings.Contains(got.text, "SCIMCTL_SANDBOX_SCIM_TOKEN") {
		t.Error(got.text)
	}
	with := open(t, path, sandbox.WithSCIMToken(good, "told"))
	with.must(204, "POST", job+"/validateCredentials", `{"useSavedCredentials":true}`)
	if got := asked(); got[len(got)-1] != "GET /Groups Bearer told" {
		t.Error(got)
	}
}

func TestSeveralTenantsOnOneFileLoseNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	const tenants, things = 8, 25
	var wg sync.WaitGroup
	for i := range tenants {
		s := open(t, path, sandbox.WithLag(0))
		wg.Go(func() {
			for n := range things {
				r := s.ask("POST", "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate", fmt.Sprintf(`{"displayName":"App %d-%d"}`, i, n))
				if r.status != 201 {
					t.Error(r.text)
				}
			}
		})
	}
	wg.Wait()
	s := open(t, path)
	seen := map[string]bool{}
	for _, a := range s.must(200, "GET", "/applications?$filter=startswith(displayName,'App%20')&$top=999", nil).list() {
		seen[a["id"].(string)] = true
	}
	if len(seen) != tenants*things {
		t.Errorf("%d of %d are there", len(seen), tenants*things)
	}
}

func TestADamagedFileStaysUntilAResetPutsItAside(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"empty": "", "cut off": `{"apiVersion":"scimctl.sandbox/v1","kind":"Ten`, "something else": `{"kind":"Recipe"}`, "hollow": `{"apiVersion":"scimctl.sandbox/v1","kind":"Tenant"}`,
		"a hole": `{"apiVersion":"scimctl.sandbox/v1","kind":"Tenant","tenantId":"x","scimToken":"x","scim":{},"apps":[],"users":[],"jobs":[{"links":{"u1":null},"escrows":{}}]}`,
		"half":   `{"apiVersion":"scimctl.sandbox/v1","kind":"Tenant","tenantId":"x","scimToken":"x","scim":{},"apps":[],"users":[null]}`,
	} {
		path := filepath.Join(t.TempDir(), "state.json")
		for i := 1; i <= 2; i++ {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				_, err := sandbox.Open(path)
				if damaged, is := errors.AsType[*sealed.DamagedError](err); !is || damaged.Path != path {
					t.Fatalf("%s: %v", name, err)
				}
			}
			kept, err := sandbox.Reset(path)
			if err != nil || kept != fmt.Sprintf("%s.damaged-%d", path, i) {
				t.Fatalf("%s: kept as %q, %v", name, kept, err)
			}
			if text, err := os.ReadFile(kept); err != nil || string(text) != content {
				t.Errorf("%s: %q %v", name, text, err)
			}
		}
		open(t, path)
	}
}

func TestResetBeginsAnewWhateverIsThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(path, []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Reset(path); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if got := s.snapshot().Counts.Users; got != 36 {
		t.Errorf("%d users", got)
	}
}

func TestAFailureIsRememberedInTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	first := open(t, path, sandbox.WithLag(0))
	job := first.job()
	broken, _ := scimStub(t, 503)
	first.configure(syncOf(job), broken, "abc")
	second := open(t, path, sandbox.WithLag(0), sandbox.WithSCIMToken(broken, "abc"))
	for range 2 {
		if got := second.onDemand(job, "User", second.user("ada@contoso.com")); got.Result != "Failure" {
			t.Errorf("%+v", got)
		}
	}
}

func TestAFileThatVanishesIsNoCrash(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	s := open(t, path)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if got := s.must(500, "GET", "/users", nil).string("error/code"); got != "SandboxState" {
		t.Error(got)
	}
}

func TestALinkInThePlaceOfTheLockIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a symbolic link needs a privilege there")
	}
	folder := t.TempDir()
	target, path := filepath.Join(folder, "precious"), filepath.Join(folder, "state.json")
	if err := errors.Join(os.WriteFile(target, []byte("precious"), 0o600), os.Symlink(target, path+".lock")); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Open(path); err == nil {
		t.Error("it was opened")
	}
	if text, err := os.ReadFile(target); err != nil || string(text) != "precious" {
		t.Errorf("the target became %q, %v", text, err)
	}
}

func TestAStateOfAnEarlierReleaseIsReadAndSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.json")
	open(t, path)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`"checksum":"[^"]*",`).ReplaceAllString(string(data), "")
	text = strings.Replace(text, "scimctl.sandbox/v2", "scimctl.sandbox/v1", 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	s.must(204, "PATCH", "/users/"+s.user("ada@contoso.com"), `{"jobTitle":"Countess"}`)
	if data, err = os.ReadFile(path); err != nil || !strings.Contains(string(data[:200]), `"checksum":"sha256:`) {
		t.Errorf("%.200s, %v", data, err)
	}
}
