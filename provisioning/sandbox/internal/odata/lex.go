package odata

import (
	"fmt"
	"strings"
)

type kind int

const (
	end    kind = iota
	word        // a property path, an operator, or a literal without quotes
	text        // a string in single quotes, unescaped
	symbol      // ( ) , :
)

type token struct {
	kind kind
	text string
	at   int
}

// A SyntaxError says where a filter stops being one.
type SyntaxError struct {
	At   int // position in the filter, counted in bytes from zero
	What string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("invalid filter clause: %s at position %d", e.What, e.At)
}

// tokens cuts a filter into its parts; the last is always of kind end.
func tokens(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == ' ' || c == '\t':
			i++
		case strings.IndexByte("(),:", c) >= 0:
			out = append(out, token{symbol, string(c), i})
			i++
		case c == '\'':
			value, length, err := quoted(s[i:], i)
			if err != nil {
				return nil, err
			}
			out = append(out, token{text, value, i})
			i += length
		default:
			length := bare(s[i:])
			out = append(out, token{word, s[i : i+length], i})
			i += length
		}
	}
	return append(out, token{kind: end, at: len(s)}), nil
}

// quoted reads a string literal, in which a quote is doubled, and says how
// long it is in the filter.
func quoted(s string, at int) (string, int, error) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != '\'' {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, nil
	}
	return "", 0, &SyntaxError{At: at, What: "there is an unterminated string literal"}
}

// bare is the length of a word. Words that begin with a digit may hold colons,
// since dates do.
func bare(s string) int {
	stop := " \t(),'"
	if s[0] < '0' || s[0] > '9' {
		stop += ":"
	}
	if i := strings.IndexAny(s, stop); i >= 0 {
		return i
	}
	return len(s)
}
