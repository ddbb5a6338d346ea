package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestUsersRefuseWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	application, _, _ := s.app("Workato")
	made := func(name, kind string) string {
		return s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"name":"`+name+`","dataType":"`+kind+`","targetObjects":["User"]}`).string("name")
	}
	text, number, date := made("role", "String"), made("level", "Integer"), made("since", "DateTime")
	for _, body := range []string{
		`{"` + text + `":1}`, `{"` + text + `":"` + strings.Repeat("x", 257) + `"}`, `{"` + number + `":"1"}`, `{"` + number + `":4294967296}`,
		`{"` + date + `":"yesterday"}`, `{"nonsense":"x"}`, `{"id":"x"}`, `{"accountEnabled":"yes"}`, `{"displayName":null}`, `{}`, `{"a":`, ``, `[]`,
		`{"` + text + `x":"y"}`, `{"userPrincipalName":"grace@contoso.com"}`,
	} {
		s.must(400, "PATCH", "/users/ada@contoso.com", body)
	}
	s.must(400, "PATCH", "/users/grace@contoso.com", `{"jobTitle":"x"}`) // mastered on premises
	s.must(204, "PATCH", "/users/grace@contoso.com", `{"`+text+`":"x"}`)
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"`+text+`":"`+strings.Repeat("ü", 256)+`","`+number+`":2147483647,"`+date+`":"2024-01-01T00:00:00Z"}`)
	got := s.must(200, "GET", "/users/ada@contoso.com?$select=id,"+number, nil).body
	if got[number] != 2147483647.0 {
		t.Error(got)
	}
	if _, there := s.must(200, "GET", "/users/ada@contoso.com", nil).body[text]; there {
		t.Error("an extension value is answered without being selected")
	}
	if got := len(s.must(200, "GET", "/users?$filter="+text+"%20eq%20'x'", nil).list()); got != 1 {
		t.Error(got)
	}
	s.must(204, "PATCH", "/users/grace@contoso.com", `{"`+text+`":null}`)
	if _, there := s.must(200, "GET", "/users/grace@contoso.com?$select="+text, nil).body[text]; there {
		t.Error("a cleared value is still there")
	}
}

func TestExtensionsAreUniqueAndKeepTheirValues(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	application, appID, _ := s.app("Workato")
	path := "/applications/" + application + "/extensionProperties"
	body := `{"name":"role","dataType":"String","targetObjects":["User"]}`
	first := s.must(201, "POST", path, body)
	full := "extension_" + strings.ReplaceAll(appID, "-", "") + "_role"
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#applications('" + application + "')/extensionProperties/$entity",
		"id":             first.string("id"), "deletedDateTime": nil, "appDisplayName": "Workato", "dataType": "String", "isMultiValued": false,
		"isSyncedFromOnPremises": false, "name": full, "targetObjects": []any{"User"},
	}
	if diff := cmp.Diff(want, first.body); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	if got, want := s.ask("POST", path, body).fault(), "Bad Request Request_MultipleObjectsWithSameKeyValue: An extension property exists with the name "+full+"."; got != want {
		t.Error(got)
	}
	for _, bad := range []string{
		`{"name":"a b","dataType":"String","targetObjects":["User"]}`, `{"name":"","dataType":"String","targetObjects":["User"]}`,
		`{"name":"a","dataType":"Text","targetObjects":["User"]}`, `{"name":"a","dataType":"String","targetObjects":[]}`,
	} {
		s.must(400, "POST", path, bad)
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"`+full+`":"Admin"}`)
	s.must(204, "DELETE", path+"/"+first.string("id"), nil)
	s.must(404, "GET", path+"/"+first.string("id"), nil)
	s.must(400, "PATCH", "/users/ada@contoso.com", `{"`+full+`":"x"}`)
	s.must(201, "POST", path, body)
	if got := s.must(200, "GET", "/users/ada@contoso.com?$select="+full, nil).string(full); got != "Admin" {
		t.Errorf("the value is %q", got)
	}
}

func TestAnExtensionWithoutAServicePrincipalNeverWorks(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	badge := s.must(200, "GET", "/applications?$filter=displayName%20eq%20'Badge%20Printer'", nil).list()[0]["id"].(string)
	name := s.must(201, "POST", "/applications/"+badge+"/extensionProperties", `{"name":"x","dataType":"String","targetObjects":["User"]}`).string("name")
	s.must(400, "PATCH", "/users/ada@contoso.com", `{"`+name+`":"x"}`)
	s.must(400, "PATCH", "/users/ada@contoso.com", `{"`+name+`":"x"}`)
}

func TestAssignmentsAreMadeOnce(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	_, appID, sp := s.app("Workato")
	ada := s.user("ada@contoso.com")
	grant := func(principal, resource, role string) map[string]string {
		return map[string]string{"principalId": principal, "resourceId": resource, "appRoleId": role}
	}
	const user, none = "18d14569-c3bd-439b-9a66-3a2aee01d14f", "00000000-0000-0000-0000-000000000000"
	to, of := "/servicePrincipals/"+sp+"/appRoleAssignedTo", "/users/"+ada+"/appRoleAssignments"
	made := s.must(201, "POST", to, grant(ada, sp, user))
	if made.string("principalType") != "User" || made.string("principalDisplayName") != "Ada Lovelace" || len(made.string("id")) != 43 {
		t.Error(made.text)
	}
	news := s.must(200, "GET", "/groups?$filter=displayName%20eq%20'All%20Hands%20News'", nil).list()[0]["id"].(string)
	for _, c := range []struct{ path, principal, resource, role, want string }{
		{to, ada, sp, user, "Bad Request Request_MultipleObjectsWithSameKeyValue: EntitlementGrant entry already exists."},
		{of, ada, sp, user, "Bad Request Request_BadRequest: Permission being assigned already exists on the object"},
		{to, ada, sp, none, "Bad Request Request_BadRequest: Permission being assigned was not found on application '" + appID + "'."},
		{to, ada, appID, user, "Bad Request Request_BadRequest: Not a valid reference update."},
		{of, news, sp, user, "Bad Request Request_BadRequest: Not a valid reference update."},
		{to, news, sp, user, "Bad Request Request_BadRequest: Not a valid reference update."},
		{to, user, sp, user, "Not Found Request_ResourceNotFound: Resource '" + user + "' does not exist or one of its queried reference-property objects are not present."},
	} {
		if got := s.ask("POST", c.path, grant(c.principal, c.resource, c.role)).fault(); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
	if got := len(s.must(200, "GET", of+"?$filter=resourceId%20eq%20"+sp, nil).list()); got != 1 {
		t.Error(got)
	}
	s.must(400, "GET", of+"?$filter=resourceId%20eq%20'"+sp+"'", nil)
	s.must(400, "GET", to+"?$filter=principalId%20eq%20"+ada, nil)
	if got := s.ask("PATCH", to+"/"+made.string("id"), `{}`).fault(); got != "Method Not Allowed Request_BadRequest: Specified HTTP method is not allowed for the request target." {
		t.Error(got)
	}
	s.must(204, "DELETE", to+"/"+made.string("id"), nil)
	if got := s.ask("DELETE", to+"/"+made.string("id"), nil).fault(); got != "Bad Request Request_BadRequest: EntitlementGrant being updated or deleted is not found." {
		t.Error(got)
	}
	if got := s.ask("DELETE", to+"/"+ada, nil).fault(); got != "Bad Request Request_BadRequest: Invalid resource identifier for EntitlementGrant." {
		t.Error(got)
	}
}

func TestADeletedUserCanComeBack(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	ada := s.user("ada@contoso.com")
	s.assign(ada)
	_, _, sp := s.app("Workato")
	s.must(204, "DELETE", "/users/ada@contoso.com", nil)
	s.must(404, "GET", "/users/"+ada, nil)
	if got := len(s.must(200, "GET", "/servicePrincipals/"+sp+"/appRoleAssignedTo", nil).list()); got != 0 {
		t.Error("a deleted user is assigned")
	}
	deleted := s.must(200, "GET", "/directory/deletedItems/microsoft.graph.user?$filter=mail%20eq%20'ada@contoso.com'", nil).list()
	if len(deleted) != 1 || deleted[0]["userPrincipalName"] != strings.ReplaceAll(ada, "-", "")+"ada@contoso.com" || deleted[0]["deletedDateTime"] == nil {
		t.Fatal(deleted)
	}
	s.must(400, "GET", "/directory/deletedItems", nil)
	back := s.must(200, "POST", "/directory/deletedItems/"+ada+"/restore", `{}`)
	if back.string("userPrincipalName") != "ada@contoso.com" || back.string("@odata.type") != "#microsoft.graph.user" {
		t.Error(back.text)
	}
	if got := len(s.must(200, "GET", "/servicePrincipals/"+sp+"/appRoleAssignedTo", nil).list()); got != 1 {
		t.Error("the assignment did not come back")
	}
	s.must(404, "POST", "/directory/deletedItems/"+ada+"/restore", nil)
	s.must(204, "DELETE", "/users/"+ada, nil)
}

func TestARestoreThatCollidesSaysSo(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	ada := s.user("ada@contoso.com")
	s.must(204, "DELETE", "/users/"+ada, nil)
	s.must(204, "PATCH", "/users/barbara@contoso.com", `{"userPrincipalName":"ada@contoso.com"}`)
	s.must(409, "POST", "/directory/deletedItems/"+ada+"/restore", nil)
	s.must(200, "POST", "/directory/deletedItems/"+ada+"/restore", `{"newUserPrincipalName":"countess@contoso.com"}`)
	s.must(200, "GET", "/users/countess@contoso.com", nil)
	s.must(204, "DELETE", "/users/"+ada, nil)
	s.must(204, "DELETE", "/directory/deletedItems/"+ada, nil)
	s.must(404, "GET", "/directory/deletedItems/"+ada, nil)
}

func TestGroupsHaveDirectAndNestedMembers(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	sales := s.must(200, "GET", "/groups?$filter=displayName%20eq%20'Sales'", nil).list()[0]["id"].(string)
	direct := s.must(200, "GET", "/groups/"+sales+"/members?$select=id&$top=999", nil).list()
	all := s.must(200, "GET", "/groups/"+sales+"/transitiveMembers", nil).list()
	users := s.must(200, "GET", "/groups/"+sales+"/members/microsoft.graph.user", nil).list()
	if len(direct) != 6 || len(all) != 8 || len(users) != 5 {
		t.Errorf("%d direct, %d in all, %d users", len(direct), len(all), len(users))
	}
	if direct[5]["@odata.type"] != "#microsoft.graph.group" || len(direct[5]) != 2 {
		t.Error(direct[5])
	}
	ada := s.user("ada@contoso.com")
	reference := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + ada + `"}`
	s.must(204, "POST", "/groups/"+sales+"/members/$ref", reference)
	if got := s.ask("POST", "/groups/"+sales+"/members/$ref", reference).fault(); got != "Bad Request Request_BadRequest: One or more added object references already exist for the following modified properties: 'members'." {
		t.Error(got)
	}
	s.must(204, "DELETE", "/groups/"+sales+"/members/"+ada+"/$ref", nil)
	s.must(404, "DELETE", "/groups/"+sales+"/members/"+ada+"/$ref", nil)
}

func TestAUserHoldsAHundredExtensionValues(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	application, _, _ := s.app("Workato")
	var names []string
	for i := range 101 {
		names = append(names, s.must(201, "POST", "/applications/"+application+"/extensionProperties", map[string]any{
			"name": fmt.Sprintf("value%d", i), "dataType": "String", "targetObjects": []string{"User"},
		}).string("name"))
	}
	values := map[string]any{}
	for _, name := range names[:100] {
		values[name] = "x"
	}
	s.must(204, "PATCH", "/users/ada@contoso.com", values)
	s.must(400, "PATCH", "/users/ada@contoso.com", map[string]any{names[100]: "x"})
	s.must(204, "PATCH", "/users/ada@contoso.com", map[string]any{names[100]: "x", names[0]: nil})
	s.must(400, "PATCH", "/users/ada@contoso.com", map[string]any{strings.Replace(names[1], "value", "Value", 1): "x"})
}

// Microsoft's typed clients say of what type an object is that they send.
func TestWhatATypedClientAddsIsNoProperty(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	s.must(204, "PATCH", "/users/ada@contoso.com", `{"@odata.type":"#microsoft.graph.user","jobTitle":"Countess","businessPhones@odata.type":"#Collection(String)"}`)
	if got := s.must(200, "GET", "/users/ada@contoso.com?$select=jobTitle", nil).string("jobTitle"); got != "Countess" {
		t.Error(got)
	}
	application, _, sp := s.app("Workato")
	s.must(201, "POST", "/applications/"+application+"/extensionProperties", `{"@odata.type":"#microsoft.graph.extensionProperty","name":"role","dataType":"String","targetObjects":["User"]}`)
	s.must(204, "PUT", "/servicePrincipals/"+sp+"/synchronization/secrets", `{"value":[{"@odata.type":"#microsoft.graph.synchronizationSecretKeyStringValuePair","key":"SyncAll","value":"false"}]}`)
}
