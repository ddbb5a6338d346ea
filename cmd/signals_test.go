//go:build unix

package cmd

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// A signaled process waits for something when it gets a signal.
type signaled struct {
	line  string
	stdin io.Reader
	env   []string
	wait  string          // what it waits for
	ready <-chan struct{} // it waits, or will in a moment
}

// start starts the program, with a folder of its own.
func (s signaled) start(t *testing.T) (c *exec.Cmd, said *bytes.Buffer) {
	t.Helper()
	folder := t.TempDir()
	args := strings.Fields(s.line)
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "~", " ") // as in a meter
	}
	c = exec.CommandContext(t.Context(), "scimctl", args...)
	c.Env = append([]string{
		"SCIMCTL_APP=Workato", "SCIMCTL_STATE_DIR=" + folder, "HOME=" + folder, "XDG_CONFIG_HOME=" + folder, "PATH=" + os.Getenv("PATH"),
		"SCIMCTL_ACCESS_TOKEN=token", "GORACE=atexit_sleep_ms=0", "WORKATO_SCIM_URL=" + sandbox.SCIMURL, "WORKATO_SCIM_TOKEN=" + scimToken,
		cli.ResultVariable + "=" + filepath.Join(folder, "result"),
	}, s.env...)
	said = new(bytes.Buffer)
	c.Stdin, c.Stderr = s.stdin, said
	return c, said
}

// endsBy sends a signal once the program waits, and wants it to end as an
// interruption, without a result. A command has a second; a slow machine gets ten.
func (s signaled) endsBy(t *testing.T, sent os.Signal) {
	t.Helper()
	c, said := s.start(t)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var failed error
	ended := make(chan struct{})
	go func() { // how it ended is in c.ProcessState
		failed = c.Wait()
		close(ended)
	}()
	select {
	case <-s.ready:
	case <-ended:
		t.Fatalf("it ended before it waited for %s: %v\n%s", s.wait, failed, said)
	}
	if err := c.Process.Signal(sent); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		_ = c.Process.Kill()
		<-ended
		t.Fatalf("it still waits for %s", s.wait)
	}
	wantInterrupted(t, c, said.String())
}

func wantInterrupted(t *testing.T, c *exec.Cmd, said string) {
	t.Helper()
	if code := c.ProcessState.ExitCode(); code != int(exit.Interrupted) || !strings.Contains(said, "interrupted") || strings.Contains(said, "goroutine ") {
		t.Errorf("exit code %d, said:\n%s", code, said)
	}
	for _, variable := range c.Env {
		if path, ok := strings.CutPrefix(variable, cli.ResultVariable+"="); ok {
			if _, err := os.Lstat(path); err == nil {
				t.Error("it left a result")
			}
		}
	}
}

func interruptingSignals() []os.Signal {
	return []os.Signal{syscall.SIGTERM, os.Interrupt, syscall.SIGHUP, syscall.SIGQUIT}
}

// remoteCommands are the commands that send a request, each once.
func remoteCommands() (lines []string) {
	for line := range strings.Lines(strings.TrimSpace(costs)) {
		numbers, command, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if strings.Fields(numbers)[1] != "0" && !slices.Contains(lines, command) {
			lines = append(lines, command)
		}
	}
	return lines
}

// answered is a server that reports the first request that it answers with next.
func answered(t *testing.T, next http.HandlerFunc) (url string, first <-chan struct{}) {
	t.Helper()
	arrived := make(chan struct{})
	asked := make(chan struct{}, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case asked <- struct{}{}:
			defer close(arrived)
		default:
		}
		next(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL, arrived
}

// silent is a server that reports its first request and answers none.
func silent(t *testing.T) (url string, first <-chan struct{}) {
	t.Helper()
	arrived := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else the end of the connection is not noticed
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	return server.URL, arrived
}

func throttling(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "600")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, `{"error":{"code":"TooManyRequests","message":"wait"}}`)
}

// Every command meets a server that is silent and one that is throttled, with
// every signal. By default one case in ten is tried.
func TestASignalEndsEveryCommandThatWaitsForGraph(t *testing.T) {
	t.Parallel()
	number := 0
	for _, line := range remoteCommands() {
		for _, wait := range []string{"an answer", "the end of throttling"} {
			for _, sent := range interruptingSignals() {
				if number++; os.Getenv(everyFault) != "all" && number%10 != 0 {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%s", line, wait, sent), func(t *testing.T) {
					t.Parallel()
					s := signaled{line: line, stdin: strings.NewReader(scimToken + "\n"), wait: wait}
					var url string
					if wait == "an answer" {
						url, s.ready = silent(t)
					} else {
						url, s.ready = answered(t, throttling)
					}
					s.env = []string{"SCIMCTL_GRAPH_ENDPOINT=" + url}
					s.endsBy(t, sent)
				})
			}
		}
	}
}

func TestASignalEndsEveryCommandThatReadsStandardInput(t *testing.T) {
	t.Parallel()
	number := 0
	for line := range strings.Lines(strings.TrimSpace(readingStdin)) {
		for _, sent := range interruptingSignals() {
			if number++; os.Getenv(everyFault) != "all" && number%5 != 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s", strings.TrimSpace(line), sent), func(t *testing.T) {
				t.Parallel()
				company := sandbox.New(sandbox.WithLag(0))
				t.Cleanup(func() { _ = company.Close() })
				server := httptest.NewServer(company.Handler())
				t.Cleanup(server.Close)
				in, typing, err := os.Pipe()
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = in.Close(); _ = typing.Close() })
				reads := make(chan struct{})
				go func() {
					defer close(reads)
					_, _ = typing.Write(bytes.Repeat([]byte(" "), 128<<10)) // more than a pipe holds
				}()
				setup := signaled{line: "provision setup", env: []string{"SCIMCTL_GRAPH_ENDPOINT=" + server.URL}}
				if c, said := setup.start(t); c.Run() != nil {
					t.Fatal(said)
				}
				signaled{line: line + " --no-limits", stdin: in, env: setup.env, wait: "standard input", ready: reads}.endsBy(t, sent)
			})
		}
	}
}

// inTenant runs a command in a tenant until a request whose path contains last
// has been answered.
func inTenant(t *testing.T, line, last string) signaled {
	t.Helper()
	company := sandbox.New(sandbox.WithLag(0), sandbox.WithSCIMServerToken(scimToken))
	t.Cleanup(func() { _ = company.Close() })
	arrived := make(chan struct{}, 1000)
	next := company.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		if strings.Contains(r.URL.Path, last) {
			arrived <- struct{}{}
		}
	}))
	t.Cleanup(server.Close)
	env := []string{"SCIMCTL_GRAPH_ENDPOINT=" + server.URL}
	for _, before := range []string{"provision setup", "credentials set --url " + sandbox.SCIMURL + " --token-stdin", "provision start --yes"} {
		s := signaled{line: before, env: env, stdin: strings.NewReader(scimToken)}
		if c, said := s.start(t); c.Run() != nil {
			t.Fatal(said)
		}
	}
	for len(arrived) > 0 {
		<-arrived
	}
	return signaled{line: line, env: env, ready: arrived, wait: "a change in the tenant"}
}

func TestASignalEndsACommandThatLooksAgainAndAgain(t *testing.T) {
	t.Parallel()
	for line, last := range map[string]string{
		"provision status --watch":               "/jobs",
		"provision status --watch --until cycle": "/jobs",
		"provision logs --follow":                "/provisioning",
		"app list --jq def~f:~f;~f":              "/servicePrincipals",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			s := inTenant(t, line, last)
			for _, sent := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
				s.endsBy(t, sent)
			}
		})
	}
}

func TestATimeoutEndsACommandThatComputes(t *testing.T) {
	t.Parallel()
	s := inTenant(t, "app list --timeout 300ms --jq def~f:~f;~f", "none")
	c, said := s.start(t)
	began := time.Now()
	if err := c.Run(); c.ProcessState.ExitCode() != int(exit.Unavailable) || time.Since(began) > 20*time.Second {
		t.Errorf("%v after %s:\n%s", err, time.Since(began), said)
	}
	if !strings.Contains(said.String(), "gave up after 300ms") {
		t.Errorf("it says:\n%s", said)
	}
}

func TestASignalEndsTheReadingOfAFileWithoutEnd(t *testing.T) {
	t.Parallel()
	fifo := filepath.Join(t.TempDir(), "endless")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Skip(err)
	}
	s := inTenant(t, "mapping import --yes -f "+fifo, "none")
	s.ready, s.wait = opened(t, fifo), "a file"
	s.endsBy(t, syscall.SIGTERM)
}

func TestASignalEndsTheServingOfASandbox(t *testing.T) {
	t.Parallel()
	for _, sent := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		s := signaled{line: "sandbox serve --listen 127.0.0.1:0 --clock-speed 60", wait: "requests"}
		c, said := s.start(t)
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadFull(out, make([]byte, len("http://"))); err != nil {
			t.Fatal(err, said)
		}
		_ = c.Process.Signal(sent)
		stuck := time.AfterFunc(10*time.Second, func() { _ = c.Process.Kill() })
		_ = c.Wait() // its error is the exit code
		stuck.Stop()
		wantInterrupted(t, c, said.String())
	}
}
