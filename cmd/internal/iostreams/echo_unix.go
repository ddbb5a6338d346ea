//go:build linux || darwin || dragonfly || freebsd || netbsd || openbsd

package iostreams

import (
	"os"

	"golang.org/x/sys/unix"
)

// hideTyping turns the echo of a terminal off. What it returns turns it on
// again; with discard, what was typed and not read is thrown away, so that half
// of a secret does not end up on the command line of a shell.
func hideTyping(terminal *os.File) (show func(discard bool), err error) {
	fd := int(terminal.Fd())
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	hidden := *before
	hidden.Lflag &^= unix.ECHO | unix.ECHONL
	if err := unix.IoctlSetTermios(fd, setTermios, &hidden); err != nil {
		return nil, err
	}
	return func(discard bool) {
		how := uint(setTermios)
		if discard {
			how = setTermiosAndFlush
		}
		_ = unix.IoctlSetTermios(fd, how, before) // nothing to fall back on
	}, nil
}

// readHidden reads a line from the terminal, whose echo is off already.
func (s *Streams) readHidden() (string, error) { return readLine(s.In) }
