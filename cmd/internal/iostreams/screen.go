package iostreams

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// A Screen is text on Out that takes the place of what it showed before.
type Screen struct {
	streams *Streams
	rows    int // that the last text takes
}

// Screen gives a place on Out for a text that changes; nil when Out is no
// terminal that can replace it.
func (s *Streams) Screen() *Screen {
	if !s.out.moves {
		return nil
	}
	return &Screen{streams: s}
}

// Show replaces what was shown last by a text of whole lines.
func (s *Screen) Show(text string) error {
	back := ""
	if s.rows > 0 {
		back = fmt.Sprintf("\x1b[%dA\r\x1b[J", s.rows)
	}
	s.rows = rows(text, s.streams.Width())
	if out, ok := s.streams.Out.(*writer); ok {
		return out.write(back, []byte(text))
	}
	_, err := io.WriteString(s.streams.Out, back+text)
	return err
}

// rows are the lines that a text takes when long ones wrap.
func rows(text string, width int) (n int) {
	for line := range strings.Lines(text) {
		n++
		if letters := utf8.RuneCountInString(strings.TrimRight(line, "\r\n")); width > 0 && letters > width {
			n += (letters - 1) / width
		}
	}
	return n
}
