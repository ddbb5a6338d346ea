package cmd

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // thousands of tenants come and go, and little of them stays
	testscript.Main(m, map[string]func(){"scimctl": func() { os.Exit(Main()) }, "crowd": crowdMain})
}

// TestScript runs the program as a user would, once for each file. Every script
// has a home and a sandbox of its own.
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup:               settle,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "remember": remember, "unchanged": unchanged, "nowhere": nowhere, "serve": serveSandbox, "name": name,
		},
	})
}

// settle gives a script its surroundings. testscript itself keeps the variables
// of the developer away.
func settle(e *testscript.Env) error {
	for _, name := range []string{"HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "AppData", "LocalAppData"} {
		folder := filepath.Join(e.WorkDir, "home", name)
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return err
		}
		e.Setenv(name, folder)
	}
	e.Setenv("GORACE", "atexit_sleep_ms=0") // with -race every program would end a second later
	e.Setenv("GOGC", "off")                 // none lives so long that tidying up pays
	e.Setenv("SCIMCTL_SANDBOX", "1")
	e.Setenv("SCIMCTL_STATE_DIR", filepath.Join(e.WorkDir, "state"))
	return nil
}

// serveSandbox runs scimctl sandbox serve on a free port until the script ends, with
// its URL in SERVED: serve --lag 0
func serveSandbox(ts *testscript.TestScript, _ bool, args []string) {
	streams := iostreams.Discard()
	first, out := io.Pipe()
	streams.Out = out
	ctx, interrupt := context.WithCancel(context.Background())
	served := make(chan int, 1)
	go func() {
		served <- newApp(streams, ts.Getenv).Run(ctx, append([]string{"sandbox", "serve", "--listen", "127.0.0.1:0"}, args...))
		_ = out.Close()
	}()
	ts.Defer(func() { interrupt(); <-served })
	url, err := bufio.NewReader(first).ReadString('\n')
	ts.Check(err)
	ts.Setenv("SERVED", strings.TrimSpace(url))
}

// name gives what the last command wrote a name, for the commands that follow:
// name ID, and then $ID.
func name(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: name VARIABLE")
	}
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}

// remember keeps what the sandbox of a script holds now, for unchanged.
func remember(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(os.WriteFile(ts.MkAbs("remembered.json"), held(ts), 0o600))
}

// unchanged compares what the sandbox holds with what was remembered.
func unchanged(ts *testscript.TestScript, neg bool, _ []string) {
	diff := cmp.Diff(ts.ReadFile("remembered.json"), string(held(ts)))
	switch {
	case neg && diff == "":
		ts.Fatalf("nothing has changed in the sandbox")
	case !neg && diff != "":
		ts.Fatalf("the sandbox has changed (-before +after):\n%s", diff)
	}
}

// held is what the kept sandbox holds, without what mere looking at it changes.
func held(ts *testscript.TestScript) []byte {
	var state map[string]any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(filepath.Join(ts.Getenv("SCIMCTL_STATE_DIR"), "sandbox", "state.json"))), &state))
	for _, passing := range []string{"checksum", "generation", "delays"} {
		delete(state, passing)
	}
	text, err := json.MarshalIndent(state, "", "  ")
	ts.Check(err)
	return text
}

// nowhere looks for the text of a file in all files below a folder, where it
// must not be: nowhere secret state
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: nowhere file folder")
	}
	secret := strings.TrimSpace(ts.ReadFile(args[0]))
	ts.Check(filepath.WalkDir(ts.MkAbs(args[1]), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.Contains(ts.ReadFile(path), secret) {
			return fmt.Errorf("%s has it", path)
		}
		return err
	}))
}

// exits runs a command and compares its exit code: exits 64 scimctl …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [argument...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	err = ts.Exec(args[1], args[2:]...)
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		got = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
