// Package safetext shows text from outside (names, messages, values of the
// tenant, files of other people) without letting it act on what displays it: a
// terminal, a log, a spreadsheet.
//
// What a reader cannot see is written as an escape such as \u202e. The escapes
// are JSON's, so that JSON text that goes through [Block] keeps its meaning.
package safetext

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Line returns text on one line: line ends, tabs and everything invisible are
// visible escapes.
func Line(text string) string { return escape(text, func(rune) bool { return false }) }

// Block is [Line] for text that is laid out already: its line ends and tabs stay.
func Block(text string) string { return escape(text, isLayout) }

func isLayout(r rune) bool { return r == '\n' || r == '\t' }

func escape(text string, keep func(rune) bool) string {
	hidden := func(r rune) bool { return Hidden(r) && !keep(r) }
	if utf8.ValidString(text) && !strings.ContainsFunc(text, hidden) {
		return text
	}
	var b strings.Builder
	before := rune(-1)
	for at, size := 0, 0; at < len(text); at += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[at:])
		after, _ := utf8.DecodeRuneInString(text[at+size:])
		if (r == utf8.RuneError && size == 1) || hidden(r) && !Joins(before, r, after) {
			b.WriteString(Escape(r))
		} else {
			b.WriteRune(r)
		}
		before = r
	}
	return b.String()
}

// IsJoiner reports whether a character is hidden and has a use in honest names:
// see [Joins].
func IsJoiner(r rune) bool { return r == zeroWidthJoiner || r == zeroWidthNonJoiner }

const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'

// Joins reports whether a joiner stands where a script or an emoji needs it, as in
// Persian and Hindi names: between two letters, or two pictures, that it changes.
// Elsewhere it makes two names that look alike.
//
// https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
func Joins(before, joiner, after rune) bool {
	switch joiner {
	case zeroWidthJoiner:
		return joinsLetters(before) && joinsLetters(after) || isPicture(before) && isPicture(after)
	case zeroWidthNonJoiner:
		return joinsLetters(before) && joinsLetters(after)
	}
	return false
}

func joinsLetters(r rune) bool {
	return unicode.In(r, unicode.L, unicode.M) && unicode.In(r,
		unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Devanagari, unicode.Bengali,
		unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam,
		unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan)
}

// isPicture reports whether r is part of an emoji: a picture, how it is shown, or
// a skin tone.
func isPicture(r rune) bool {
	return unicode.Is(unicode.So, r) || r == '\ufe0f' || r >= 0x1f3fb && r <= 0x1f3ff
}

// Escape is the visible form of a character.
func Escape(r rune) string {
	switch r {
	case '\n':
		return `\n`
	case '\r':
		return `\r`
	case '\t':
		return `\t`
	}
	if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
		return fmt.Sprintf(`\u%04x\u%04x`, high, low)
	}
	return fmt.Sprintf(`\u%04x`, r)
}

// Hidden reports whether a reader cannot see a character, or it changes how its
// neighbors are shown: controls, formatting characters such as those for text
// direction, fillers, and code points without a character.
func Hidden(r rune) bool {
	switch {
	case r >= ' ' && r <= '~':
		return false
	case r == '\ufe0e', r == '\ufe0f': // text or emoji presentation of the character before it
		return false
	case r == '\u2800': // a Braille pattern without a dot
		return true
	}
	visible := unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Zs)
	return !visible || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
