package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAUserIsFoundByEveryName(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	ada := s.user("ada@contoso.com")
	for _, path := range []string{
		"/users/" + ada, "/users('ADA@contoso.com')", "/users/sean.o'brien@contoso.com", "/users('sean.o''brien@contoso.com')",
		"/users/mary_fabrikam.com%23EXT%23@contoso.com",
	} {
		s.must(200, "GET", path, nil)
	}
	for _, filter := range []string{
		"userPrincipalName%20eq%20'sean.o''brien@contoso.com'", "mail%20eq%20'mary@fabrikam.com'", "id%20eq%20'" + ada + "'",
		"userPrincipalName%20eq%20'nobody'%20or%20mail%20eq%20'annie.easley@contoso.com'", "startswith(displayName,'ada')",
		"mail%20in%20('ada@contoso.com','x')",
	} {
		if got := len(s.must(200, "GET", "/users?$filter="+filter, nil).list()); got != 1 {
			t.Errorf("%s finds %d", filter, got)
		}
	}
	got := s.ask("GET", "/users/nobody@contoso.com", nil).fault()
	want := "Not Found Request_ResourceNotFound: Resource 'nobody@contoso.com' does not exist or one of its queried reference-property objects are not present."
	if got != want {
		t.Error(got)
	}
}

func TestOnlyWhatIsSelectedIsAnswered(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	got := s.must(200, "GET", "/users/ada@contoso.com?$select=displayName,department,companyName,faxNumber", nil).body
	want := map[string]any{
		"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users(displayName,department,companyName,faxNumber)/$entity",
		"displayName":    "Ada Lovelace", "department": "Engineering", "companyName": "Contoso", "faxNumber": nil,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("(-want +got)\n" + diff)
	}
	if _, there := s.must(200, "GET", "/users/ada@contoso.com", nil).body["department"]; there {
		t.Error("the department is answered without being selected")
	}
	if got := s.ask("GET", "/users?$select=nonsense", nil); got.status != 400 || !strings.Contains(got.text, "Could not find a property named 'nonsense' on type 'microsoft.graph.user'") {
		t.Error(got.text)
	}
}

func TestPagesAreFollowedByTheirLinks(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	seen := map[string]bool{}
	next := "/users?$top=10&$select=id"
	for pages := 1; next != ""; pages++ {
		r := s.must(200, "GET", next, nil)
		for _, u := range r.list() {
			seen[fmt.Sprint(u["id"])] = true
		}
		next = r.string("@odata.nextLink")
		if next != "" && !strings.HasPrefix(next, "https://graph.microsoft.com/v1.0/users?") {
			t.Fatal(next)
		}
		if pages > 4 {
			t.Fatal("there is no end to it")
		}
	}
	if all := len(s.must(200, "GET", "/users?$top=999", nil).list()); len(seen) != all || all < 30 {
		t.Errorf("%d of %d users on the pages", len(seen), all)
	}
	for _, path := range []string{"/users?$top=1000", "/users?$top=0", "/users?$top=x", "/users?$skiptoken=x", "/users?$skip=3", "/users?$nonsense=1"} {
		s.must(400, "GET", path, nil)
	}
}

func TestAdvancedQueriesNeedTheirHeader(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	for path, want := range map[string]string{
		"/users/$count":                                   "Bad Request Request_BadRequest: $count is not currently supported.",
		`/users?$search=%22displayName:ada%22`:            "Bad Request Request_UnsupportedQuery: Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
		"/users?$filter=endsWith(mail,'@contoso.com')":    "Bad Request Request_UnsupportedQuery: Operator 'endsWith' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
		"/users?$filter=companyName%20eq%20'Contoso'":     "Bad Request Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'companyName' of resource 'User'.",
		"/applications?$filter=contains(displayName,'x')": "Bad Request Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'displayName' of resource 'Application'.",
	} {
		if got := s.ask("GET", path, nil).fault(); got != want {
			t.Errorf("%s\n got %s\nwant %s", path, got, want)
		}
	}
	eventual := []string{"ConsistencyLevel", "eventual"}
	if got := len(s.must(200, "GET", "/users?$count=true&$filter=endsWith(mail,'@fabrikam.com')", nil, eventual...).list()); got != 1 {
		t.Error(got)
	}
	r := s.must(200, "GET", "/users?$count=true&$filter=companyName%20ne%20'Contoso'&$orderby=displayName", nil, eventual...)
	if r.body["@odata.count"] != 1.0 {
		t.Error(r.text)
	}
	if got := len(s.must(200, "GET", `/servicePrincipals?$search=%22displayName:work%22`, nil, eventual...).list()); got != 2 {
		t.Error(got)
	}
	if _, there := s.must(200, "GET", "/users?$count=true", nil).body["@odata.count"]; there {
		t.Error("a count without the header")
	}
}

func TestTheOrganisationOfAUserIsReadAndProvisioned(t *testing.T) {
	t.Parallel()
	s := newTenant(t)
	const ada = "/users/ada@contoso.com"
	s.must(400, "PATCH", ada, `{"employeeOrgData":{"team":"x"}}`)
	s.must(400, "PATCH", ada, `{"employeeOrgData":{"division":1}}`)
	s.must(204, "PATCH", ada, `{"employeeOrgData":{"division":"Engines"}}`)
	s.must(200, "GET", ada, nil)
	got := s.must(200, "GET", ada+"?$select=employeeOrgData", nil).body
	if diff := cmp.Diff(map[string]any{"costCenter": nil, "division": "Engines"}, got["employeeOrgData"]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
