package expression_test

import (
	"testing"

	"github.com/scimctl/scimctl/mappings/expression"
)

// BenchmarkEvaluate evaluates the default mappings of a SCIM app, and a few
// heavier ones, over one user.
func BenchmarkEvaluate(b *testing.B) {
	var nodes []expression.Node
	for _, text := range []string{
		`[userPrincipalName]`, `Switch([IsSoftDeleted], , "False", "True", "True", "False")`, `[displayName]`, `[jobTitle]`, `[mail]`,
		`[preferredLanguage]`, `[givenName]`, `[surname]`, `Join(" ", [givenName], [surname])`, `[physicalDeliveryOfficeName]`,
		`[streetAddress]`, `[city]`, `[state]`, `[postalCode]`, `[country]`, `[telephoneNumber]`, `[mobile]`,
		`[facsimileTelephoneNumber]`, `[mailNickname]`, `[employeeId]`, `[department]`, `[manager]`,
		`Replace([telephoneNumber], , "[()\\s-]+", , "", , )`,
		`ToLower(Join("@", NormalizeDiacritics(StripSpaces(Join(".", [givenName], [surname]))), "contoso.com"))`,
	} {
		n, err := expression.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		nodes = append(nodes, n)
	}
	in := expression.Input{Attributes: map[string][]string{
		"userPrincipalName": {"zoe@contoso.com"}, "IsSoftDeleted": {"False"}, "displayName": {"Zoë Müller"}, "jobTitle": {"Clerk"},
		"mail": {"zoe@contoso.com"}, "givenName": {"Zoë"}, "surname": {"Müller"}, "telephoneNumber": {"+1 (555) 010-0000"},
	}}
	for b.Loop() {
		for _, n := range nodes {
			if _, err := expression.Evaluate(n, in); err != nil {
				b.Fatal(err)
			}
		}
	}
}
