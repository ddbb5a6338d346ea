package cmd

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/cli"
	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/graph"
)

// readingStdin are the commands that read standard input to its end.
const readingStdin = `
plan -f -
apply -f - --yes
mapping import -f - --yes
mapping add -f -
mapping set -f -
mapping diff -f -
mapping eval --expression-file -
assignment add --file -
user set-role --file - --yes
user get-role --file -
user verify-role --file -
credentials set --url https://scim.sandbox.invalid/scim --token-stdin
credentials rotate --token-stdin
provision settings --notify ops@contoso.com --token-stdin
`

func TestAnInterruptionEndsTheReadingOfStandardInput(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(strings.TrimSpace(readingStdin)) {
		t.Run(strings.TrimSpace(line), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				m := newMeter(t)
				if got, said := m.run("provision setup"); got.exit != 0 {
					t.Fatal(said)
				}
				typing, terminal := io.Pipe()
				m.streams = func(s *iostreams.Streams) { s.In = typing }
				var interrupt context.CancelFunc
				m.ctx, interrupt = context.WithCancel(t.Context())
				var at time.Time
				go func() {
					_, _ = terminal.Write([]byte(" ")) // returns once the command reads
					at = time.Now()
					interrupt()
				}()
				got, said := m.run(line)
				if got.exit != int(exit.Interrupted) || time.Since(at) > 0 {
					t.Errorf("exit code %d after %s:\n%s", got.exit, time.Since(at), said)
				}
				_ = terminal.Close() // the read that stays behind
				m.close(t)
			})
		})
	}
}

// hanging is a supervised command whose requests end by themselves after a time,
// whatever is canceled.
func hanging(ctx context.Context, t *testing.T, request time.Duration, signals chan os.Signal) (code int, said string, ended time.Time) {
	t.Helper()
	io, _, _, err := iostreams.Test()
	a := newApp(io, func(string) string { return "" })
	a.Tenant = func(context.Context) (http.RoundTripper, error) {
		return wire(func(*http.Request) (*http.Response, error) {
			<-time.After(request)
			return nil, syscall.ECONNRESET
		}), nil
	}
	code = a.Supervise(ctx, []string{"app", "show", "--app", "Workato"}, signals)
	ended = time.Now()
	<-time.After(time.Hour) // the request that stays behind
	synctest.Wait()
	return code, err.String(), ended
}

// The goroutine that is left behind may still write.
func TestWhatIsLeftBehindIsRedacted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		io, _, _, said := iostreams.Test()
		a := newApp(io, func(name string) string { return map[string]string{"SCIMCTL_ACCESS_TOKEN": scimToken}[name] })
		a.Tenant = func(context.Context) (http.RoundTripper, error) {
			return wire(func(*http.Request) (*http.Response, error) {
				<-time.After(time.Minute)
				a.IO.Say("the token is %s", scimToken)
				return nil, syscall.ECONNRESET
			}), nil
		}
		signals := make(chan os.Signal, 1)
		time.AfterFunc(time.Second, func() { signals <- os.Interrupt })
		a.Supervise(t.Context(), []string{"app", "show", "--app", "Workato"}, signals)
		<-time.After(time.Hour)
		synctest.Wait()
		if got := said.String(); strings.Contains(got, scimToken) || !strings.Contains(got, "the token is") {
			t.Errorf("it says %s", got)
		}
	})
}

func TestACommandThatDoesNotEndIsLeftBehindAfterASecond(t *testing.T) {
	t.Parallel()
	for _, signals := range [][]os.Signal{{syscall.SIGTERM}, {os.Interrupt}, {syscall.SIGTERM, syscall.SIGTERM}} {
		synctest.Test(t, func(t *testing.T) {
			sent := make(chan os.Signal, 2)
			go func() {
				<-time.After(time.Minute)
				for _, s := range signals {
					sent <- s
					<-time.After(300 * time.Millisecond)
				}
			}()
			began := time.Now()
			code, said, ended := hanging(t.Context(), t, 5*time.Minute, sent)
			took := ended.Sub(began) - time.Minute
			if code != int(exit.Interrupted) || took > time.Second || len(signals) == 2 && took > 300*time.Millisecond || !strings.Contains(said, "scimctl: interrupted: ") {
				t.Errorf("%v: exit code %d after %s:\n%s", signals, code, took, said)
			}
		})
	}
}

// An undo has ten seconds, and says what it does.
func TestAnUndoHasTenSeconds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		undo    time.Duration // what it takes
		signals int
		took    time.Duration
		fails   bool
	}{
		{"an undo that ends", 4 * time.Second, 1, 4 * time.Second, false},
		{"an undo without an answer", time.Hour, 1, 10 * time.Second, true},
		{"a second signal", time.Hour, 2, 2 * time.Second, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := make(chan os.Signal, 2)
				go func() {
					for range c.signals {
						<-time.After(2 * time.Second)
						sent <- os.Interrupt
					}
				}()
				streams, _, _, said := iostreams.Test()
				a := newApp(streams, func(string) string { return "" })
				undone, failed := time.Duration(0), false
				a.Graph = func(ctx context.Context) (*graph.Client, error) {
					<-ctx.Done()
					began := time.Now()
					err := graph.Undo(ctx, "starting provisioning of Workato", func(ctx context.Context) error {
						select {
						case <-time.After(c.undo):
							return nil
						case <-ctx.Done():
							return ctx.Err()
						}
					})
					undone, failed = time.Since(began), err != nil
					return nil, context.Cause(ctx)
				}
				began := time.Now()
				code := a.Supervise(t.Context(), []string{"app", "show", "--app", "Workato"}, sent)
				took := time.Since(began) - 2*time.Second
				<-time.After(time.Hour)
				synctest.Wait()
				said1 := said.String()
				if code != int(exit.Interrupted) || took != c.took || failed != c.fails || undone > 10*time.Second {
					t.Errorf("exit code %d after %s, undone after %s (failed: %t):\n%s", code, took, undone, failed, said1)
				}
				if !strings.Contains(said1, "starting provisioning of Workato") {
					t.Errorf("it does not say what it waits for:\n%s", said1)
				}
			})
		})
	}
}

func TestAResultFileHoldsTheResultOfThisRunAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "result")
	if err := os.WriteFile(path, []byte("2 plan\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := cli.NewResultFile(path)
	if _, there := os.Lstat(path); err != nil || there == nil {
		t.Fatalf("%v, and the result of an earlier run is still there: %t", err, there == nil)
	}
	if err := f.Write(exit.Differs, "mapping diff"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "2 mapping diff\n" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := cli.NewResultFile(filepath.Dir(path)); err == nil {
		t.Error("a folder is taken for a result file")
	}
}
