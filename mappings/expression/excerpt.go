package expression

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// excerptWidth is the most columns that an excerpt takes on a terminal.
const excerptWidth = 78

// mostShown is the most characters on each side of the place. Some take no
// column of their own.
const mostShown = 200

// Excerpt shows a place in an expression: its line, and below it a caret. A
// tab counts as one blank, wide characters take two columns; of a long line
// only what is around the place is shown.
func Excerpt(text string, at Position) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	if at.Line < 1 || at.Line > len(lines) {
		return ""
	}
	var line []rune
	for _, r := range strings.TrimRight(lines[at.Line-1], "\r") {
		line = append(line, shown(r))
	}
	place := min(max(at.Column-1, 0), len(line))
	from, to := window(line, place)
	before, after := string(line[from:to]), ""
	if to < len(line) {
		after = "…"
	}
	indent := columns(line[from:place])
	if from > 0 {
		before, indent = "…"+before, indent+1
	}
	return before + after + "\n" + strings.Repeat(" ", indent) + "^"
}

// shown is how a character is written in an excerpt: a blank for what would
// not take a column of its own.
func shown(r rune) rune {
	if !unicode.IsPrint(r) {
		return ' '
	}
	return r
}

// window is the part of a line around a place that fits, two thirds of it
// before the place.
func window(line []rune, place int) (from, to int) {
	const room = excerptWidth - 2 // an ellipsis at each end
	if len(line) <= 2*mostShown && columns(line) <= excerptWidth {
		return 0, len(line)
	}
	first, last := max(0, place-mostShown), min(len(line), place+mostShown)
	used := 0
	for from = place; from > first && used+columns(line[from-1:from]) <= room*2/3; from-- {
		used += columns(line[from-1 : from])
	}
	for to = place; to < last && used+columns(line[to:to+1]) <= room; to++ {
		used += columns(line[to : to+1])
	}
	for ; from > first && used+columns(line[from-1:from]) <= room; from-- {
		used += columns(line[from-1 : from])
	}
	return from, to
}

// columns is how wide characters are on a terminal.
func columns(text []rune) int {
	n := 0
	for _, r := range text {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r): // stands above the one before
		case kind == width.EastAsianWide || kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}
