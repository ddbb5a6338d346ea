package iostreams

import (
	"bytes"
	"crypto/rand"
	"unicode"
	"unicode/utf8"

	"github.com/scimctl/scimctl/graph/safetext"
)

// A cleaner makes what is written to a stream safe to show, whoever wrote it
// and in whatever pieces: only our own styles become escape sequences.
type cleaner struct {
	seal    string // begins the sequences of our styles
	runner  bool   // a CI runner reads along and obeys certain lines
	command command
	pending []byte // the beginning of a character or of a style, or a joiner
	before  rune   // the character before those
}

// newSeal returns a beginning of styles that nobody outside can guess.
func newSeal() string { return "\x1b" + rand.Text() + "[" }

// longestCode is the end of a style after its seal: at most "31m".
const longestCode = 3

// clean returns b as it is to be written. Raw data stays as it is, but for what
// a CI runner would obey.
func (c *cleaner) clean(b []byte, raw bool) []byte {
	b = append(c.pending, b...)
	c.pending = nil
	out := make([]byte, 0, len(b)+len(b)/8)
	for len(b) > 0 {
		if n, whole := c.style(b); n > 0 {
			out = append(append(out, "\x1b["...), b[len(c.seal):n]...)
			b = b[n:]
			continue
		} else if !whole || !utf8.FullRune(b) {
			c.pending = bytes.Clone(b)
			break
		}
		r, size := utf8.DecodeRune(b)
		if safetext.IsJoiner(r) && !utf8.FullRune(b[size:]) {
			c.pending = bytes.Clone(b) // what follows decides
			break
		}
		after, _ := utf8.DecodeRune(b[size:])
		out = c.show(out, b[:size], r, after, raw)
		b = b[size:]
	}
	return out
}

// flush returns what was held back for the rest of a character that never came.
func (c *cleaner) flush(raw bool) []byte {
	var out []byte
	for len(c.pending) > 0 {
		r, size := utf8.DecodeRune(c.pending)
		out = c.show(out, c.pending[:size], r, -1, raw)
		c.pending = c.pending[size:]
	}
	return out
}

// style returns the length of the style that b begins with. It is not whole
// when more may follow.
func (c *cleaner) style(b []byte) (n int, whole bool) {
	if c.seal == "" || b[0] != c.seal[0] {
		return 0, true
	}
	if len(b) < len(c.seal) {
		return 0, !bytes.HasPrefix([]byte(c.seal), b)
	}
	rest, sealed := bytes.CutPrefix(b, []byte(c.seal))
	if !sealed {
		return 0, true
	}
	end := bytes.IndexByte(rest[:min(longestCode, len(rest))], 'm')
	if end < 0 {
		return 0, len(rest) >= longestCode
	}
	return len(c.seal) + end + 1, true
}

// show appends one character, or its visible form.
func (c *cleaner) show(out, encoded []byte, r, after rune, raw bool) []byte {
	invalid := r == utf8.RuneError && len(encoded) == 1
	hidden := safetext.Hidden(r) && r != '\n' && r != '\t' && !safetext.Joins(c.before, r, after)
	c.before = r
	if !raw && (invalid || hidden) {
		c.command = command{within: true}
		return append(out, safetext.Escape(r)...)
	}
	if c.runner && c.command.completes(r) {
		return append(out, safetext.Escape(r)...)
	}
	return append(out, encoded...)
}

// A command is how much of a runner's command has been written. Azure Pipelines
// and GitHub Actions look for ##vso[ and ##[ anywhere in a line, GitHub Actions
// for :: at its beginning, after white space. They compare as people of a
// country do, and so pass over characters that nobody sees.
//
// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
// https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
type command struct {
	within bool // something stands on the line already
	colon  bool // it is a single colon
	hashes int
	word   bool // letters have followed the hashes
}

// completes reports whether r makes a command of what was written before. It is
// then written in its visible form, and the command is none.
func (c *command) completes(r rune) bool {
	before := *c
	switch {
	case isLineEnd(r):
		*c = command{}
	case unicode.IsSpace(r):
		*c = command{within: before.within || before.colon}
	case safetext.Hidden(r):
	case r == '#' && !before.word:
		*c = command{within: true, hashes: before.hashes + 1}
	case r == '#':
		*c = command{within: true, hashes: 1}
	case before.hashes > 1 && unicode.IsLetter(r):
		c.word = true
	default:
		*c = command{within: true, colon: r == ':' && !before.within}
		return r == ':' && before.colon || r == '[' && before.hashes > 1
	}
	return false
}

func isLineEnd(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}
