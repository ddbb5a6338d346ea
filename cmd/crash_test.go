package cmd

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// panicking panics instead of sending one request.
type panicking struct {
	http.RoundTripper
	left *atomic.Int32
}

func (p panicking) RoundTrip(r *http.Request) (*http.Response, error) {
	if p.left.Add(-1) == 0 {
		var nothing *string
		*nothing = scimToken
	}
	return p.RoundTripper.RoundTrip(r)
}

// panickingWriter panics at its first line, and then writes nothing.
type panickingWriter struct{ panicked bool }

func (w *panickingWriter) Write(b []byte) (int, error) {
	if !w.panicked {
		w.panicked = true
		panic(errors.New("a printer with " + scimToken))
	}
	return len(b), nil
}

// wantCrash checks all that a crash must be.
func wantCrash(t *testing.T, what string, code int, said string) {
	t.Helper()
	switch {
	case code != int(exit.Crash):
		t.Errorf("%s: exit code %d, want %d:\n%s", what, code, exit.Crash, said)
	case strings.Contains(said, "goroutine ") || strings.Contains(said, ".go:"):
		t.Errorf("%s shows a stack without --debug:\n%s", what, said)
	case strings.Contains(said, scimToken):
		t.Errorf("%s shows a secret:\n%s", what, said)
	case strings.Count(said, "scimctl: ") != 1:
		t.Errorf("%s does not say once that it crashed:\n%s", what, said)
	}
}

// Every command crashes at one of its requests, which are sent by goroutines of
// their own where several are sent at a time, and at its first output. Then the
// same command runs as if nothing had been.
func TestACrashOfAnyCommandIsNoResult(t *testing.T) {
	t.Parallel()
	collectRarely(t)
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		number := 0
		for line := range strings.Lines(strings.TrimSpace(costs)) {
			_, command, _ := strings.Cut(strings.TrimSpace(line), "  ")
			number++
			state, err := m.company.State()
			if err != nil {
				t.Fatal(err)
			}
			healthy, _ := m.run(command)
			m.aMinuteLater()
			answered := m.out.Len() > 0
			for n := 1; n <= healthy.requests; n++ {
				if os.Getenv(everyFault) != "all" && n != 1+number%healthy.requests {
					continue
				}
				crashAt(t, state, command, n)
			}
			if answered {
				folder := m.folder // what is kept there may be what is printed
				if healthy.writes > 0 {
					folder = t.TempDir()
				}
				crashPrinting(t, state, folder, command)
			}
		}
	})
}

func crashAt(t *testing.T, state []byte, command string, request int) {
	t.Helper()
	m := meterWith(t, state)
	defer m.close(t)
	var left atomic.Int32
	left.Store(int32(request))
	m.through = func(next http.RoundTripper) http.RoundTripper { return panicking{next, &left} }
	got, said := m.run(command)
	if left.Load() > 0 {
		return // it sends fewer requests, since more of them are in one batch
	}
	wantCrash(t, command, got.exit, said.String())
}

func crashPrinting(t *testing.T, state []byte, folder, command string) {
	t.Helper()
	m := meterWith(t, state)
	m.folder = folder
	defer m.close(t)
	out := &panickingWriter{}
	m.streams = func(s *iostreams.Streams) { s.Out = out }
	got, said := m.run(command)
	if !out.panicked {
		t.Errorf("%s printed nothing", command)
		return
	}
	wantCrash(t, command+" while it prints", got.exit, said.String())
}

func meterWith(t *testing.T, state []byte) *meter {
	t.Helper()
	company, err := sandbox.From(state, sandbox.WithLag(0))
	if err != nil {
		t.Fatal(err)
	}
	return &meter{T: t, ctx: t.Context(), company: company, folder: t.TempDir()}
}

// close ends a meter within a bubble.
func (m *meter) close(t *testing.T) {
	t.Helper()
	if err := m.company.Close(); err != nil {
		t.Error(err)
	}
	m.aMinuteLater()
}

// A bulk run that crashed is unfinished, and the same command finishes it.
func TestACrashedRunIsNotFinished(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		if got, said := m.run("ext create workato_role"); got.exit != 0 {
			t.Fatal(said)
		}
		state, err := m.company.State()
		if err != nil {
			t.Fatal(err)
		}
		const command = "user set-role --members-of Workato~Pilots --role Auditor --yes"
		healthy, said := m.run(command)
		if healthy.exit != 0 {
			t.Fatal(said)
		}
		unfinished := 0
		for n := 1; n < healthy.requests; n++ { // the last one reads back what a finished run has written
			unfinished += crashInRun(t, state, command, n)
		}
		if unfinished == 0 {
			t.Error("no crash hit a run that had begun")
		}
		m.close(t)
	})
}

// crashInRun returns how many unfinished runs a crash left.
func crashInRun(t *testing.T, state []byte, command string, request int) int {
	t.Helper()
	m := meterWith(t, state)
	defer m.close(t)
	var left atomic.Int32
	left.Store(int32(request))
	m.through = func(next http.RoundTripper) http.RoundTripper { return panicking{next, &left} }
	got, said := m.run(command)
	wantCrash(t, command, got.exit, said.String())
	m.through = nil
	var runs []struct{ Status string }
	if m.run("runs list -o json"); json.Unmarshal(m.out.Bytes(), &runs) != nil {
		t.Fatalf("no list of runs:\n%s", m.out)
	}
	for _, r := range runs {
		if r.Status != "unfinished" {
			t.Errorf("after a crash at request %d a run is %s", request, r.Status)
		}
	}
	m.aMinuteLater()
	if got, said := m.run(command); got.exit != 0 {
		t.Errorf("after a crash at request %d: exit code %d:\n%s", request, got.exit, said)
	}
	return len(runs)
}

func TestTheStackOfACrashIsShownWithDebug(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMeter(t)
		var left atomic.Int32
		left.Store(1)
		m.through = func(next http.RoundTripper) http.RoundTripper { return panicking{next, &left} }
		got, said := m.run("app list --debug")
		if got.exit != int(exit.Crash) || !strings.Contains(said.String(), "panicking.RoundTrip") {
			t.Errorf("exit code %d, the stack of the goroutine that crashed is missing:\n%s", got.exit, said)
		}
		m.close(t)
	})
}

func TestACrashAsJSONIsOneObject(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"-o json", "-qo json", "-qojson", "-qo=json", "--output json", "-yqo json"} {
		synctest.Test(t, func(t *testing.T) {
			m := newMeter(t)
			var left atomic.Int32
			left.Store(1)
			m.through = func(next http.RoundTripper) http.RoundTripper { return panicking{next, &left} }
			got, said := m.run("app list " + format)
			var object struct {
				Error, Hint string
				Code        int
			}
			if err := json.Unmarshal(said.Bytes(), &object); err != nil || object.Code != int(exit.Crash) || got.exit != object.Code || object.Error == "" {
				t.Errorf("%s: exit code %d, %v:\n%s", format, got.exit, err, said)
			}
			m.close(t)
		})
	}
}

func TestErrorsBeforeTheSettingsAreReadAreJSONToo(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"-o json", "-qo json", "-qojson", "-yqo=json"} {
		io, _, _, said := iostreams.Test()
		code := newApp(io, func(string) string { return "" }).Run(t.Context(), strings.Fields("app list --nonsense "+format))
		if code != int(exit.Usage) || !json.Valid(said.Bytes()) {
			t.Errorf("%s: exit code %d:\n%s", format, code, said)
		}
	}
}

// A panic of the simulated tenant is one of ours. net/http would drop the
// connection, which the client would take for a failure of the network.
func TestACrashOfTheSandboxIsACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var armed atomic.Bool
		company := sandbox.New(sandbox.WithClock(func() time.Time {
			if armed.Load() {
				panic("the clock stopped")
			}
			return time.Now()
		}))
		io, _, _, said := iostreams.Test()
		a := newApp(io, func(string) string { return "" })
		a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
		armed.Store(true)
		began := time.Now()
		code := a.Run(t.Context(), []string{"app", "list"})
		wantCrash(t, "app list", code, said.String())
		if took := time.Since(began); took > 0 {
			t.Errorf("it was tried again for %s", took)
		}
		func() {
			defer func() { _ = recover() }() // Close raises the panic again
			_ = company.Close()
		}()
		synctest.Wait()
	})
}

// What reports a crash may crash as well, as when standard error is broken.
func TestACrashOfTheReportIsStillACrash(t *testing.T) {
	t.Parallel()
	streams := iostreams.Discard()
	streams.Out, streams.Err = &panickingWriter{}, alwaysPanicking{}
	a := newApp(streams, func(string) string { return "" })
	defer func() {
		if recover() == nil {
			t.Error("the panic is lost, so Main cannot return its exit code")
		}
	}()
	a.Supervise(t.Context(), []string{"version"}, nil)
}

type alwaysPanicking struct{ io.Writer }

func (alwaysPanicking) Write([]byte) (int, error) { panic("no writer") }
