package iostreams

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// typist is what somebody sees and types at a terminal.
type typist struct {
	*os.File
	seen bytes.Buffer
}

// newTerminal makes a terminal of the system, and streams that ask on it.
func newTerminal(t *testing.T) (*typist, *Streams) {
	t.Helper()
	outer, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skip("this system has no terminals to give: ", err)
	}
	t.Cleanup(func() { _ = outer.Close() })
	number, err := unix.IoctlGetInt(int(outer.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(outer.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	inner, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = inner.Close() })
	s := &Streams{In: inner, in: device{file: inner, terminal: true}, err: device{file: inner, terminal: true}}
	s.open(inner, inner)
	s.secret = s.readHidden
	return &typist{File: outer}, s
}

func (p *typist) types(t *testing.T, text string) {
	t.Helper()
	if _, err := io.WriteString(p.File, text); err != nil {
		t.Fatal(err)
	}
}

// sees reads what is on the terminal until now.
func (p *typist) sees() string {
	b := make([]byte, 4096)
	for {
		n, err := unix.Read(int(p.Fd()), b)
		if n <= 0 || err != nil {
			return p.seen.String()
		}
		p.seen.Write(b[:n])
	}
}

// atPrompt does something as soon as a prompt is written, before the writer can
// do anything else: that is how fast a paste can be.
type atPrompt struct {
	io.Writer
	do func()
}

func (w *atPrompt) Write(b []byte) (int, error) {
	n, err := w.Writer.Write(b)
	if do := w.do; do != nil && bytes.Contains(b, []byte("Secret token")) {
		w.do = nil
		do()
	}
	return n, err
}

func TestASecretTypedAtThePromptIsNotShown(t *testing.T) {
	t.Parallel()
	p, s := newTerminal(t)
	before, err := unix.IoctlGetTermios(int(s.in.file.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	s.Err = &atPrompt{s.Err, func() { p.types(t, "pasted-token\nand what comes next\n") }}
	got, err := s.ReadSecret(t.Context(), "Secret token")
	if err != nil || got != "pasted-token" {
		t.Errorf("got %q, %v", got, err)
	}
	if seen := p.sees(); strings.Contains(seen, "pasted") || !strings.Contains(seen, "Secret token: ") {
		t.Errorf("on the terminal is %q", seen)
	}
	after, err := unix.IoctlGetTermios(int(s.in.file.Fd()), unix.TCGETS)
	if err != nil || *after != *before {
		t.Errorf("the terminal is not as it was: %+v, %v", after, err)
	}
	if next, err := readLine(s.In); err != nil || next != "and what comes next" {
		t.Errorf("what was typed ahead is %q, %v", next, err)
	}
}

// What the shell would otherwise show, or run, as its next line.
func TestHalfASecretDoesNotReachTheShell(t *testing.T) {
	t.Parallel()
	p, s := newTerminal(t)
	ctx, interrupt := context.WithCancelCause(t.Context())
	s.secret = func() (string, error) { <-ctx.Done(); return "", ctx.Err() }
	s.Err = &atPrompt{s.Err, func() {
		p.types(t, "half-a-tok")
		arrived(t, s.in.file, len("half-a-tok"))
		interrupt(errors.New("interrupted"))
	}}
	if got, err := s.ReadSecret(ctx, "Secret token"); err == nil {
		t.Errorf("got %q", got)
	}
	flags, err := unix.IoctlGetTermios(int(s.in.file.Fd()), unix.TCGETS)
	if err != nil || flags.Lflag&unix.ECHO == 0 || flags.Lflag&unix.ICANON == 0 {
		t.Errorf("the terminal is not as it was: %v", err)
	}
	p.types(t, "ls\n")
	if next, err := readLine(s.In); err != nil || next != "ls" {
		t.Errorf("the shell reads %q, %v", next, err)
	}
	if seen := p.sees(); strings.Contains(seen, "half") {
		t.Errorf("on the terminal is %q", seen)
	}
}

// arrived waits until so many bytes can be read from a terminal. It counts them
// only while they make up no line.
func arrived(t *testing.T, terminal *os.File, bytes int) {
	t.Helper()
	flags, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	flags.Lflag &^= unix.ICANON
	if err := unix.IoctlSetTermios(int(terminal.Fd()), unix.TCSETS, flags); err != nil {
		t.Fatal(err)
	}
	for n := 0; n < bytes && err == nil && t.Context().Err() == nil; {
		n, err = unix.IoctlGetInt(int(terminal.Fd()), unix.TIOCINQ)
		runtime.Gosched()
	}
}

func TestATerminalIsRestoredAfterAPanic(t *testing.T) {
	t.Parallel()
	_, s := newTerminal(t)
	s.secret = func() (string, error) { panic("made up") }
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_, _ = s.ReadSecret(t.Context(), "Secret token")
	}()
	flags, err := unix.IoctlGetTermios(int(s.in.file.Fd()), unix.TCGETS)
	if err != nil || flags.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal shows nothing any longer: %v", err)
	}
}
