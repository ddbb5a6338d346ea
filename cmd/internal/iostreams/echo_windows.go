package iostreams

import (
	"os"

	"golang.org/x/sys/windows"
	"golang.org/x/term"
)

// hideTyping turns the echo of a console off. What it returns turns it on again;
// with discard, what was typed and not read is thrown away, so that half of a
// secret does not end up on the command line of a shell.
func hideTyping(terminal *os.File) (show func(discard bool), err error) {
	console := windows.Handle(terminal.Fd())
	var before uint32
	if err := windows.GetConsoleMode(console, &before); err != nil {
		return nil, err
	}
	if err := windows.SetConsoleMode(console, before&^windows.ENABLE_ECHO_INPUT); err != nil {
		return nil, err
	}
	return func(discard bool) {
		if discard {
			_ = windows.FlushConsoleInputBuffer(console) // it would only stay
		}
		_ = windows.SetConsoleMode(console, before) // nothing to fall back on
	}, nil
}

// readHidden reads a line from the terminal.
func (s *Streams) readHidden() (string, error) {
	text, err := term.ReadPassword(int(s.in.file.Fd()))
	return string(text), err
}
