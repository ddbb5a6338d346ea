package safetext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Cell returns text as a cell of CSV or TSV in which no spreadsheet finds a
// formula. An apostrophe stands wherever a formula could begin: at the beginning
// of the text, and after each semicolon, tab, line end or other control
// character in it. Where the list separator is a semicolon, Excel splits cells
// there.
//
// Spaces at the beginning and the end of the text have an apostrophe before and
// after them, because programs that read tables trim cells. [FromCell] removes
// all of these.
//
// https://owasp.org/www-community/attacks/CSV_Injection
func Cell(text string) string {
	if !strings.ContainsFunc(text, needsAttention) {
		return text
	}
	var b strings.Builder
	for i, part := range parts(text) {
		if mayBeFormula(part) || i == 0 && beginsWithSpace(text) {
			b.WriteByte('\'')
		}
		b.WriteString(part)
	}
	if endsWithSpace(text) {
		b.WriteByte('\'')
	}
	return b.String()
}

// FromCell returns the text that [Cell] was given.
func FromCell(cell string) string {
	if !strings.Contains(cell, "'") {
		return cell
	}
	var b strings.Builder
	for i, part := range parts(cell) {
		if mayBeFormula(part) || i == 0 && beginsWithSpace(cell) {
			part = strings.TrimPrefix(part, "'")
		}
		b.WriteString(part)
	}
	text := b.String()
	if endsWithSpace(text) {
		text = strings.TrimSuffix(text, "'")
	}
	return text
}

// parts cuts text behind each character that may end a cell.
func parts(text string) []string {
	var list []string
	for {
		at := strings.IndexFunc(text, endsCell)
		if at < 0 {
			return append(list, text)
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		list, text = append(list, text[:at+size]), text[at+size:]
	}
}

func endsCell(r rune) bool {
	return r == ';' || unicode.IsControl(r) || r == '\u2028' || r == '\u2029'
}

func needsAttention(r rune) bool { return isFormulaSign(r) || unicode.IsSpace(r) }

// isFormulaSign reports whether a formula may begin with a character, in one of
// its widths and heights.
func isFormulaSign(r rune) bool {
	return strings.ContainsRune("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−", r)
}

// mayBeFormula reports whether a formula sign begins a part of a cell, but for
// what programs trim or do not show. Apostrophes do not count: [Cell] may have
// written them, and [FromCell] has to decide as it did.
func mayBeFormula(part string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeftFunc(part, func(r rune) bool {
		return r == '\'' || r == '"' || unicode.IsSpace(r) || Hidden(r)
	}))
	return isFormulaSign(first)
}

func beginsWithSpace(text string) bool {
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(text, `'"`))
	return unicode.IsSpace(first)
}

func endsWithSpace(text string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, "'"))
	return unicode.IsSpace(last)
}
