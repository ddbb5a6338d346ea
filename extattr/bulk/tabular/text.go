package tabular

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	encoding "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/scimctl/scimctl/graph/bounds"
)

// quotedReturn stands for a carriage return within the quotes of a table, which
// csv.Reader would remove. No text contains one: [Copy] refuses it.
const quotedReturn = '\x00'

// Copy copies a text as UTF-8 without a byte-order mark, each line ended by
// \n, be it by \r or both in the original; within the quotes of a table \r
// becomes [quotedReturn]. UTF-16 has to have a mark; what is neither is a
// *[FileError], which names the line.
//
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding
func Copy(to io.Writer, from io.Reader, name string) error {
	in := bufio.NewReaderSize(transform.NewReader(from, encoding.BOMOverride(transform.Nop)), 1<<16)
	out := bufio.NewWriterSize(to, 1<<16)
	line, size, ended := 1, 0, false // by \r
	var q quotes
	for {
		r, n, err := in.ReadRune()
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if ended && r == '\n' { // its line has ended
			ended = false
			continue
		}
		quoted := q.hold(r)
		if ended = r == '\r' && !quoted; ended {
			r = '\n'
		}
		switch {
		case err != nil:
			return fmt.Errorf("read %s: %w", name, err)
		case r == utf8.RuneError && n == 1:
			return &FileError{Name: name, Line: line, Reason: "is not UTF-8: save it as \"CSV UTF-8\", or convert it with iconv"}
		case r == 0:
			return &FileError{Name: name, Line: line, Reason: "holds a zero byte: it is no text, or UTF-16 without a byte-order mark"}
		case r == '\n':
			line++
		}
		if size += n; size > bounds.Table {
			return &FileError{Name: name, Reason: fmt.Sprintf("has more than %d MB", bounds.Table>>20)}
		}
		if quoted && r == '\r' {
			r = quotedReturn
		}
		if _, err := out.WriteRune(r); err != nil {
			return err
		}
	}
}

// quotes tells which characters of a table stand within quotes. In JSON lines
// none do: there a line end cannot be part of a string.
type quotes struct {
	begun, objects, open bool
}

// hold takes the next character and reports whether it is within quotes.
func (q *quotes) hold(r rune) bool {
	if !q.begun && !unicode.IsSpace(r) {
		q.begun, q.objects = true, r == '{'
	}
	if r == '"' {
		q.open = !q.open
	}
	return q.open && !q.objects
}
