package scim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/scimctl/scimctl/provisioning/scim"
)

func TestAValueIsReadWhereItsTargetPoints(t *testing.T) {
	t.Parallel()
	decoder := json.NewDecoder(strings.NewReader(`{
		"id": "42", "userName": "ada", "active": false, "title": null, "level": 12345678901234567890,
		"Name": {"givenName": "Ada"},
		"emails": [{"type": "home", "value": "h@example.com"}, {"type": "Work", "value": "w@contoso.com"}],
		"roles": [{"primary": false, "value": "User"}, {"primary": true, "value": "Admin"}],
		"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Engines", "manager": {"value": "7", "displayName": "Charles"}},
		"urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole": {"workato_role": "Admin"},
		"urn:example:x": {"phones": [{"type": "a:b", "value": "5"}]},
		"members": [{"value": "1"}, {"value": "2"}], "tags": ["a", "b"]}`))
	decoder.UseNumber()
	var r scim.Resource
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.ID() != "42" {
		t.Errorf("id %q", r.ID())
	}
	for target, want := range map[string][]string{
		"userName":       {"ada"},
		"username":       {"ada"},
		"active":         {"False"},
		"title":          nil,
		"nickName":       nil,
		"level":          {"12345678901234567890"},
		"name.givenName": {"Ada"},
		"urn:ietf:params:scim:schemas:core:2.0:User:name.givenName": {"Ada"},
		"name.familyName":                nil,
		`emails[type eq "work"].value`:   {"w@contoso.com"},
		`emails[type eq "other"].value`:  nil,
		`emails.value`:                   {"h@example.com", "w@contoso.com"},
		`roles[primary eq "True"].value`: {"Admin"},
		enterprise + "department":        {"Engines"},
		enterprise + "manager":           {"7"},
		"urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role": {"Admin"},
		"urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:other":        nil,
		"urn:unknown:thing":                         nil,
		`urn:example:x:phones[type eq "a:b"].value`: {"5"},
		"members": {"1", "2"},
		"tags":    {"a", "b"},
	} {
		got, err := r.Values(target)
		if err != nil {
			t.Errorf("Values(%s): %v", target, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Values(%s) (-want +got):\n%s", target, diff)
		}
	}
}

func TestAManagerMayBeAnsweredAsAText(t *testing.T) {
	t.Parallel()
	r := scim.Resource{"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": map[string]any{"manager": "7"}}
	got, err := r.Values(enterprise + "manager")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"7"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatIsPostedReadsBackAtTheSamePath(t *testing.T) {
	t.Parallel()
	targets := []string{
		"userName", "name.givenName", "name.familyName", `emails[type eq "work"].value`, `emails[type eq "other"].value`,
		`addresses[type eq "work"].locality`, `addresses[type eq "work"].region`, `roles[primary eq "True"].value`,
		enterprise + "department", "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role",
	}
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{}
		var attributes []scim.Attribute
		for _, target := range rapid.Permutation(targets).Draw(t, "targets") {
			want[target] = rapid.String().Draw(t, "value")
			attributes = append(attributes, scim.Attribute{Path: target, Values: []string{want[target]}})
		}
		r, err := scim.NewUser(attributes)
		if err != nil {
			t.Fatal(err)
		}
		for target, value := range want {
			got, err := r.Values(target)
			if err != nil || len(got) != 1 || got[0] != value {
				t.Fatalf("%s reads %q (%v), want %q", target, got, err, value)
			}
		}
	})
}
