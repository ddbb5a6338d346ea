package sandbox_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// The bodies here are written by hand from Microsoft's description of its two
// dialects, and from what was seen on the wire, not with the code that makes
// them: https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.
const (
	flag       = "?aadOptscim062020"
	enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
	createsAda = `POST /Users {
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "` + enterprise + `"],
		"externalId": "ada", "userName": "ada@contoso.com", "active": true, "displayName": "Ada Lovelace", "title": "Principal Engineer",
		"preferredLanguage": "en-US", "meta": {"resourceType": "User"}, "roles": [],
		"name": {"formatted": "Ada Lovelace", "familyName": "Lovelace", "givenName": "Ada"},
		"emails": [{"primary": true, "type": "work", "value": "ada@contoso.com"}],
		"phoneNumbers": [{"type": "work", "value": "+1 555 020 0002"}, {"type": "mobile", "value": "+1 555 010 0002"}],
		"addresses": [{"type": "work", "formatted": "London 02", "locality": "London", "country": "GB"}],
		"` + enterprise + `": {"employeeNumber": "10002", "department": "Engineering"}}`
	createsPilots = `POST /Groups {
		"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group", "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"],
		"externalId": "e53303d5-4463-5b89-8a65-ee9ea403ca17", "displayName": "Workato Pilots", "meta": {"resourceType": "Group"}}`
	role = `"type": "WindowsAzureActiveDirectoryRole"`
)

// patchOf is a PATCH with these operations.
func patchOf(path, operations string) string {
	return `PATCH ` + path + ` {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [` + operations + `]}`
}

// A far is an application that keeps the writes that reach it.
type far struct {
	*tenant
	job    string
	writes []string
}

// distant is a tenant whose job writes to an application behind this URL text.
func distant(t *testing.T, query string) *far {
	t.Helper()
	f := &far{tenant: newTenant(t, sandbox.WithLag(0), sandbox.WithSCIMPath("/scim"))}
	behind := f.Handler()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method != http.MethodGet {
			f.writes = append(f.writes, r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/scim")+" "+string(body))
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	f.job = f.tenant.job()
	f.configure(syncOf(f.job), server.URL+"/scim"+query, f.token())
	return f
}

// sends runs a cycle and compares what it writes below a path.
func (f *far) sends(what, below string, want ...string) {
	f.Helper()
	f.writes = nil
	f.cycle(f.job)
	got := []any{}
	for _, w := range f.writes {
		if strings.Contains(w, " "+below) {
			got = append(got, f.parsed(w))
		}
	}
	expected := []any{}
	for _, w := range want {
		expected = append(expected, f.parsed(w))
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		f.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// parsed parts a request into its line and its body as JSON. The ids of the
// application are shortened to #1, #2 and so on.
func (f *far) parsed(request string) []any {
	f.Helper()
	request = strings.ReplaceAll(request, "00000000-0000-4000-8000-00000000000", "#")
	parts := strings.SplitN(request, " ", 3)
	line := []any{parts[0] + " " + parts[1]}
	if len(parts) < 3 || parts[2] == "" {
		return line
	}
	var body any
	if err := json.Unmarshal([]byte(parts[2]), &body); err != nil {
		f.Fatalf("%s: %v", request, err)
	}
	return append(line, body)
}

// A dialect is what differs between the two.
type dialect struct {
	update, off, on, manager, add, remove string
}

func dialects() map[string]dialect {
	return map[string]dialect{
		"": {
			update: `{"op": "Replace", "path": "title", "value": "Countess"}, {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "ada@fabrikam.com"},
				{"op": "Replace", "path": "name.givenName", "value": "Augusta"}, {"op": "Replace", "path": "name.formatted", "value": "Augusta Lovelace"},
				{"op": "Add", "path": "phoneNumbers[type eq \"fax\"].value", "value": "+1 555 030 0002"},
				{"op": "Replace", "path": "` + enterprise + `:department", "value": "Court"}`,
			off:     `{"op": "Replace", "path": "active", "value": "False"}`,
			on:      `{"op": "Replace", "path": "active", "value": "True"}`,
			manager: `{"op": "Add", "path": "` + enterprise + `:manager", "value": "#1"}`,
			add:     `{"op": "Add", "path": "members", "value": [{"$ref": null, "value": "#3"}]}`,
			remove:  `{"op": "Remove", "path": "members", "value": [{"$ref": null, "value": "#3"}]}`,
		},
		flag: {
			update: `{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "ada@fabrikam.com"},
				{"op": "add", "path": "phoneNumbers[type eq \"fax\"].value", "value": "+1 555 030 0002"},
				{"op": "replace", "value": {"title": "Countess", "name.givenName": "Augusta", "name.formatted": "Augusta Lovelace", "` + enterprise + `:department": "Court"}}`,
			off:     `{"op": "replace", "path": "active", "value": false}`,
			on:      `{"op": "replace", "path": "active", "value": true}`,
			manager: `{"op": "add", "path": "` + enterprise + `:manager", "value": "#1"}`,
			add:     `{"op": "add", "path": "members", "value": [{"$ref": null, "value": "#3"}]}`,
			remove:  `{"op": "remove", "path": "members[value eq \"#3\"]"}`,
		},
	}
}

func TestACycleSendsAUserInTheDialectOfTheURL(t *testing.T) {
	t.Parallel()
	for query, d := range dialects() {
		f := distant(t, query)
		f.assign(f.user("katherine@contoso.com")) // the manager, #1
		f.cycle(f.job)
		ada := f.user("ada@contoso.com")
		f.assign(ada)
		f.sends("create", "/Users", createsAda, patchOf("/Users/#2", d.manager))
		f.must(204, "PATCH", "/users/"+ada, `{"jobTitle":"Countess","department":"Court","givenName":"Augusta","mail":"ada@fabrikam.com","faxNumber":"+1 555 030 0002"}`)
		f.sends("update", "/Users", patchOf("/Users/#2", d.update))
		f.must(204, "PATCH", "/users/"+ada, `{"accountEnabled":false}`)
		f.sends("disable", "/Users", patchOf("/Users/#2", d.off))
		f.must(204, "PATCH", "/users/"+ada, `{"accountEnabled":true}`)
		f.sends("enable", "/Users", patchOf("/Users/#2", d.on))
		f.must(204, "DELETE", "/users/"+ada, nil)
		f.sends("delete", "/Users", patchOf("/Users/#2", d.off))
		f.must(204, "DELETE", "/directory/deletedItems/"+ada, nil)
		f.sends("delete for good", "/Users", "DELETE /Users/#2")
		f.sends("nothing more", "/Users")
	}
}

func TestACycleSendsAGroupInTheDialectOfTheURL(t *testing.T) {
	t.Parallel()
	for query, d := range dialects() {
		f := distant(t, query)
		for _, name := range []string{"edsger", "barbara", "ada"} { // #1, #2 and #3
			f.assign(f.user(name + "@contoso.com"))
			f.cycle(f.job)
		}
		group := f.must(200, "GET", "/groups?$filter=displayName%20eq%20'Workato%20Pilots'", nil).list()[0]["id"].(string)
		f.assign(group)
		both := strings.Replace(d.add, `{"$ref": null, "value": "#3"}`, `{"$ref": null, "value": "#1"}, {"$ref": null, "value": "#2"}`, 1)
		f.sends("create", "/Groups", createsPilots, patchOf("/Groups/#4", both))
		ada := f.user("ada@contoso.com")
		f.must(204, "POST", "/groups/"+group+"/members/$ref", map[string]string{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + ada})
		f.sends("add", "/Groups", patchOf("/Groups/#4", d.add))
		f.must(204, "DELETE", "/groups/"+group+"/members/"+ada+"/$ref", nil)
		f.sends("remove", "/Groups", patchOf("/Groups/#4", d.remove))
		f.sends("nothing more", "/Groups")
	}
}

func TestACycleSendsRolesInTheFormOfTheirFunction(t *testing.T) {
	t.Parallel()
	const packed = `{"op": "Add", "path": "roles", "value": [{"value": "{\"id\":\"b9632174-c057-4f7e-951b-be3adc52bfe6\",\"value\":\"msiam_access\",\"displayName\":\"msiam_access\"}"}]}`
	for _, test := range []struct{ function, target, create, legacy, compliant string }{
		{
			"SingleAppRoleAssignment", `roles[primary eq "True"].value`, `{"primary": true, ` + role + `, "value": "User"}`,
			packed, `{"op": "add", "path": "roles", "value": [{"primary": true, ` + role + `, "value": "msiam_access"}]}`,
		},
		{
			"AppRoleAssignmentsComplex", "roles", `{"primary": false, ` + role + `, "displayName": "User", "value": "User"}`,
			packed, `{"op": "add", "path": "roles", "value": [{"primary": false, ` + role + `, "displayName": "msiam_access", "value": "msiam_access"}]}`,
		},
		{
			"AssertiveAppRoleAssignmentsComplex", "roles", `{"primary": false, ` + role + `, "display": "User", "value": "User"}`,
			`{"op": "replace", "path": "roles", "value": [{"primary": false, ` + role + `, "display": "msiam_access", "value": "msiam_access"}]}`,
			`{"op": "replace", "path": "roles", "value": [{"primary": false, ` + role + `, "display": "msiam_access", "value": "msiam_access"}]}`,
		},
	} {
		for query, want := range map[string]string{"": test.legacy, flag: test.compliant} {
			f := distant(t, query)
			f.edit(f.job, func(schema map[string]any) { // title gives way
				m := at(schema, "synchronizationRules", 0, "objectMappings", 0, "attributeMappings", 3).(map[string]any)
				m["targetAttributeName"] = test.target
				m["source"] = map[string]any{"expression": test.function + "([appRoleAssignments])", "name": test.function, "type": "Function", "parameters": []any{}}
			})
			ada := f.user("ada@contoso.com")
			assignment := f.assign(ada)
			created := strings.Replace(createsAda, `"title": "Principal Engineer",`, "", 1)
			f.sends(test.function+" created", "/Users", strings.Replace(created, `"roles": []`, `"roles": [`+test.create+`]`, 1))
			_, _, sp := f.app("Workato")
			f.must(204, "DELETE", "/servicePrincipals/"+sp+"/appRoleAssignedTo/"+assignment, nil)
			f.must(201, "POST", "/servicePrincipals/"+sp+"/appRoleAssignedTo", map[string]string{
				"principalId": ada, "resourceId": sp, "appRoleId": "b9632174-c057-4f7e-951b-be3adc52bfe6",
			})
			f.sends(test.function+query+" changed", "/Users", patchOf("/Users/#1", want))
		}
	}
}
