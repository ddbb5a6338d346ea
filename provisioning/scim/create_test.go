package scim_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/scim"
)

const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"

func TestAUserIsCreatedAsEntraCreatesOne(t *testing.T) {
	t.Parallel()
	body, err := scim.NewUser([]scim.Attribute{
		{Path: "userName", Values: []string{"ada@contoso.com"}},
		{Path: "active", Type: "Boolean", Values: []string{"True"}},
		{Path: "externalId", Values: []string{"ada"}},
		{Path: "name.givenName", Values: []string{"Ada"}},
		{Path: "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName", Values: []string{"Lovelace"}},
		{Path: `emails[type eq "work"].value`, Values: []string{"ada@contoso.com"}},
		{Path: `emails[type eq "other"].value`, Values: []string{"ada@example.com"}},
		{Path: `phoneNumbers[type eq "mobile"].value`, Values: []string{"+44 1"}},
		{Path: `addresses[type eq "work"].streetAddress`, Values: []string{"1 <High> Street"}},
		{Path: `addresses[type eq "work"].locality`, Values: []string{"London"}},
		{Path: "title", Values: nil},
		{Path: enterprise + "department", Values: []string{"Engines"}},
		{Path: enterprise + "employeeNumber", Values: []string{"7"}},
		{Path: "urn:ietf:params:scim:schemas:extension:workato:2.0:User:level", Type: "Integer", Values: []string{"12345678901234567"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
		"externalId": "ada", "userName": "ada@contoso.com", "active": true,
		"emails": [{"primary": true, "type": "work", "value": "ada@contoso.com"}, {"type": "other", "value": "ada@example.com"}],
		"phoneNumbers": [{"type": "mobile", "value": "+44 1"}],
		"addresses": [{"type": "work", "streetAddress": "1 <High> Street", "locality": "London"}],
		"meta": {"resourceType": "User"},
		"name": {"familyName": "Lovelace", "givenName": "Ada"},
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines", "employeeNumber": "7"},
		"urn:ietf:params:scim:schemas:extension:workato:2.0:User": {"level": 12345678901234567},
		"roles": []}`, body)
}

func TestARoleIsPostedAsThePrimaryOneOfEntrasType(t *testing.T) {
	t.Parallel()
	body, err := scim.NewUser([]scim.Attribute{
		{Path: `roles[primary eq "True"].value`, Values: []string{"Admin"}},
		{Path: `roles[primary eq "True"].display`, Values: []string{"The admin"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, `[{"primary": true, "type": "WindowsAzureActiveDirectoryRole", "value": "Admin", "display": "The admin"}]`, body["roles"])
}

func TestAGroupIsCreatedWithoutMembers(t *testing.T) {
	t.Parallel()
	body, err := scim.NewGroup([]scim.Attribute{
		{Path: "displayName", Values: []string{"Sales"}},
		{Path: "externalId", Values: []string{"0f1e"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, `{
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId": "0f1e", "displayName": "Sales", "meta": {"resourceType": "Group"}}`, body)
}

func TestATextThatIsNoBooleanIsSentAsItIs(t *testing.T) {
	t.Parallel()
	body, err := scim.NewUser([]scim.Attribute{
		{Path: "active", Type: "Boolean", Values: []string{"perhaps"}},
		{Path: "level", Type: "Integer", Values: []string{"high"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if body["active"] != "perhaps" || body["level"] != "high" {
		t.Errorf("active is %v, level %v", body["active"], body["level"])
	}
}

func TestTargetsThatContradictEachOtherAreAnError(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"name", "name.givenName"},
		{"name.givenName", "name"},
		{"emails", `emails[type eq "work"].value`},
		{`emails[type eq "work"].value`, "emails"},
		{`emails[type eq "work"].value`, "emails.value"},
	} {
		_, err := scim.NewUser([]scim.Attribute{{Path: pair[0], Values: []string{"a"}}, {Path: pair[1], Values: []string{"b"}}})
		if fault, ok := errors.AsType[*scim.PathError](err); !ok || fault.Path != pair[1] {
			t.Errorf("%s and %s: %v", pair[0], pair[1], err)
		}
	}
}

func TestANameThatIsNoPathIsAnError(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{
		``:                            `target attribute "": not a SCIM attribute path`,
		`urn:`:                        `target attribute "urn:": not a SCIM attribute path`,
		`emails[type eq "work".value`: `target attribute "emails[type eq \"work\".value": the bracket is not closed`,
		`emails[type eq "work"]`:      `target attribute "emails[type eq \"work\"]": a sub-attribute must follow the bracket, as in emails[type eq "work"].value`,
		`emails[work].value`:          `target attribute "emails[work].value": the brackets must hold a condition such as type eq "work"`,
		`emails[type ne "x"].value`:   `target attribute "emails[type ne \"x\"].value": the brackets must hold a condition such as type eq "work"`,
		`name.`:                       `target attribute "name.": nothing follows the dot`,
		`name.given.first`:            `target attribute "name.given.first": not a SCIM attribute path`,
		`given name`:                  `target attribute "given name": not a SCIM attribute path`,
	} {
		_, err := scim.NewUser([]scim.Attribute{{Path: target, Values: []string{"x"}}})
		if _, ok := errors.AsType[*scim.PathError](err); !ok || err.Error() != want {
			t.Errorf("%s: %v, want %s", target, err, want)
		}
		if _, err := (scim.Resource{}).Values(target); err == nil {
			t.Errorf("Values(%s) is no error", target)
		}
		if _, err := scim.Patch(scim.Legacy, []scim.Change{{Attribute: scim.Attribute{Path: target, Values: []string{"x"}}}}); err == nil {
			t.Errorf("Patch with %s is no error", target)
		}
	}
}

func TestNamesOutsideTheDocumentedPatternAreNotSentOnCreate(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]bool{
		"userName":                     true,
		`emails[type eq "work"].value`: true,
		enterprise + "manager":         true,
		"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName":            true,
		"urn:ietf:params:scim:schemas:core:2.0:Group:displayName":              true,
		"urn:ietf:params:scim:schemas:extension:workato:2.0:User:workato_role": true,
		"urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role":    false,
		"urn:ietf:params:scim:schemas:extension:workato:1.0:User:workato_role": false,
		"urn:ietf:params:scim:schemas:extension:workato:2.0:Role:workato_role": false,
		"urn:ietf:params:scim:schemas:extension:a:b:2.0:User:workato_role":     false,
		"urn:ietf:params:scim:schemas:extension::2.0:User:workato_role":        false,
		"urn:example:User:x": false,
		"no path":            false,
	} {
		if got := scim.SentOnCreate(target); got != want {
			t.Errorf("SentOnCreate(%s) = %t", target, got)
		}
	}
}

// same compares JSON without regard to the order of members.
func same(t *testing.T, want string, got any) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	var w, g any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatalf("%s: %v", want, err)
	}
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(w, g); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestADeeplyNestedPathIsRejected(t *testing.T) {
	t.Parallel()
	for _, repeat := range []string{"(", "[", "a[", "a.", "urn:", `a[b eq "c`, "not (", `"`, "]", ":"} {
		_, err := scim.NewUser([]scim.Attribute{{Path: strings.Repeat(repeat, 300_000), Values: []string{"x"}}})
		if e, ok := errors.AsType[*scim.PathError](err); repeat != "(" && repeat != ":" && !ok || ok && len(e.Error()) > 1000 {
			t.Errorf("%q: %.200v", repeat, err)
		}
	}
}
