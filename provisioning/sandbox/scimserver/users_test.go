package scimserver_test

import (
	"testing"
)

func TestACreatedUserIsReadBackAsSent(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	want := object{
		"schemas": []any{userURN, enterpriseURN}, "id": "00000000-0000-4000-8000-000000000001",
		"externalId": "ada", "userName": "Ada@contoso.com", "active": true, "displayName": "Ada Lovelace",
		"name":         object{"formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada"},
		"emails":       []any{object{"primary": true, "type": "work", "value": "ada@contoso.com"}},
		"phoneNumbers": []any{object{"type": "mobile", "value": "+44 1"}, object{"type": "work", "value": "+44 2"}},
		"addresses":    []any{object{"type": "work", "locality": "London", "country": "GB"}},
		enterpriseURN:  object{"employeeNumber": "701", "department": "Engines"},
		"meta": object{
			"resourceType": "User", "location": "Users/00000000-0000-4000-8000-000000000001",
			"created": "2026-03-04T05:06:07Z", "lastModified": "2026-03-04T05:06:07Z",
		},
	}
	a.same("the user", a.must(200, "GET", user, ""), want)
}

func TestNullsCountAsAbsent(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.create("/Users", `{"schemas":["`+userURN+`"],"userName":"ada","addresses":null,"phoneNumbers":null,
		"name":{"givenName":null},"emails":[{"type":"work","value":"a@contoso.com","primary":null}],"`+enterpriseURN+`":{"manager":null}}`)
	got := a.must(200, "GET", user, "")
	a.same("emails", got["emails"], []any{object{"type": "work", "value": "a@contoso.com"}})
	for _, name := range []string{"addresses", "phoneNumbers", "name", enterpriseURN} {
		if value, ok := got[name]; ok {
			t.Errorf("%s is %v", name, value)
		}
	}
}

func TestFiltersFindWhatEntraMatchesBy(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	a.create("/Users", `{"userName":"zoë.o'brien@contoso.com","displayName":"a \"quoted\" name","emails":[{"type":"home","value":"ada@contoso.com"}]}`)
	a.patch(user, `{"op":"Add","path":"`+enterpriseURN+`:manager","value":"m1"}`, `{"op":"Add","path":"urn:scim:fabrikam-crm:1.0:seat_no","value":"12"}`)
	for _, test := range []struct {
		filter string
		want   float64
	}{
		{`userName eq "Ada@contoso.com"`, 1},
		{`userName eq "ada@CONTOSO.com"`, 1},
		{`userName eq "zoë.o'brien@contoso.com"`, 1},
		{`externalId eq "ada"`, 1},
		{`externalId eq "ADA"`, 0},
		{`emails[type eq "work"].value eq "ada@contoso.com"`, 1},
		{`emails[type eq "home"].value eq "ada@contoso.com"`, 1},
		{`emails[type eq "home"].value eq "ben@contoso.com"`, 0},
		{`emails[type eq "work"]`, 1},
		{`emails.value eq "ada@contoso.com"`, 2},
		{`emails eq "ada@contoso.com"`, 2},
		{`displayName eq "a \"quoted\" name"`, 1},
		{`displayName eq "a[b].c eq 1"`, 0},
		{`name.familyName sw "love"`, 1},
		{`active eq true`, 1},
		{`active eq "True"`, 1},
		{`active ne true`, 1},
		{`title pr`, 0},
		{`not (title pr)`, 2},
		{`id eq "00000000-0000-4000-8000-000000000001" and manager eq "m1"`, 1},
		{`id eq "00000000-0000-4000-8000-000000000002" and manager eq "m1"`, 0},
		{enterpriseURN + `:department eq "Engines"`, 1},
		{userURN + `:userName eq "ada@contoso.com"`, 1},
		{`urn:scim:fabrikam-crm:1.0:seat_no eq "12"`, 1},
		{`urn:scim:other:1.0:seat eq "12"`, 0},
		{`userName eq "x" or externalId eq "ada"`, 1},
		{`meta.resourceType eq "User"`, 2},
	} {
		if got := a.found("/Users", test.filter); got != test.want {
			t.Errorf("%s found %v, want %v", test.filter, got, test.want)
		}
	}
}

func TestAUserNameIsTakenOnce(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	refusal := a.must(409, "POST", "/Users", `{"userName":"ADA@contoso.com"}`)
	a.same("scimType", refusal["scimType"], "uniqueness")
	ben := a.create("/Users", `{"userName":"ben@contoso.com"}`)
	a.must(409, "PATCH", ben, patchBody(`{"op":"Replace","path":"title","value":"Miller"}`, `{"op":"Replace","path":"userName","value":"ada@contoso.com"}`))
	a.same("Ben, after the refusal", a.must(200, "GET", ben+"?attributes=title,userName", "")["title"], nil)
	a.patch(user, `{"op":"Replace","path":"userName","value":"ada@contoso.com"}`)
	a.must(204, "DELETE", user, "")
	a.must(404, "GET", user, "")
	a.ada()
}

func TestAPasswordIsNeverGivenBack(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.create("/Users", `{"userName":"ada","password":"hunter2"}`)
	got := a.patch(user, `{"op":"Replace","path":"password","value":"hunter3"}`)
	if _, ok := got["password"]; ok {
		t.Error("the answer has the password")
	}
	a.same("kept", a.store.Users()[0].Attributes, object{"userName": "ada"})
}

func TestAPutReplacesEverything(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	a.must(200, "PUT", user, `{"schemas":["`+userURN+`"],"userName":"ada@contoso.com","`+workatoURN+`":{"workato_role":"Admin"}}`)
	a.same("kept", a.store.Users()[0].Attributes, object{"userName": "ada@contoso.com", workatoURN: object{"workato_role": "Admin"}})
}

func TestOnlyTheAttributesAskedForAreReturned(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	user := a.ada()
	for _, test := range []struct {
		query string
		want  object
	}{
		{"attributes=userName,name.givenName", object{"userName": "Ada@contoso.com", "name": object{"givenName": "Ada"}}},
		{"attributes=id", object{}},
		{"attributes=" + enterpriseURN + ":department", object{enterpriseURN: object{"department": "Engines"}}},
		{
			"excludedAttributes=emails,phoneNumbers,addresses,externalId,active,displayName,name.formatted," + enterpriseURN,
			object{"userName": "Ada@contoso.com", "name": object{"familyName": "Lovelace", "givenName": "Ada"}},
		},
	} {
		got := a.must(200, "GET", user+"?"+test.query, "")
		for _, always := range []string{"id", "schemas", "meta"} {
			delete(got, always)
		}
		a.same(test.query, got, test.want)
	}
}
