package graph_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

var ignoreTemplate = cmpopts.IgnoreFields(applications.App{}, "TemplateID")

const (
	basic = "id,displayName,userPrincipalName,mail,userType,accountEnabled,onPremisesSyncEnabled"
	guid  = "cdb555e3-b33e-4fd5-a427-17fadacbdfa7"
)

func TestUsersAreFoundByAnyOfTheirNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		guid:                               {"GET /v1.0/users/" + guid + "?$select=" + basic},
		"ada@contoso.com":                  {"GET /v1.0/users/ada@contoso.com?$select=" + basic},
		"o'brien@contoso.com":              {"GET /v1.0/users/o%27brien@contoso.com?$select=" + basic},
		"bo_fabrikam.com#EXT#@contoso.com": {"GET /v1.0/users/bo_fabrikam.com%23EXT%23@contoso.com?$select=" + basic},
		"$o'b@contoso.com":                 {"GET /v1.0/users(%27$o%27%27b@contoso.com%27)?$select=" + basic},
		"a/b@contoso.com":                  {"GET /v1.0/users/a%2Fb@contoso.com?$select=" + basic},
	} {
		s := graphtest.Serve(t, graphtest.Says(200, `{"id":"u1"}`))
		user, err := directory.FindUser(t.Context(), s.Client(t), name)
		if err != nil || user.ID != "u1" {
			t.Errorf("%s: got %v, %v", name, user, err)
		}
		if diff := cmp.Diff(want, s.Requests()); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestAUserNobodyIsCalledIsLookedForByMail(t *testing.T) {
	t.Parallel()
	var mail string
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if filter := r.URL.Query().Get("$filter"); filter != "" {
			mail = filter
			graphtest.Reply(w, 200, `{"value":[{"id":"u1","mail":"o'brien@fabrikam.com"}]}`)
			return
		}
		graphtest.Refuse(w, 404, "Request_ResourceNotFound", "Resource does not exist.")
	})
	user, err := directory.FindUser(t.Context(), s.Client(t), "o'brien@fabrikam.com", "extension_ab_role", "mail")
	if err != nil || user.ID != "u1" || mail != "mail eq 'o''brien@fabrikam.com'" {
		t.Errorf("got %v, %v with the filter %s", user, err, mail)
	}
	for _, r := range s.Requests() {
		if !strings.Contains(r, "$select="+basic+",extension_ab_role") || strings.Contains(r, "role,mail") {
			t.Errorf("selected in %s", r)
		}
	}
}

func TestNobodyIsNotFound(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.RawQuery, "filter") {
			graphtest.Reply(w, 200, `{"value":[]}`)
			return
		}
		graphtest.Refuse(w, 404, "Request_ResourceNotFound", "Resource does not exist.")
	})
	for name, requests := range map[string]int{"nobody@contoso.com": 3, guid: 1, "nobody": 1, "": 0} {
		before := len(s.Requests())
		_, err := directory.FindUser(t.Context(), s.Client(t), name)
		if e, ok := errors.AsType[*graph.NotFoundError](err); !ok || e.Kind != "user" || e.Name != name {
			t.Errorf("%q: got %v", name, err)
		}
		if got := len(s.Requests()) - before; got != requests {
			t.Errorf("%q: %d requests, want %d", name, got, requests)
		}
	}
}

func TestARefusalIsNotMistakenForNobody(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, _ *http.Request) {
		graphtest.Refuse(w, 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	})
	_, err := directory.FindUser(t.Context(), s.Client(t), "ada@contoso.com")
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.Status != 403 || !cmp.Equal(e.Op.Delegated, []string{"User.Read.All"}) {
		t.Errorf("got %v", err)
	}
}

func TestAMailAddressOfSeveralIsAmbiguous(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(graphtest.Says(404, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`),
		graphtest.Says(200, `{"value":[{"id":"u2","mail":"it@contoso.com","userPrincipalName":"b@contoso.com"},{"id":"u1","mail":"it@contoso.com","userPrincipalName":"a@contoso.com"}]}`)))
	_, err := directory.FindUser(t.Context(), s.Client(t), "it@contoso.com")
	want := &graph.AmbiguousError{Kind: "user", Name: "it@contoso.com", Matches: []graph.Match{
		{Name: "it@contoso.com", ID: "u1", Detail: "a@contoso.com"}, {Name: "it@contoso.com", ID: "u2", Detail: "b@contoso.com"},
	}}
	got, _ := errors.AsType[*graph.AmbiguousError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAnUnsetExtensionIsAbsentHoweverItComes(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"@odata.context":"x","id":"u1","displayName":null,"accountEnabled":true,"onPremisesSyncEnabled":null,
		"extension_ab_role":"Admin","extension_ab_level":9007199254740993,"extension_ab_none":null,"mail":"a@contoso.com"}`))
	got, err := directory.FindUser(t.Context(), s.Client(t), "u1", "extension_ab_role", "extension_ab_none", "extension_ab_level", "extension_ab_absent")
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Values) != "map[extension_ab_level:9007199254740993 extension_ab_role:Admin]" {
		t.Errorf("values %v", got.Values)
	}
	if !got.AccountEnabled || got.Mail != "a@contoso.com" || got.OnPremisesSyncEnabled {
		t.Errorf("got %+v", got)
	}
}

const principal = `{"id":"sp1","appId":"a1","displayName":"Workato","applicationTemplateId":"t1","tags":["x"],"appRoles":[{"id":"r1","displayName":"User","value":null,"allowedMemberTypes":["User"],"isEnabled":true,"origin":"Application"}]}`

var workato = applications.App{
	Name: "Workato", AppID: "a1", ServicePrincipalID: "sp1", TemplateID: "t1", Tags: []string{"x"},
	Roles: []applications.AppRole{{ID: "r1", DisplayName: "User", AllowedMemberTypes: []string{"User"}, IsEnabled: true, Origin: "Application"}},
}

func TestAnApplicationIsFoundByNameInOneRequest(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[`+principal+`]}`))
	app, err := applications.Find(t.Context(), s.Client(t), "O'Hara & Söhne #1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(workato, app); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want := []string{"GET /v1.0/servicePrincipals?$filter=displayName%20eq%20'O''Hara%20%26%20S%C3%B6hne%20%231'&$select=id,appId,displayName,applicationTemplateId,appRoles,tags"}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestARegistrationIsFoundInTwoRequests(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1.0/servicePrincipals") {
			graphtest.Reply(w, 200, `{"value":[`+principal+`]}`)
			return
		}
		graphtest.Reply(w, 200, `{"value":[{"id":"o1","appId":"a1","displayName":"Workato"}]}`)
	})
	app, err := applications.FindRegistration(t.Context(), s.Client(t), "Workato")
	want := workato
	want.ApplicationID = "o1"
	if diff := cmp.Diff(want, app); diff != "" || err != nil || len(s.Requests()) != 2 {
		t.Errorf("%v, %d requests (-want +got)\n%s", err, len(s.Requests()), diff)
	}
}

func TestHalfAnApplicationIsCompleted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		principals, applications, single string
		status                           int
		want                             [2]string
	}{
		"renamed service principal":    {`[]`, `[{"id":"o1","appId":"a1","displayName":"Workato"}]`, principal, 200, [2]string{"sp1", "o1"}},
		"no service principal":         {`[]`, `[{"id":"o1","appId":"a1","displayName":"Workato"}]`, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`, 404, [2]string{"", "o1"}},
		"renamed application":          {`[` + principal + `]`, `[]`, `{"id":"o1","appId":"a1","displayName":"Other"}`, 200, [2]string{"sp1", "o1"}},
		"registered in another tenant": {`[` + principal + `]`, `[]`, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`, 404, [2]string{"sp1", ""}},
	} {
		s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/v1.0/servicePrincipals":
				graphtest.Reply(w, 200, `{"value":`+c.principals+`}`)
			case "/v1.0/applications":
				graphtest.Reply(w, 200, `{"value":`+c.applications+`}`)
			case "/v1.0/servicePrincipals(appId='a1')", "/v1.0/applications(appId='a1')":
				graphtest.Reply(w, c.status, c.single)
			default:
				t.Errorf("asked for %s", r.URL)
			}
		})
		app, err := applications.FindRegistration(t.Context(), s.Client(t), "Workato")
		if got := [2]string{app.ServicePrincipalID, app.ApplicationID}; err != nil || got != c.want {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestAMisspeltApplicationShowsItsNeighbours(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(graphtest.Says(200, `{"value":[]}`),
		graphtest.Says(200, `{"value":[{"displayName":"Workgrid"},{"displayName":"Workato"},{"displayName":"Workteam"},{"displayName":"Workday Recruiting"}]}`)))
	_, err := applications.Find(t.Context(), s.Client(t), "workata")
	want := &graph.NotFoundError{Kind: "application", Name: "workata", Near: []string{"Workato"}}
	got, _ := errors.AsType[*graph.NotFoundError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if asked := s.Requests(); len(asked) != 2 || !strings.Contains(asked[1], "startswith(displayName,'wor')") {
		t.Errorf("asked %q", asked)
	}
}

func TestASlipInTheFirstLettersShowsNeighboursToo(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(graphtest.Says(200, `{"value":[]}`), graphtest.Says(200, `{"value":[]}`),
		graphtest.Says(200, `{"value":[{"displayName":"Workgrid"},{"displayName":"WorkOS"}]}`)))
	_, err := applications.Find(t.Context(), s.Client(t), "WrokOS")
	if e, ok := errors.AsType[*graph.NotFoundError](err); !ok || !cmp.Equal(e.Near, []string{"WorkOS"}) {
		t.Errorf("got %v", err)
	}
	s = graphtest.Serve(t, graphtest.InTurn(graphtest.Says(404, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`), graphtest.Says(200, `{"value":[]}`),
		graphtest.Says(200, `{"value":[{"userPrincipalName":"ada@contoso.com"}]}`)))
	_, err = directory.FindUser(t.Context(), s.Client(t), "adaa@contoso.com")
	if e, ok := errors.AsType[*graph.NotFoundError](err); !ok || !cmp.Equal(e.Near, []string{"ada@contoso.com"}) {
		t.Errorf("got %v", err)
	}
}

func TestSeveralApplicationsOfANameAreListed(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"id":"sp2","appId":"a2","displayName":"Workato"},{"id":"sp1","appId":"a1","displayName":"Workato"},{"id":"sp3","appId":"a3","displayName":"WORKATO"}]}`))
	_, err := applications.Find(t.Context(), s.Client(t), "Workato")
	want := &graph.AmbiguousError{Kind: "application", Name: "Workato", Matches: []graph.Match{
		{Name: "Workato", ID: "sp1", Detail: "appId a1"}, {Name: "Workato", ID: "sp2", Detail: "appId a2"},
	}}
	got, _ := errors.AsType[*graph.AmbiguousError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	app, err := applications.Find(t.Context(), s.Client(t), "WORKATO")
	if err != nil || app.ServicePrincipalID != "sp3" {
		t.Errorf("written alike: got %v, %v", app, err)
	}
}

// batchOf answers the four look-ups of an id; "" stands for a 404.
func batchOf(t *testing.T, bodies ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1.0/$batch" {
			t.Errorf("asked for %s", r.URL)
		}
		items := []string{}
		for i, body := range bodies {
			status := 200
			if body == "" {
				status, body = 404, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`
			}
			items = append(items, fmt.Sprintf(`{"id":"%d","status":%d,"headers":{"Content-Type":"application/json"},"body":%s}`, i, status, body))
		}
		graphtest.Reply(w, 200, `{"responses":[`+strings.Join(items, ",")+`]}`)
	}
}

func TestAnIdOfAnyKindFindsTheApplication(t *testing.T) {
	t.Parallel()
	reg := `{"id":"o1","appId":"a1","displayName":"Workato"}`
	for name, c := range map[string]struct {
		answers  []http.HandlerFunc
		requests int
	}{
		"service principal id":  {[]http.HandlerFunc{batchOf(t, principal, "", "", "")}, 1},
		"appId":                 {[]http.HandlerFunc{batchOf(t, "", principal, "", reg)}, 1},
		"application object id": {[]http.HandlerFunc{batchOf(t, "", "", reg, ""), graphtest.Says(200, principal)}, 2},
	} {
		s := graphtest.Serve(t, graphtest.InTurn(c.answers...))
		app, err := applications.Find(t.Context(), s.Client(t), guid)
		if err != nil || app.ServicePrincipalID != "sp1" || len(s.Requests()) != c.requests {
			t.Errorf("%s: got %v, %v after %d requests", name, app, err, len(s.Requests()))
		}
	}
	s := graphtest.Serve(t, graphtest.InTurn(batchOf(t, principal, "", "", ""), graphtest.Says(200, reg)))
	app, err := applications.FindRegistration(t.Context(), s.Client(t), guid)
	if err != nil || app.ApplicationID != "o1" || app.ServicePrincipalID != "sp1" {
		t.Errorf("registration: got %v, %v", app, err)
	}
}

func TestAnIdOfAnApplicationWithoutAServicePrincipalSaysSo(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(batchOf(t, "", "", `{"id":"o1","appId":"a1","displayName":"Badge Printer"}`, ""),
		graphtest.Says(404, `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`)))
	_, err := applications.Find(t.Context(), s.Client(t), guid)
	want := &graph.NotFoundError{Kind: "service principal of the application", Name: "Badge Printer"}
	got, _ := errors.AsType[*graph.NotFoundError](err)
	if diff := cmp.Diff(want, got); diff != "" || len(s.Requests()) != 2 {
		t.Errorf("%d requests (-want +got)\n%s", len(s.Requests()), diff)
	}
}

func TestANameThatLooksLikeAnIdIsFound(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.InTurn(batchOf(t, "", "", "", ""), graphtest.Says(200, `{"value":[`+principal+`]}`)))
	app, err := applications.Find(t.Context(), s.Client(t), guid)
	if err != nil || app.ServicePrincipalID != "sp1" || len(s.Requests()) != 2 {
		t.Errorf("got %v, %v after %q", app, err, s.Requests())
	}
}

func TestARefusedLookUpByIdIsARefusal(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"responses":[
		{"id":"0","status":403,"body":{"error":{"code":"Authorization_RequestDenied","message":"Insufficient privileges to complete the operation."}}},
		{"id":"1","status":404,"body":{"error":{"code":"Request_ResourceNotFound","message":"no"}}},
		{"id":"2","status":404,"body":{"error":{"code":"Request_ResourceNotFound","message":"no"}}},
		{"id":"3","status":404,"body":{"error":{"code":"Request_ResourceNotFound","message":"no"}}}]}`))
	_, err := applications.Find(t.Context(), s.Client(t), guid)
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != 403 {
		t.Errorf("got %v", err)
	}
}

func TestListingApplicationsJoinsBothIds(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v1.0/servicePrincipals") {
			if got := r.URL.Query().Get("$filter"); got != "tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')" {
				t.Errorf("filter %s", got)
			}
			graphtest.Reply(w, 200, `{"value":[{"id":"sp2","appId":"a2","displayName":"Workgrid"},`+principal+`,{"id":"sp3","appId":"a3","displayName":"Network"},{"id":"sp4","appId":"a4","displayName":"Slack"}]}`)
			return
		}
		graphtest.Reply(w, 200, `{"value":[{"id":"o1","appId":"a1","displayName":"Workato"}]}`)
	})
	apps, err := applications.List(t.Context(), s.Client(t), "WORK")
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, a := range apps {
		got = append(got, a.Name+" "+a.ServicePrincipalID+" "+a.ApplicationID)
	}
	if diff := cmp.Diff([]string{"Network sp3 ", "Workato sp1 o1", "Workgrid sp2 "}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestDeletedUsersAreFoundByTheirFormerName(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[
		{"id":"cdb555e3-b33e-4fd5-a427-17fadacbdfa7","userPrincipalName":"cdb555e3b33e4fd5a42717fadacbdfa7ada@contoso.com","mail":"ada.l@contoso.com","deletedDateTime":"2025-01-01T00:00:00Z"},
		{"id":"22222222-b33e-4fd5-a427-17fadacbdfa7","userPrincipalName":"22222222b33e4fd5a42717fadacbdfa7bob@contoso.com","mail":null,"deletedDateTime":"2025-01-02T00:00:00Z"},
		{"id":"33333333-b33e-4fd5-a427-17fadacbdfa7","userPrincipalName":"33333333b33e4fd5a42717fadacbdfa7bob@contoso.com","mail":null,"deletedDateTime":"2025-01-03T00:00:00Z"}]}`))
	for _, name := range []string{guid, "ADA@contoso.com", "ada.l@contoso.com"} {
		user, err := directory.FindDeletedUser(t.Context(), s.Client(t), name)
		if err != nil || user.ID != guid || user.DeletedDateTime.Year() != 2025 {
			t.Errorf("%s: got %v, %v", name, user, err)
		}
	}
	_, err := directory.FindDeletedUser(t.Context(), s.Client(t), "bob@contoso.com")
	if e, ok := errors.AsType[*graph.AmbiguousError](err); !ok || len(e.Matches) != 2 || e.Matches[0].Detail != "deleted 2025-01-02T00:00:00Z" {
		t.Errorf("got %v", err)
	}
	if _, err := directory.FindDeletedUser(t.Context(), s.Client(t), ""); !graph.IsNotFound(err) {
		t.Errorf("got %v", err)
	}
}

func TestGroupsAndTemplatesAreFoundByNameOrId(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/v1.0/groups/" + guid, "/v1.0/applicationTemplates/" + guid:
			graphtest.Reply(w, 200, `{"id":"`+guid+`","displayName":"By id","supportedProvisioningTypes":["sync"]}`)
		default:
			graphtest.Reply(w, 200, `{"value":[{"id":"x1","displayName":"By name"}]}`)
		}
	})
	c := s.Client(t)
	for name, want := range map[string]string{guid: guid, "By name": "x1"} {
		group, err := directory.FindGroup(t.Context(), c, name)
		if err != nil || group.ID != want {
			t.Errorf("group %s: got %v, %v", name, group, err)
		}
		template, err := applications.FindTemplate(t.Context(), c, name)
		if err != nil || template.ID != want || template.Provisions() != (name == guid) {
			t.Errorf("template %s: got %v, %v", name, template, err)
		}
	}
}

func TestMembersKnowWhatTheyAre(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"@odata.type":"#microsoft.graph.user","id":"u1","displayName":"Ada","userPrincipalName":"ada@contoso.com"},{"@odata.type":"#microsoft.graph.group","id":"g2","displayName":"Inner"}]}`))
	got, err := directory.ListMembers(t.Context(), s.Client(t), "g1")
	want := []directory.Member{{ID: "u1", Type: "user", DisplayName: "Ada", UserPrincipalName: "ada@contoso.com"}, {ID: "g2", Type: "group", DisplayName: "Inner"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

func TestAMisspeltTemplateShowsItsNeighbours(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch filter := r.URL.Query().Get("$filter"); filter {
		case "displayName eq 'Workgird'":
			graphtest.Reply(w, 200, `{"value":[]}`)
		case "contains(displayName,'Wor')":
			graphtest.Reply(w, 200, `{"value":[{"id":"t1","displayName":"Keyword Tool"},{"id":"t2","displayName":"Workgrid"}]}`)
		default:
			t.Errorf("filter %s", filter)
		}
	})
	_, err := applications.FindTemplate(t.Context(), s.Client(t), "Workgird")
	want := &graph.NotFoundError{Kind: "application template", Name: "Workgird", Near: []string{"Workgrid"}}
	got, _ := errors.AsType[*graph.NotFoundError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestSeveralGroupsOfANameAreListed(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"id":"g1","displayName":"Sales","groupTypes":["Unified"]},{"id":"g2","displayName":"Sales"}]}`))
	_, err := directory.FindGroup(t.Context(), s.Client(t), "sales")
	want := &graph.AmbiguousError{Kind: "group", Name: "sales", Matches: []graph.Match{{Name: "Sales", ID: "g1", Detail: "Unified"}, {Name: "Sales", ID: "g2"}}}
	got, _ := errors.AsType[*graph.AmbiguousError](err)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
