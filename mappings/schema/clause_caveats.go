package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Caveats tells what a filter may do that its author did not mean.
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
func (o Object) Caveats(f Filter) []string {
	var all []string
	for _, c := range f.Clauses {
		if a, _ := o.Attribute(Source, c.Attribute); strings.HasPrefix(Plain(c.Operator), "NOT ") && !a.Required && !o.keepsEmpty(c.Attribute) {
			all = append(all, fmt.Sprintf("%s: whoever has no %s does not pass either; a second filter with '%s is-null' in its place lets them", c, c.Attribute, c.Attribute))
		}
		if c.matches() && slices.ContainsFunc(c.Values, loose) {
			all = append(all, fmt.Sprintf("%s: whether it is enough that a part of the value fits is not documented; write ^ and $ around the pattern, or .* where more may stand", c))
		}
	}
	return all
}

// keepsEmpty says whether a filter lets those pass who have no value.
func (o Object) keepsEmpty(attribute string) bool {
	return slices.ContainsFunc(o.Filters(), func(f Filter) bool {
		return slices.ContainsFunc(f.Clauses, func(c Clause) bool { return c.Attribute == attribute && Plain(c.Operator) == "IS NULL" })
	})
}

// loose says whether a pattern may fit a part of a value without fitting all of it.
func loose(pattern string) bool {
	begins := slices.ContainsFunc([]string{"^", `\A`, ".*"}, func(mark string) bool { return strings.HasPrefix(pattern, mark) })
	ends := slices.ContainsFunc([]string{"$", `\z`, `\Z`, ".*"}, func(mark string) bool { return strings.HasSuffix(pattern, mark) })
	return !begins || !ends
}
