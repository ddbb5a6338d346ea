package scim_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

const (
	scimmyFolder  = "testdata/scimmy"
	oldestNode    = 18              // that express 5 runs on
	installing    = 2 * time.Minute // at most
	mayUseNPM     = "SCIMCTL_TEST_NPM"
	startingNodes = 30 * time.Second
)

// The server is a program in testdata. Its packages are installed once into the
// user's cache folder, and only where that was asked for; without them, or
// without node, the test is skipped.
func TestEntrasRequestsMeetAServerOnScimmy(t *testing.T) {
	t.Parallel()
	node := nodeOrSkip(t)
	address := startScimmy(t, node, scimmyPackages(t))
	newPeer(t, address).compare(func(e exchange) string { return e.scimmy })
}

func nodeOrSkip(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skipf("there is no node: %v", err)
	}
	version, err := exec.CommandContext(t.Context(), node, "--version").Output()
	if err != nil {
		t.Skipf("node does not run: %v", err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(version), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestNode {
		t.Skipf("node %s is older than %d", strings.TrimSpace(string(version)), oldestNode)
	}
	return node
}

// scimmyPackages is a folder with the packages that the lock file names.
func scimmyPackages(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("there is no cache folder: %v", err)
	}
	locked, err := os.ReadFile(filepath.Join(scimmyFolder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "scimctl-test", fmt.Sprintf("scimmy-%.8x", sha256.Sum256(locked)))
	if _, err := os.Stat(folder); err == nil {
		return folder
	}
	if os.Getenv(mayUseNPM) != "1" && os.Getenv("CI") != "true" {
		t.Skipf("the packages of %s are not in %s; %s=1 has npm install them", scimmyFolder, folder, mayUseNPM)
	}
	if err := os.MkdirAll(filepath.Dir(folder), 0o700); err != nil {
		t.Skip(err)
	}
	unlock, err := lockedfile.MutexAt(folder + ".lock").Lock()
	if err != nil {
		t.Skip(err)
	}
	defer unlock()
	if _, err := os.Stat(folder); err != nil { // nobody else was faster
		install(t, folder)
	}
	return folder
}

// install has npm work in a folder of its own, which then gets its name: half an
// installation is never found.
func install(t *testing.T, folder string) {
	t.Helper()
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skipf("there is no npm: %v", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(folder), "installing-*") //nolint:usetesting // it is renamed, which takes the same disk
	if err != nil {
		t.Skip(err)
	}
	defer func() { _ = os.RemoveAll(work) }() // gone, when it got its name
	for _, name := range []string{"package.json", "package-lock.json"} {
		content, err := os.ReadFile(filepath.Join(scimmyFolder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, name), content, 0o600); err != nil {
			t.Skip(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), installing)
	defer cancel()
	c := exec.CommandContext(ctx, npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1")
	c.Dir, c.WaitDelay = work, time.Second
	if said, err := c.CombinedOutput(); err != nil {
		t.Skipf("npm ci: %v\n%s", err, said)
	}
	if err := os.Rename(work, folder); err != nil {
		t.Skip(err)
	}
}

// startScimmy starts the server, which says where it listens, and ends with its
// standard input.
func startScimmy(t *testing.T, node, packages string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	c := exec.CommandContext(ctx, node, filepath.Join(scimmyFolder, "server.js"), packages, secret)
	var complaints strings.Builder
	c.Stderr, c.WaitDelay = &complaints, time.Second
	in, errIn := c.StdinPipe()
	out, errOut := c.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	hang := time.AfterFunc(startingNodes, cancel)
	line, err := bufio.NewReader(out).ReadString('\n')
	hang.Stop()
	t.Cleanup(func() {
		_ = in.Close()
		_ = c.Wait() // it may have been told to end in either way
		cancel()
		if t.Failed() && complaints.Len() > 0 {
			t.Logf("the server said:\n%s", complaints.String())
		}
	})
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(line)
}

func TestTheLockFileOfTheServerNamesNoRegistry(t *testing.T) {
	t.Parallel()
	locked, err := os.ReadFile(filepath.Join(scimmyFolder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(locked); strings.Contains(text, `"resolved"`) || !strings.Contains(text, `"integrity"`) {
		t.Error("it says where packages come from, or not what they are")
	}
}
