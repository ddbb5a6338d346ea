package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

const (
	mostNear   = 3
	nearLetter = 3 // letters that a name must begin alike with to be looked at
)

// one picks the object that a name means. Names in the directory are compared
// without case, so the one that is written alike wins over others.
func one[T any](ctx context.Context, c *Client, kind, name string, found []T, match func(T) Match, collection string) (T, error) {
	var none T
	if len(found) > 1 {
		alike := slices.DeleteFunc(slices.Clone(found), func(v T) bool { return match(v).Name != name })
		if len(alike) > 0 {
			found = alike
		}
	}
	switch len(found) {
	case 0:
		return none, &NotFoundError{Kind: kind, Name: name, Near: c.near(ctx, collection, name)}
	case 1:
		return found[0], nil
	}
	matches := make([]Match, len(found))
	for i, v := range found {
		matches[i] = match(v)
	}
	slices.SortFunc(matches, func(a, b Match) int { return cmp.Compare(a.ID, b.ID) })
	return none, &AmbiguousError{Kind: kind, Name: name, Matches: matches}
}

// near looks for names that come close to one that was not found. It is help
// only: when it fails there is none.
func (c *Client) near(ctx context.Context, collection, name string) []string {
	letters := []rune(name)
	if collection == "" || len(letters) == 0 || isGUID(name) {
		return nil
	}
	op := OpReadApps
	if collection == "groups" {
		op = OpReadGroups
	}
	begin := string(letters[:min(len(letters), nearLetter)])
	type named struct {
		DisplayName string `json:"displayName"`
	}
	candidates, err := list[named](ctx, c, op, with("/"+collection,
		"$filter", "startswith(displayName,"+literal(begin)+")", "$select", "displayName", "$top", largestPage))
	if err != nil {
		return nil
	}
	names := make([]string, len(candidates))
	for i, v := range candidates {
		names[i] = v.DisplayName
	}
	return nearest(name, names)
}

// nearest returns the names that come closest, the closest first.
func nearest(name string, names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	slices.SortStableFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
	return names[:min(len(names), mostNear)]
}

// distance counts the letters to insert, drop or change, whatever their case.
func distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			change := diagonal
			if x[i] != y[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
