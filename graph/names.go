package graph

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/graph/internal/odata"
	"github.com/scimctl/scimctl/graph/near"
)

const (
	nearLetters = 3   // with which a name begins alike
	mostNear    = 999 // names to look at: one page
)

// Choose picks the object that a name means. Names in the directory are compared
// without case, so the one that is written alike wins over others.
func Choose[T any](ctx context.Context, c *Client, kind, name string, found []T, match func(T) Match, collection string) (T, error) {
	var none T
	if len(found) > 1 {
		alike := slices.DeleteFunc(slices.Clone(found), func(v T) bool { return match(v).Name != name })
		if len(alike) > 0 {
			found = alike
		}
	}
	switch len(found) {
	case 0:
		return none, &NotFoundError{Kind: kind, Name: name, Near: c.Near(ctx, collection, name)}
	case 1:
		return found[0], nil
	}
	matches := make([]Match, len(found))
	for i, v := range found {
		matches[i] = match(v)
	}
	slices.SortStableFunc(matches, func(a, b Match) int { return cmp.Compare(a.ID, b.ID) })
	return none, &AmbiguousError{Kind: kind, Name: name, Matches: matches}
}

// Near looks for names that come close to one that was not found: first among
// those that begin with the same letters, then, as the slip may be among these,
// with the same letter. It is help only: when it fails there is none.
func (c *Client) Near(ctx context.Context, collection, name string) []string {
	letters := []rune(name)
	if collection == "" || len(letters) == 0 || odata.IsGUID(name) {
		return nil
	}
	beginnings := []string{Beginning(name)}
	if len(letters) > 1 && collection != "users" { // who begin with one letter are too many
		beginnings = append(beginnings, string(letters[:1]))
	}
	for _, begin := range beginnings {
		if found := near.Names(name, c.beginning(ctx, collection, begin)); len(found) > 0 {
			return found
		}
	}
	return nil
}

// Beginning is the part of a name with which names near it begin alike.
func Beginning(name string) string {
	letters := []rune(name)
	return string(letters[:min(len(letters), nearLetters)])
}

// beginning are names that begin in a way, as many as one page has.
func (c *Client) beginning(ctx context.Context, collection, begin string) []string {
	property, op := "displayName", OpReadApps
	switch collection {
	case "groups":
		op = OpReadGroups
	case "users":
		property, op = "userPrincipalName", OpReadUsers
	}
	path := odata.Query("/"+collection, "$filter", "startswith("+property+","+odata.Literal(begin)+")", "$select", property, "$top", LargestPage)
	found, err := Pages[map[string]any](ctx, c, Request{Op: op, Method: http.MethodGet, Path: path, Due: true}, mostNear)
	if err != nil {
		return nil
	}
	var names []string
	for _, v := range found {
		if name, ok := v[property].(string); ok {
			names = append(names, name)
		}
	}
	return names
}
