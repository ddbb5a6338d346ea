package cmd

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// openTerminal opens a pseudoterminal: what is written to the user's end is typed.
func openTerminal(t *testing.T) (user, program *os.File) {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = user.Close() })
	if err := unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Skip(err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Skip(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return user, program
}

func echoes(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ECHO != 0
}

// A question that nobody answers ends with the first signal, and the terminal
// shows again what is typed.
func TestASignalEndsAQuestion(t *testing.T) {
	t.Parallel()
	for line, asked := range map[string]string{
		"user delete ada@contoso.com":                    "[y/N]",
		"provision restart":                              "[y/N]",
		"credentials set --url https://scim.example.com": ":",
		"credentials rotate --force":                     ":",
		"mapping actions --disable create --object user": "[y/N]",
	} {
		for _, sent := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
			t.Run(fmt.Sprintf("%s/%s", line, sent), func(t *testing.T) {
				t.Parallel()
				s := inTenant(t, line, "none")
				user, program := openTerminal(t)
				c, _ := s.start(t)
				c.Stdin, c.Stdout, c.Stderr = program, program, program
				if err := c.Start(); err != nil {
					t.Fatal(err)
				}
				ended := make(chan struct{})
				go func() { _ = c.Wait(); _ = program.Close(); close(ended) }() // its error is the exit code
				terminal := &screen{until: asked, seen: make(chan struct{}), closed: make(chan struct{})}
				go terminal.show(user)
				select {
				case <-terminal.seen:
				case <-ended:
					t.Fatalf("it asked nothing:\n%s", terminal.text())
				}
				_ = c.Process.Signal(sent)
				select {
				case <-ended:
				case <-time.After(10 * time.Second):
					_ = c.Process.Kill()
					<-ended
					t.Fatal("it still waits for an answer")
				}
				<-terminal.closed
				wantInterrupted(t, c, terminal.text())
				if !echoes(t, user) {
					t.Error("the terminal no longer shows what is typed")
				}
			})
		}
	}
}

// screen keeps what a terminal shows.
type screen struct {
	until        string
	seen, closed chan struct{}

	mu    sync.Mutex
	shown strings.Builder
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shown.String()
}

// show reads until the last program has closed the terminal.
func (s *screen) show(user *os.File) {
	defer close(s.closed)
	found := false
	for b := make([]byte, 4096); ; {
		n, err := user.Read(b)
		s.mu.Lock()
		s.shown.Write(b[:n])
		now := strings.Contains(s.shown.String(), s.until)
		s.mu.Unlock()
		if now && !found {
			found = true
			close(s.seen)
		}
		if err != nil {
			return
		}
	}
}
