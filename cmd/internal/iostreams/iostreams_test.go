package iostreams_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scimctl/scimctl/cmd/internal/iostreams"
)

func TestAQuestionIsAnsweredByYesAlone(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]bool{
		"y\n": true, "Yes\r\n": true, " y \n": true, "n\n": false, "\n": false, "yess\n": false, "": false, "y": true,
	} {
		io, in, out, err := iostreams.Test()
		io.Pretend(true, true, true)
		in.WriteString(answer)
		got, problem := io.Confirm(t.Context(), "Delete 3 users in contoso.com?")
		if problem != nil || got != want {
			t.Errorf("%q: %t, %v", answer, got, problem)
		}
		if !bytes.HasPrefix(err.Bytes(), []byte("Delete 3 users in contoso.com? [y/N] ")) || out.Len() > 0 {
			t.Errorf("%q asked %q, and on standard output %q", answer, err, out)
		}
	}
}

func TestAQuestionTakesNoMoreThanItsLine(t *testing.T) {
	t.Parallel()
	io, in, _, _ := iostreams.Test()
	io.Pretend(true, true, true)
	in.WriteString("n\ny\n")
	first, _ := io.Confirm(t.Context(), "First?")
	second, _ := io.Confirm(t.Context(), "Second?")
	if first || !second {
		t.Errorf("%t and %t, want false and true", first, second)
	}
}

func TestWithoutATerminalNothingIsAsked(t *testing.T) {
	t.Parallel()
	for _, in := range []bool{false, true} {
		io, _, _, err := iostreams.Test()
		io.Pretend(in, true, !in)
		_, problem := io.Confirm(t.Context(), "Sure?")
		if e, ok := errors.AsType[*iostreams.CannotAskError](problem); !ok || e.Question != "Sure?" || e.Secret {
			t.Error(problem)
		}
		_, problem = io.ReadSecret(t.Context(), "Token")
		if e, ok := errors.AsType[*iostreams.CannotAskError](problem); !ok || !e.Secret {
			t.Error(problem)
		}
		if err.Len() > 0 {
			t.Errorf("it asked all the same: %q", err)
		}
	}
}

func TestCtrlCEndsAQuestion(t *testing.T) {
	t.Parallel()
	streams, _, _, _ := iostreams.Test()
	streams.Pretend(true, true, true)
	reader, writer := io.Pipe()
	defer writer.Close()
	streams.In = reader
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := streams.Confirm(ctx, "Sure?"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := streams.ReadSecret(ctx, "Token"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// A Windows console ends the read before it tells of Ctrl-C.
func TestCtrlCIsToldFromTheEndOfTheTerminal(t *testing.T) {
	t.Parallel()
	for after, want := range map[time.Duration]error{time.Millisecond: context.Canceled, time.Hour: nil} {
		synctest.Test(t, func(t *testing.T) {
			streams, _, _, _ := iostreams.Test() // at its end
			streams.Pretend(true, true, true)
			ctx, cancel := context.WithCancel(t.Context())
			defer time.AfterFunc(after, cancel).Stop()
			if yes, err := streams.Confirm(ctx, "Sure?"); !errors.Is(err, want) || yes {
				t.Errorf("Ctrl-C after %s: %v, %v", after, yes, err)
			}
		})
	}
}

func TestASecretIsReadAndNotShown(t *testing.T) {
	t.Parallel()
	io, in, out, err := iostreams.Test()
	io.Pretend(true, true, true)
	in.WriteString("hidden\n")
	secret, problem := io.ReadSecret(t.Context(), "Token")
	if problem != nil || secret != "hidden" {
		t.Errorf("%q, %v", secret, problem)
	}
	if got := err.String(); got != "Token: \n" || out.Len() > 0 {
		t.Errorf("%q, and on standard output %q", got, out)
	}
}

func TestQuietHushesNotesButNoWarning(t *testing.T) {
	t.Parallel()
	io, _, _, err := iostreams.Test()
	io.Quiet = true
	io.Note("by the way")
	io.Warn("%d left", 3)
	io.Progress().Say("working")
	io.Progress().Done()
	if got := err.String(); got != "warning: 3 left\n" {
		t.Errorf("%q", got)
	}
}

func TestProgressIsReplacedOnATerminal(t *testing.T) {
	t.Parallel()
	io, _, _, err := iostreams.Test()
	io.Pretend(true, true, true)
	line := io.Progress()
	line.Say("1 of 2")
	line.Say("1 of 2")
	line.Say("2 of 2")
	fmt.Fprintln(io.Out, "an answer in between")
	line.Say("%s", string(bytes.Repeat([]byte("long "), 40)))
	line.Done()
	const wipe = "\r\x1b[K"
	long := string(bytes.Repeat([]byte("long "), 40))[:78] + "…"
	if want := "1 of 2" + wipe + "2 of 2" + wipe + long + wipe; err.String() != want {
		t.Errorf("%q\nwant %q", err, want)
	}
}

func TestProgressIsALineNowAndThenInALog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		io, _, _, err := iostreams.Test()
		line := io.Progress()
		for i := range 31 {
			line.Say("%d", i)
			<-time.After(time.Second)
		}
		line.Done()
		if got := err.String(); got != "0\n15\n30\n" {
			t.Errorf("%q", got)
		}
	})
}

func TestTalkOfManyKeepsItsLines(t *testing.T) {
	t.Parallel()
	io, _, _, err := iostreams.Test()
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() { io.Note("one whole line") })
	}
	all.Wait()
	if got, want := err.String(), string(bytes.Repeat([]byte("one whole line\n"), 50)); got != want {
		t.Errorf("%q", got)
	}
}

func TestNoTerminalNoColour(t *testing.T) {
	t.Parallel()
	io, _, _, _ := iostreams.Test()
	if got := io.ErrStyle().Red("x"); got != "x" {
		t.Errorf("%q", got)
	}
	if io.Width() != 0 {
		t.Errorf("%d columns", io.Width())
	}
}

func TestTheEnvironmentDecidesOnColour(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want bool
	}{
		{nil, false},
		{map[string]string{"CLICOLOR_FORCE": "1"}, true},
		{map[string]string{"CLICOLOR_FORCE": "0"}, false},
		{map[string]string{"CLICOLOR_FORCE": "1", "NO_COLOR": "1"}, false},
	} {
		s := iostreams.System(func(name string) string { return c.env[name] })
		if s.ErrIsTerminal() && len(c.env) < 2 {
			continue // somebody runs the test by hand and sees colours
		}
		if got := s.ErrStyle().Red("x") != "x"; got != c.want {
			t.Errorf("%v: painted is %t, want %t", c.env, got, c.want)
		}
	}
}
