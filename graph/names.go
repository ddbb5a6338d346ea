package graph

import (
	"cmp"
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph/near"
)

// nearLetters is how many letters a name must begin alike with to be looked at.
const nearLetters = 3

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
	begin := string(letters[:min(len(letters), nearLetters)])
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
	return near.Names(name, names)
}
