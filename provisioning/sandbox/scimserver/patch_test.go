package scimserver_test

import (
	"testing"
)

func TestTheLegacyUpdateSetsEachPath(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	got := a.patch(a.ada(),
		`{"op":"Replace","path":"displayName","value":"Countess"}`,
		`{"op":"Replace","path":"emails[type eq \"work\"].value","value":"countess@contoso.com"}`,
		`{"op":"Replace","path":"name.givenName","value":"Augusta"}`,
		`{"op":"Replace","path":"`+enterpriseURN+`:employeeNumber","value":"702"}`,
		`{"op":"Replace","path":"`+userURN+`:name.formatted","value":"Augusta Ada"}`,
		`{"op":"Add","path":"nickName","value":"Babs"}`)
	a.same("displayName", got["displayName"], "Countess")
	a.same("emails", got["emails"], []any{object{"primary": true, "type": "work", "value": "countess@contoso.com"}})
	a.same("name", got["name"], object{"formatted": "Augusta Ada", "familyName": "Lovelace", "givenName": "Augusta"})
	a.same("enterprise", got[enterpriseURN], object{"employeeNumber": "702", "department": "Engines"})
	a.same("nickName", got["nickName"], "Babs")
}

func TestAnAddMakesTheElementThatItsFilterDescribes(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	got := a.patch(user,
		`{"op":"Add","path":"emails[type eq \"other\"].value","value":"ada@fabrikam.com"}`,
		`{"op":"Add","path":"addresses[type eq \"home\"].locality","value":"Ockham"}`,
		`{"op":"Add","path":"addresses[type eq \"home\"].country","value":"GB"}`)
	a.same("emails", got["emails"], []any{
		object{"primary": true, "type": "work", "value": "ada@contoso.com"},
		object{"type": "other", "value": "ada@fabrikam.com"},
	})
	a.same("addresses", got["addresses"], []any{
		object{"type": "work", "locality": "London", "country": "GB"},
		object{"type": "home", "locality": "Ockham", "country": "GB"},
	})
	refusal := a.must(400, "PATCH", user, patchBody(`{"op":"Replace","path":"emails[type eq \"home\"].value","value":"x@contoso.com"}`))
	a.same("scimType of a Replace", refusal["scimType"], "noTarget")
}

func TestABooleanMayComeAsText(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	for _, test := range []struct {
		operation string
		want      bool
	}{
		{`{"op":"Replace","path":"active","value":"False"}`, false},
		{`{"op":"Replace","path":"active","value":"True"}`, true},
		{`{"op":"Replace","path":"active","value":"false"}`, false},
		{`{"op":"replace","path":"active","value":true}`, true},
		{`{"op":"replace","path":"active","value":false}`, false},
		{`{"op":"Replace","path":"active","value":[{"$ref":null,"value":"True"}]}`, true},
		{`{"op":"replace","value":{"active":"False"}}`, false},
	} {
		a.same(test.operation, a.patch(user, test.operation)["active"], test.want)
		a.same("found", a.found("/Users", `userName eq "ada@contoso.com"`), 1.0)
	}
	a.must(400, "PATCH", user, patchBody(`{"op":"Replace","path":"active","value":"No"}`))
}

func TestTheFlagUpdateHasNoPath(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	got := a.patch(a.ada(),
		`{"op":"replace","path":"emails[type eq \"work\"].value","value":"countess@contoso.com"}`,
		`{"op":"replace","value":{"displayName":"Countess","name.givenName":"Augusta","name":{"familyName":"King"},
			"emails[type eq \"work\"].display":"work","`+enterpriseURN+`:employeeNumber":"702",
			"`+enterpriseURN+`":{"department":"Numbers"},"`+workatoURN+`:workato_role":"Admin"}}`)
	a.same("displayName", got["displayName"], "Countess")
	a.same("name", got["name"], object{"formatted": "Ada Lovelace", "familyName": "King", "givenName": "Augusta"})
	a.same("emails", got["emails"], []any{object{"primary": true, "type": "work", "value": "countess@contoso.com", "display": "work"}})
	a.same("enterprise", got[enterpriseURN], object{"employeeNumber": "702", "department": "Numbers"})
	a.same("workato", got[workatoURN], object{"workato_role": "Admin"})
}

func TestAManagerComesInEveryForm(t *testing.T) {
	t.Parallel()
	const path = enterpriseURN + ":manager"
	for _, test := range []struct{ name, operation string }{
		{"plain text", `{"op":"Add","path":"` + path + `","value":"m1"}`},
		{"an object", `{"op":"Add","path":"` + path + `","value":{"value":"m1"}}`},
		{"a list", `{"op":"Replace","path":"` + path + `","value":[{"$ref":null,"value":"m1"}]}`},
		{"without a path", `{"op":"replace","value":{"` + path + `":"m1"}}`},
		{"under the extension's path", `{"op":"replace","path":"` + enterpriseURN + `","value":{"manager":"m1"}}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			a := newApp(t)
			got := a.patch(a.ada(), test.operation)
			a.same("manager", got[enterpriseURN].(object)["manager"], object{"value": "m1"})
		})
	}
	a := newApp(t)
	user := a.create("/Users", `{"userName":"ada","`+enterpriseURN+`":{"manager":"123456"}}`)
	a.same("posted", a.must(200, "GET", user, "")[enterpriseURN], object{"manager": object{"value": "123456"}})
	a.same("replaced by nothing", a.patch(user, `{"op":"Replace","path":"`+path+`","value":""}`)[enterpriseURN], nil)
	a.patch(user, `{"op":"Add","path":"`+path+`","value":"m2"}`)
	a.same("removed", a.patch(user, `{"op":"Remove","path":"`+path+`"}`)[enterpriseURN], nil)
}

func TestAnUndeclaredExtensionIsKept(t *testing.T) {
	t.Parallel()
	const tag = "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User"
	a := newApp(t)
	user := a.create("/Users", `{"schemas":["`+userURN+`"],"userName":"ada","`+workatoURN+`":{"workato_role":"Admin"}}`)
	got := a.must(200, "GET", user, "")
	a.same("posted", got[workatoURN], object{"workato_role": "Admin"})
	a.same("schemas", got["schemas"], []any{userURN, workatoURN})

	got = a.patch(user,
		`{"op":"Replace","path":"`+workatoURN+`:workato_role","value":"Operator"}`,
		`{"op":"Add","path":"`+workatoURN+`:workato_role_test","value":"Analyst"}`,
		`{"op":"Add","path":"`+tag+`:tag","value":"x"}`,
		`{"op":"Add","path":"`+tag+`:level","value":3}`,
		`{"op":"Add","path":"`+tag+`:enabled","value":true}`,
		`{"op":"Add","path":"`+tag+`:department_ids","value":[{"value":"1"}]}`,
		`{"op":"Add","path":"`+tag+`:department_ids","value":[{"value":"2"}]}`)
	a.same("workato", got[workatoURN], object{"workato_role": "Operator", "workato_role_test": "Analyst"})
	a.same("tag", got[tag], object{
		"tag": "x", "level": 3.0, "enabled": true,
		"department_ids": []any{object{"value": "1"}, object{"value": "2"}},
	})
	a.same("read back", a.must(200, "GET", user, ""), got)
	a.same("a removal", a.patch(user, `{"op":"Remove","path":"`+workatoURN+`:workato_role"}`)[workatoURN], object{"workato_role_test": "Analyst"})

	other := a.create("/Users", `{"userName":"ben"}`)
	got = a.must(200, "GET", other, "")
	a.same("schemas of one without values", got["schemas"], []any{userURN})
	got = a.patch(other, `{"op":"Add","path":"`+tag+`:enabled","value":"False"}`, `{"op":"Add","path":"`+tag+`:level","value":"4"}`, `{"op":"Add","path":"`+tag+`:tag","value":5}`)
	a.same("the types first seen", got[tag], object{"enabled": false, "level": 4.0, "tag": "5"})
}

func TestAURNMayHaveHyphens(t *testing.T) {
	t.Parallel()
	const urn = "urn:scim:schemas:extension:fabrikam-crm_eu:1.0"
	a := newApp(t)
	user := a.create("/Users", `{"userName":"ada","`+urn+`":{"seat":"1"}}`)
	got := a.patch(user, `{"op":"Add","path":"`+urn+`:desk-no","value":"7"}`, `{"op":"replace","value":{"`+urn+`:seat":"2"}}`)
	a.same("the extension", got[urn], object{"seat": "2", "desk-no": "7"})
	a.same("schemas", got["schemas"], []any{userURN, urn})
	got = a.patch(user, `{"op":"replace","value":{"URN:SCIM:schemas:extension:fabrikam-crm_eu:1.0":{"seat":"3"}}}`)
	a.same("spelt otherwise", got[urn], object{"seat": "3", "desk-no": "7"})
}

func TestRolesComeInEveryForm(t *testing.T) {
	t.Parallel()
	const kind = "WindowsAzureActiveDirectoryRole"
	a := newApp(t)
	user := a.create("/Users", `{"userName":"ada","roles":[{"primary":false,"type":"`+kind+`","displayName":"User","value":"User"}]}`)
	a.same("posted", a.must(200, "GET", user, "")["roles"], []any{object{"primary": false, "type": kind, "display": "User", "value": "User"}})

	got := a.patch(user, `{"op":"Add","path":"roles","value":[{"value":"{\"id\":\"1\",\"value\":\"25\",\"displayName\":\"Role1234\"}"}]}`)
	a.same("JSON inside of text", got["roles"].([]any)[1], object{"value": "25", "display": "Role1234"})

	got = a.patch(user, `{"op":"Add","path":"roles[primary eq \"True\"].value","value":"Admin"}`)
	a.same("the primary one", got["roles"].([]any)[2], object{"value": "Admin", "primary": true})
	got = a.patch(user, `{"op":"Replace","path":"roles[primary eq \"True\"].value","value":"Operator"}`)
	a.same("the primary one, replaced", got["roles"].([]any)[2], object{"value": "Operator", "primary": true})

	got = a.patch(user, `{"op":"Add","path":"roles","value":[{"primary":true,"value":"Owner"}]}`)
	a.same("the primary one before", got["roles"].([]any)[2], object{"value": "Operator", "primary": false})
	got = a.patch(user, `{"op":"replace","path":"roles","value":[{"primary":false,"type":"`+kind+`","display":"User","value":"User"}]}`)
	a.same("all replaced", got["roles"], []any{object{"primary": false, "type": kind, "display": "User", "value": "User"}})
	got = a.patch(user, `{"op":"replace","path":"roles","value":[]}`)
	a.same("replaced by none", got["roles"], nil)
}

func TestWhatIsRequiredStays(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	for _, operation := range []string{`{"op":"Remove","path":"userName"}`, `{"op":"Replace","path":"userName","value":null}`, `{"op":"Add","path":"groups","value":[{"value":"g"}]}`} {
		refusal := a.must(400, "PATCH", user, patchBody(operation))
		a.same(operation, refusal["scimType"], "mutability")
	}
	got := a.patch(user, `{"op":"Remove","path":"name.givenName"}`, `{"op":"Remove","path":"emails[type eq \"work\"].value"}`,
		`{"op":"Remove","path":"phoneNumbers[type eq \"mobile\"]"}`, `{"op":"Replace","path":"displayName","value":null}`)
	a.same("name", got["name"], object{"formatted": "Ada Lovelace", "familyName": "Lovelace"})
	a.same("emails", got["emails"], []any{object{"primary": true, "type": "work"}})
	a.same("phoneNumbers", got["phoneNumbers"], []any{object{"type": "work", "value": "+44 2"}})
	a.same("displayName", got["displayName"], nil)
}
