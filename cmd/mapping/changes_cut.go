package mapping

import (
	"fmt"

	"github.com/scimctl/scimctl/mappings/diff"
)

// What is longer than longValue is shown to people by a shownValue of it.
const (
	longValue  = 400
	shownValue = 160
)

// CutShort is a change whose values fit on a screen: a member of a schema may
// hold a document of its own, and of that the place where it differs is shown.
func CutShort(change diff.Change) diff.Change {
	before, after := []rune(change.Old), []rune(change.New)
	from := 0
	if len(before) > 0 && len(after) > 0 {
		from = max(0, common(before, after)-shownValue/4)
	}
	change.Old, change.New = excerptOf(before, from), excerptOf(after, from)
	return change
}

// common is how far two texts are the same.
func common(a, b []rune) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

func excerptOf(text []rune, from int) string {
	if len(text) <= longValue {
		return string(text)
	}
	from = min(from, len(text)-shownValue)
	end := from + shownValue
	shown := string(text[from:end])
	if from > 0 {
		shown = "…" + shown
	}
	if end < len(text) {
		shown += "…"
	}
	return fmt.Sprintf("%s (of %d characters)", shown, len(text))
}
