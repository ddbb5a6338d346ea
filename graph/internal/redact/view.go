package redact

import (
	"html"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// A view is a text, or what decoding a part of it gave. Every byte of it can be
// followed back to where it is spelled in the text that it comes from.
type view struct {
	text   []byte
	source func(i, j int) span // of bytes i to j, exclusive, in the original text
}

func plain(text string) view {
	return view{[]byte(text), func(i, j int) span { return span{i, j} }}
}

// A piece is a part of a view that was copied from its parent, or one escape.
type piece struct {
	at     int // offset of its first byte
	from   int // offset of its spelling in the parent
	length int // of the spelling of an escape; 0: as long as it is
}

// unescaped undoes one layer of escapes of JSON, URLs and HTML, and leaves out
// the zero bytes of UTF-16. It reports whether there was anything to undo.
func (v view) unescaped() (view, bool) {
	var pieces []piece
	var text []byte
	copied := 0 // all before that is in text
	for i := indexEscape(v.text, 0); i < len(v.text); {
		decoded, length := unescape(v.text[i:])
		if length == 0 {
			i = indexEscape(v.text, i+1)
			continue
		}
		if text == nil {
			text = make([]byte, 0, len(v.text))
		}
		if copied < i {
			pieces = append(pieces, piece{at: len(text), from: copied})
			text = append(text, v.text[copied:i]...)
		}
		pieces = append(pieces, piece{at: len(text), from: i, length: length})
		text = append(text, decoded...)
		copied = i + length
		i = indexEscape(v.text, copied)
	}
	if text == nil {
		return v, false
	}
	pieces = append(pieces, piece{at: len(text), from: copied})
	text = append(text, v.text[copied:]...)
	return view{text, func(i, j int) span { return v.source(spelling(pieces, i, j)) }}, true
}

// spelling is where bytes i to j are in the text that pieces were made from.
func spelling(pieces []piece, i, j int) (from, to int) {
	p := pieceOf(pieces, i)
	if from = p.from; p.length == 0 {
		from += i - p.at
	}
	p = pieceOf(pieces, j-1)
	if to = p.from + p.length; p.length == 0 {
		to += j - p.at
	}
	return from, to
}

func pieceOf(pieces []piece, i int) piece {
	n := sort.Search(len(pieces), func(n int) bool { return pieces[n].at > i })
	return pieces[n-1]
}

// indexEscape is where the next escape may begin.
func indexEscape(text []byte, from int) int {
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '\\', '%', '&', 0:
			return i
		}
	}
	return len(text)
}

// unescape decodes the escape that a text begins with, and returns its length;
// 0 when it begins with none.
func unescape(text []byte) (decoded []byte, length int) {
	switch text[0] {
	case 0:
		return nil, 1
	case '%':
		return percent(text)
	case '\\':
		return backslash(text)
	case '&':
		return entity(text)
	}
	return nil, 0
}

func percent(text []byte) ([]byte, int) {
	if len(text) > 1 && text[1]|0x20 == 'u' { // JavaScript's old escape()
		if r, ok := hexNumber(text, 2, 4); ok {
			return utf8.AppendRune(nil, r), 6
		}
		return nil, 0
	}
	if b, ok := hexNumber(text, 1, 2); ok {
		return []byte{byte(b)}, 3
	}
	return nil, 0
}

func backslash(text []byte) ([]byte, int) {
	if len(text) < 2 {
		return nil, 0
	}
	switch c := text[1]; c {
	case '"', '\'', '\\', '/':
		return []byte{c}, 2
	case 'b', 'f', 'n', 'r', 't':
		return []byte{"\b\f\n\r\t"[strings.IndexByte("bfnrt", c)]}, 2
	case 'x':
		if b, ok := hexNumber(text, 2, 2); ok {
			return []byte{byte(b)}, 4
		}
	case 'U':
		if r, ok := hexNumber(text, 2, 8); ok {
			return utf8.AppendRune(nil, r), 10
		}
	case 'u':
		return unicodeEscape(text)
	}
	return nil, 0
}

// unicodeEscape reads \uXXXX, or two of them that are one character.
func unicodeEscape(text []byte) ([]byte, int) {
	r, ok := hexNumber(text, 2, 4)
	if !ok {
		return nil, 0
	}
	if utf16.IsSurrogate(r) && len(text) >= 12 && text[6] == '\\' && text[7] == 'u' {
		if low, ok := hexNumber(text, 8, 4); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return utf8.AppendRune(nil, pair), 12
			}
		}
	}
	return utf8.AppendRune(nil, r), 6
}

// hexNumber reads so many hexadecimal digits at an offset.
func hexNumber(text []byte, at, digits int) (rune, bool) {
	if len(text) < at+digits {
		return 0, false
	}
	n := 0
	for _, b := range text[at : at+digits] {
		d := hexDigit[b]
		if d < 0 {
			return 0, false
		}
		n = n<<4 | int(d)
	}
	if n > utf8.MaxRune {
		return 0, false
	}
	return rune(n), true
}

// longestEntity is that of HTML's longest name.
const longestEntity = 33

// entity reads a character reference of HTML, by name or number.
func entity(text []byte) ([]byte, int) {
	if len(text) > 2 && text[1] == '#' {
		return numericEntity(text)
	}
	for i := 1; i < len(text) && i < longestEntity; i++ {
		if b := text[i]; b == ';' {
			name := string(text[:i+1])
			if decoded := html.UnescapeString(name); decoded != name {
				return []byte(decoded), i + 1
			}
			return nil, 0
		} else if b|0x20 < 'a' && (b < '0' || b > '9') || b|0x20 > 'z' {
			return nil, 0
		}
	}
	return nil, 0
}

// numericEntity reads &#43; and &#x2B;.
func numericEntity(text []byte) ([]byte, int) {
	base, i := 10, 2
	if text[2]|0x20 == 'x' {
		base, i = 16, 3
	}
	start := i
	for i < len(text) && i < longestEntity && hexDigit[text[i]] >= 0 && int(hexDigit[text[i]]) < base {
		i++
	}
	n, err := strconv.ParseInt(string(text[start:i]), base, 32)
	if err != nil || i == len(text) || text[i] != ';' {
		return nil, 0
	}
	return utf8.AppendRune(nil, rune(n)), i + 1
}
