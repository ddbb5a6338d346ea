// Package near finds the names that somebody may have meant who wrote another.
package near

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Names returns up to three of the names that somebody who wrote name may
// have meant, the likeliest first.
func Names(name string, names []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var found []candidate
	for _, n := range names {
		d := Distance(name, n)
		if d <= max(2, len(name)/4) || (len(name) > 3 && strings.Contains(strings.ToLower(n), strings.ToLower(name))) {
			found = append(found, candidate{n, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int {
		return cmp.Or(a.distance-b.distance, strings.Compare(a.name, b.name))
	})
	near := []string{}
	for _, c := range found[:min(3, len(found))] {
		near = append(near, c.name)
	}
	return near
}

// Distance counts the letters to add, to leave out or to change, whatever
// their case.
func Distance(a, b string) int {
	return levenshtein.ComputeDistance(strings.ToLower(a), strings.ToLower(b))
}
