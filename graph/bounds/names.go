package bounds

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	mostNames   = 10
	longestName = 200
)

// Names lists names in a message: the first ten, and how many more there are.
func Names(all []string) string { return FirstNames(all, mostNames) }

// FirstNames is [Names] for the first n.
func FirstNames(all []string, n int) string {
	shown := make([]string, 0, n)
	for _, name := range all[:min(len(all), n)] {
		shown = append(shown, shortened(name))
	}
	text := strings.Join(shown, ", ")
	if more := len(all) - n; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// shortened cuts what is longer than any name.
func shortened(name string) string {
	if len(name) <= longestName {
		return name
	}
	end := longestName
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "…"
}
