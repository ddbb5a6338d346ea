package iostreams

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// logEvery is how often a progress line is repeated in a log.
const logEvery = 15 * time.Second

// Say says something on Err that is said in any case, also when Quiet.
func (s *Streams) Say(format string, args ...any) { s.say("", format, args) }

// Note says something that is good to know on Err, unless Quiet.
func (s *Streams) Note(format string, args ...any) {
	if !s.Quiet {
		s.Say(format, args...)
	}
}

// Warn says something that the user should look at on Err, also when Quiet.
func (s *Streams) Warn(format string, args ...any) {
	s.say(s.ErrStyle().Yellow("warning:")+" ", format, args)
}

func (s *Streams) say(before, format string, args []any) {
	text := Harmless(strings.TrimRight(fmt.Sprintf(format, args...), "\n"))
	_, _ = io.WriteString(s.Err, before+text+"\n") // where talk cannot be written, nothing better can be done
}

// Harmless is a text in lines without the controls of a terminal, which a name
// or a file that somebody else wrote may have in it, to hide what is shown.
func Harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if (unicode.IsControl(r) && r != '\n' && r != '\t') || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// A Line tells how long work gets on: in place on a terminal, as a plain line
// now and then in a log. A nil Line says nothing.
type Line struct {
	streams *Streams
	last    time.Time // of the plain line before
}

// Progress gives a line for one piece of work; it is nil when nobody wants to
// see any. End it with [Line.Done].
func (s *Streams) Progress() *Line {
	if s.Quiet || s.NoProgress {
		return nil
	}
	return &Line{streams: s}
}

// Say replaces what the line shows: at once on a terminal, at most every 15
// seconds in a log.
func (l *Line) Say(format string, args ...any) {
	if l == nil {
		return
	}
	text := fmt.Sprintf(format, args...)
	if l.streams.err.moves {
		l.streams.show(text)
		return
	}
	if now := time.Now(); l.last.IsZero() || now.Sub(l.last) >= logEvery {
		l.last = now
		l.streams.Say("%s", text)
	}
}

// Done takes the line away.
func (l *Line) Done() {
	if l != nil {
		l.streams.show("")
	}
}

// show puts text where the progress line stands.
func (s *Streams) show(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err, ok := s.Err.(*clearing)
	if !ok || text == s.shown {
		return
	}
	text = cut(strings.ReplaceAll(text, "\n", " "), s.err.width()-1)
	s.wipe(err.to)
	_, _ = io.WriteString(err.to, text)
	s.shown = text
}

// wipe takes the progress line away. The caller holds mu.
func (s *Streams) wipe(terminal io.Writer) {
	if s.shown != "" {
		_, _ = io.WriteString(terminal, "\r\x1b[K")
		s.shown = ""
	}
}

// cut shortens text to width characters, so that the line can be replaced: one
// that wraps cannot.
func cut(text string, width int) string {
	letters := []rune(text)
	if width < 1 || len(letters) <= width {
		return text
	}
	return string(letters[:width-1]) + "…"
}

// clearing is a writer that takes the progress line away before it writes.
type clearing struct {
	streams *Streams
	to      io.Writer
}

// Write writes b whole, never between two parts of what another goroutine writes.
func (c *clearing) Write(b []byte) (int, error) {
	c.streams.mu.Lock()
	defer c.streams.mu.Unlock()
	if err, ok := c.streams.Err.(*clearing); ok {
		c.streams.wipe(err.to)
	}
	return c.to.Write(b)
}
