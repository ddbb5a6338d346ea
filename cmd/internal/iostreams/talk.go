package iostreams

import (
	"strings"
	"time"
)

// logEvery is how often a progress line is repeated in a log.
const logEvery = 15 * time.Second

// Say says something on Err that is said in any case, also when Quiet.
func (s *Streams) Say(format string, args ...any) { s.say("", format, args...) }

// Note says something that is good to know on Err, unless Quiet.
func (s *Streams) Note(format string, args ...any) {
	if !s.Quiet {
		s.Say(format, args...)
	}
}

// Warn says something that the user should look at on Err, also when Quiet.
func (s *Streams) Warn(format string, args ...any) {
	s.say(s.ErrStyle().Yellow("warning:")+" ", format, args...)
}

func (s *Streams) say(before Markup, format string, args ...any) {
	text := strings.TrimRight(string(Sprintf(format, args...)), "\n")
	_, _ = Fprintf(s.Err, "%s%s\n", before, Markup(text)) // nobody is left to be told
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
	text := Sprintf(format, args...)
	if l.streams.err.moves {
		l.streams.show(string(text))
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
	err, ok := s.Err.(*writer)
	if !ok || text == s.shown {
		return
	}
	if s.Redact != nil {
		text = s.Redact(text)
	}
	text = cut(strings.ReplaceAll(text, "\n", " "), s.err.width()-1)
	_, _ = err.to.Write(append(s.wiped(), err.cleaner.clean([]byte(text), false)...)) // progress may get lost
	s.shown = text
}

// wiped takes the progress line away: it returns the sequence for that. The
// caller holds mu.
func (s *Streams) wiped() []byte {
	if s.shown == "" {
		return nil
	}
	s.shown = ""
	return []byte("\r\x1b[K")
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
