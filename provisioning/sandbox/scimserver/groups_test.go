package scimserver_test

import (
	"strings"
	"testing"
)

// sales makes a group as Entra does, and two users that are its members.
func (a *app) sales() (group, one, two string) {
	a.t.Helper()
	group = a.create("/Groups", `{"schemas":["`+groupURN+`","http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId":"5c1e","displayName":"Sales","meta":{"resourceType":"Group"}}`)
	one = strings.TrimPrefix(a.create("/Users", `{"userName":"one"}`), "/Users/")
	two = strings.TrimPrefix(a.create("/Users", `{"userName":"two"}`), "/Users/")
	for _, id := range []string{one, two, two} {
		a.patch(group, `{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+id+`"}]}`)
	}
	return group, one, two
}

func TestAGroupGathersMembers(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	group, one, two := a.sales()
	got := a.must(200, "GET", group, "")
	a.same("members", got["members"], []any{object{"value": one}, object{"value": two}})
	a.same("externalId", got["externalId"], "5c1e")
	a.same("schemas", got["schemas"], []any{groupURN})
	a.same("without members", a.must(200, "GET", group+"?excludedAttributes=members", "")["members"], nil)
	list := a.must(200, "GET", "/Groups?excludedAttributes=members&filter=displayName+eq+%22sales%22", "")
	a.same("found", list["totalResults"], 1.0)
	a.same("listed without members", list["Resources"].([]any)[0].(object)["members"], nil)
	id := strings.TrimPrefix(group, "/Groups/")
	a.same("the reference check", a.found("/Groups", `id eq "`+id+`" and members eq "`+one+`"`), 1.0)
	a.same("of another", a.found("/Groups", `id eq "`+id+`" and members eq "`+nobody+`"`), 0.0)
}

func TestARemovalTakesOnlyItsMember(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, operation string }{
		{"legacy", `{"op":"Remove","path":"members","value":[{"$ref":null,"value":"ONE"}]}`},
		{"legacy without $ref", `{"op":"Remove","path":"members","value":[{"value":"ONE"}]}`},
		{"legacy, one object", `{"op":"Remove","path":"members","value":{"value":"ONE"}}`},
		{"by filter", `{"op":"remove","path":"members[value eq \"ONE\"]"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t)
			group, one, two := a.sales()
			got := a.patch(group, strings.ReplaceAll(test.operation, "ONE", one))
			a.same("members", got["members"], []any{object{"value": two}})
		})
	}
	a := newApp(t)
	group, _, _ := a.sales()
	a.same("a removal without a value empties", a.patch(group, `{"op":"Remove","path":"members"}`)["members"], nil)
}

func TestAGroupIsRenamedAndDeleted(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	group, one, two := a.sales()
	a.must(409, "POST", "/Groups", `{"displayName":"sales"}`)
	a.same("renamed", a.patch(group, `{"op":"Replace","path":"displayName","value":"Sales EMEA"}`)["displayName"], "Sales EMEA")
	a.must(204, "DELETE", "/Users/"+one, "")
	a.same("members after one was deleted", a.must(200, "GET", group, "")["members"], []any{object{"value": two}})
	a.must(204, "DELETE", group, "")
	a.must(404, "GET", group, "")
	a.same("kept", len(a.store.Groups()), 0)
}

func TestAGroupHasNoLearnedExtensions(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	group, _, _ := a.sales()
	a.must(400, "PATCH", group, patchBody(`{"op":"Add","path":"urn:a:b:c","value":"x"}`))
	a.must(201, "POST", "/Groups", `{"displayName":"Two","urn:a:b":{"c":"x"}}`)
}
