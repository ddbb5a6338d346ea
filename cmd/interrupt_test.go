package cmd

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/cmd/internal/exit"
	"github.com/scimctl/scimctl/cmd/internal/iostreams"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestCtrlCEndsTheWaitingAndTellsWhatIsThere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		company := sandbox.New(sandbox.WithLagTime(time.Hour))
		defer func() { _ = company.Close() }()
		streams, _, out, said := iostreams.Test()
		ctx, press := context.WithCancel(t.Context())
		streams.Err = pressing{said, "waiting until", press}
		a := newApp(streams, func(string) string { return "" })
		a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
		if code := a.Run(ctx, []string{"ext", "create", "badge", "--app", "Workato"}); code != int(exit.Interrupted) {
			t.Errorf("exit code %d, want %d", code, exit.Interrupted)
		}
		want := `waiting until the extension properties of Workato can be written (up to 5m0s)
badge created
scimctl: interrupted: waiting until the extension properties of Workato can be written: context canceled
hint: what is done stays done; run the command again to continue
`
		if diff := cmp.Diff(want, said.String()); diff != "" || !strings.Contains(out.String(), "badge") {
			t.Errorf("answered %q, said (-want +got):\n%s", out, diff)
		}
	})
}

// pressing calls press when text is written.
type pressing struct {
	io.Writer
	text  string
	press func()
}

func (p pressing) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte(p.text)) {
		p.press()
	}
	return p.Writer.Write(b)
}

func TestASignalEndsTheProgramWith130(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no signals are sent between processes here")
	}
	arrived := make(chan struct{}, 9)
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		arrived <- struct{}{}
		<-r.Context().Done()
	}))
	defer slow.Close()
	folder := t.TempDir()
	var said bytes.Buffer
	c := exec.CommandContext(t.Context(), "scimctl", "app", "list")
	c.Stderr = &said
	c.Env = append(os.Environ(), "HOME="+folder, "XDG_CONFIG_HOME="+folder, "SCIMCTL_GRAPH_ENDPOINT="+slow.URL, "SCIMCTL_ACCESS_TOKEN=any")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait() // its error is the exit code
	if code := c.ProcessState.ExitCode(); code != int(exit.Interrupted) || !strings.HasPrefix(said.String(), "scimctl: interrupted: read ") {
		t.Errorf("exit code %d, said:\n%s", code, &said)
	}
}

func TestCtrlCAtAQuestionChangesNothing(t *testing.T) {
	t.Parallel()
	company := sandbox.New()
	t.Cleanup(func() { _ = company.Close() })
	streams, _, _, said := iostreams.Test()
	streams.Pretend(true, true, true)
	typing, terminal := io.Pipe()
	defer terminal.Close()
	ctx, press := context.WithCancel(t.Context())
	streams.In, streams.Err = typing, pressing{said, "[y/N]", press}
	a := newApp(streams, func(string) string { return "" })
	a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
	code := a.Run(ctx, []string{"user", "delete", "ada@contoso.com"})
	if code != int(exit.Interrupted) || !strings.HasSuffix(said.String(), "\nscimctl: interrupted: the question was not answered: context canceled\nhint: nothing was changed\n") {
		t.Errorf("exit code %d, said:\n%s", code, said)
	}
}

func TestAVerdictIsSaidOnceOnATerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		out  bool
		args []string
		said bool
	}{
		{true, nil, false}, {false, nil, true}, {true, []string{"-o", "json"}, true},
	} {
		company := sandbox.New()
		t.Cleanup(func() { _ = company.Close() })
		streams, _, out, said := iostreams.Test()
		streams.Pretend(true, c.out, true)
		a := newApp(streams, func(string) string { return "" })
		a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
		code := a.Run(t.Context(), append([]string{"why", "ada@contoso.com", "--app", "Workato"}, c.args...))
		if code != int(exit.Unexpected) || out.Len() == 0 || (said.Len() > 0) != c.said {
			t.Errorf("%+v: exit code %d, answered:\n%s\nsaid:\n%s", c, code, out, said)
		}
	}
}

func TestANoChangesNothingAndAYesDoes(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]struct {
		code  exit.Code
		said  string
		users int
	}{
		"n\n":   {exit.Failure, "Go on? [y/N] scimctl: not confirmed: nothing was changed\n", 36},
		"\n":    {exit.Failure, "not confirmed", 36},
		"":      {exit.Failure, "not confirmed", 36},
		"yes\n": {exit.OK, "ada@contoso.com deleted", 35},
	} {
		company := sandbox.New()
		t.Cleanup(func() { _ = company.Close() })
		streams, in, _, said := iostreams.Test()
		streams.Pretend(true, true, true)
		in.WriteString(answer)
		a := newApp(streams, func(string) string { return "" })
		a.Tenant = func(context.Context) (http.RoundTripper, error) { return company.Transport(), nil }
		code := a.Run(t.Context(), []string{"user", "delete", "ada@contoso.com"})
		view, err := company.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if code != int(want.code) || !strings.Contains(said.String(), want.said) || view.Counts.Users != want.users {
			t.Errorf("%q: exit code %d, %d users, said:\n%s", answer, code, view.Counts.Users, said)
		}
	}
}
