// Package words writes counts and sentences, for every package that has
// something to say.
package words

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// Count is a number with its noun: "1 user", "2 users".
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// Verb is the form of a regular verb that agrees with a count: "falls", "fall".
func Verb(n int, plural string) string {
	if n == 1 {
		return plural + "s"
	}
	return plural
}

// Be is "is" or "are".
func Be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// Capitalize makes the first letter of a text a capital one.
func Capitalize(text string) string { return withFirst(text, unicode.ToUpper) }

// Uncapitalize makes it a small one.
func Uncapitalize(text string) string { return withFirst(text, unicode.ToLower) }

// withFirst changes the first letter, which may have several bytes. Bytes that
// are no letter stay.
func withFirst(text string, change func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(text)
	if first == utf8.RuneError && size <= 1 {
		return text
	}
	return string(change(first)) + text[size:]
}
