package odata

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// clause is one part of a $search: "property:words", in double quotes.
func searchClause() *regexp.Regexp { return regexp.MustCompile(`"([A-Za-z]+):((?:[^"\\]|\\.)*)"`) }

// search answers $search: the words of a clause have to begin words of the
// property. Clauses are joined by AND or OR, read from left to right.
// https://learn.microsoft.com/graph/search-query-parameter
func (r Resource) search(c *Call, items []Object) ([]Object, *Answer) {
	if !c.Query.Has("$search") {
		return items, nil
	}
	if !c.Eventual() {
		return nil, UnsupportedQuery("Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'")
	}
	text := c.Query.Get("$search")
	clauses := searchClause().FindAllStringSubmatchIndex(text, -1)
	if clauses == nil {
		return nil, BadRequest("Syntax error: the value of $search has to be \"property:words\", in double quotes.")
	}
	for _, at := range clauses {
		if property := text[at[2]:at[3]]; !slices.Contains(r.Searches, property) {
			return nil, UnsupportedQuery("$search is not supported for property '" + property + "' of resource '" + r.Label + "'.")
		}
	}
	return slices.DeleteFunc(slices.Clone(items), func(item Object) bool { return !found(text, clauses, item) }), nil
}

func found(text string, clauses [][]int, item Object) bool {
	result, end := false, 0
	for i, at := range clauses {
		have, _ := item[text[at[2]:at[3]]].(string)
		hit := begins(have, text[at[4]:at[5]])
		switch {
		case i == 0:
			result = hit
		case strings.Contains(strings.ToUpper(text[end:at[0]]), "OR"):
			result = result || hit
		default:
			result = result && hit
		}
		end = at[1]
	}
	return result
}

func begins(have, want string) bool {
	words := cutWords(have)
	for _, w := range cutWords(want) {
		if !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, w) }) {
			return false
		}
	}
	return true
}

func cutWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
