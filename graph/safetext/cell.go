package safetext

import (
	"strings"
	"unicode/utf8"
)

// Cell returns text as a cell of CSV or TSV that no spreadsheet takes for a
// formula: one that could be begins with an apostrophe. [FromCell] removes it.
//
// https://owasp.org/www-community/attacks/CSV_Injection
func Cell(text string) string {
	if needsApostrophe(text) {
		return "'" + text
	}
	return text
}

// FromCell returns the text that [Cell] was given.
func FromCell(cell string) string {
	if text, found := strings.CutPrefix(cell, "'"); found && needsApostrophe(text) {
		return text
	}
	return cell
}

// needsApostrophe reports whether text may be a formula, or looks like one that
// Cell has defused: else FromCell would shorten it.
func needsApostrophe(text string) bool {
	text = strings.TrimLeft(text, "'")
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, " \"\u00a0\u3000"))
	return strings.ContainsRune("=+-@\t\r＝＋－＠", first)
}
