package output

import (
	"strings"

	"github.com/scimctl/scimctl/graph/safetext"
)

// MarkdownCode returns text as a code span of Markdown. Nothing in it becomes
// a link, an image, HTML, or a mention of somebody.
//
// https://spec.commonmark.org/0.31.2/#code-spans
func MarkdownCode(text string) string {
	text = safetext.Line(text)
	if strings.TrimSpace(text) == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if strings.ContainsAny(text[:1]+text[len(text)-1:], "` ") { // a space on both sides is taken off
		text = " " + text + " "
	}
	return fence + text + fence
}

// MarkdownCell is [MarkdownCode] for the cell of a table, which a bar ends even
// within code. A backslash before it is doubled: parsers differ in how they
// count them.
//
// https://github.github.com/gfm/#tables-extension-
func MarkdownCell(text string) string {
	var b strings.Builder
	slashes := 0
	for _, r := range MarkdownCode(text) {
		if r == '|' {
			b.WriteString(strings.Repeat(`\`, slashes+1))
		}
		slashes++
		if r != '\\' {
			slashes = 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// longestRun is the most of a character that text has in a row.
func longestRun(text string, of rune) (longest int) {
	run := 0
	for _, r := range text {
		run++
		if r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
