//go:build !(linux || darwin || dragonfly || freebsd || netbsd || openbsd || windows)

package iostreams

import (
	"os"

	"golang.org/x/term"
)

// hideTyping leaves it to reading the secret to turn the echo off. What it
// returns restores the terminal.
func hideTyping(terminal *os.File) (show func(discard bool), err error) {
	before, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		return nil, err
	}
	return func(bool) { _ = term.Restore(int(terminal.Fd()), before) }, nil
}

// readHidden reads a line from the terminal.
func (s *Streams) readHidden() (string, error) {
	text, err := term.ReadPassword(int(s.in.file.Fd()))
	return string(text), err
}
