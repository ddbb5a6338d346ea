package graph_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

func TestAllPagesAreReadByTheirLinksAsTheyAre(t *testing.T) {
	t.Parallel()
	links := []string{
		"https://graph.microsoft.com/v1.0/servicePrincipals/sp1/appRoleAssignedTo?$top=999&$skiptoken=RFNwdAIAAQ%3d%3d'x'",
		"https://GRAPH.microsoft.com:443/v1.0/elsewhere?$skiptoken=2",
	}
	s := graphtest.Serve(t, graphtest.InTurn(
		graphtest.Says(200, fmt.Sprintf(`{"value":[{"id":"a"},{"id":"b"}],"@odata.nextLink":%q}`, links[0])),
		graphtest.Says(200, fmt.Sprintf(`{"value":[],"@odata.nextLink":%q}`, links[1])),
		graphtest.Says(200, `{"value":[{"id":"c"}]}`)))
	all, err := applications.ListAssignments(t.Context(), s.Client(t), "sp1")
	if err != nil || len(all) != 3 || all[2].ID != "c" {
		t.Errorf("got %v, %v", all, err)
	}
	want := []string{
		"GET /v1.0/servicePrincipals/sp1/appRoleAssignedTo?$top=999",
		"GET /v1.0/servicePrincipals/sp1/appRoleAssignedTo?$top=999&$skiptoken=RFNwdAIAAQ%3d%3d'x'",
		"GET /v1.0/elsewhere?$skiptoken=2",
	}
	if diff := cmp.Diff(want, s.Requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestALinkThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"https://graph.example.com/v1.0/users?$skiptoken=1", "http://graph.microsoft.com/v1.0/users", "https://graph.microsoft.com:8443/v1.0/users",
		"https://graph.microsoft.com@evil.example.com/v1.0/users", "//evil.example.com/x", "users?page=2", "%zz",
	} {
		s := graphtest.Serve(t, graphtest.Says(200, fmt.Sprintf(`{"value":[{"id":"a"}],"@odata.nextLink":%q}`, link)))
		_, err := directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{})
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeNextLink || !strings.HasPrefix(e.Path, "/users?") {
			t.Errorf("%s: got %#v", link, err)
		}
		if n := len(s.Requests()); n != 1 {
			t.Errorf("%s: %d requests", link, n)
		}
		for _, address := range s.Dials() {
			if address != "graph.microsoft.com:443" {
				t.Errorf("%s: connected to %s", link, address)
			}
		}
	}
}

func TestAnErrorOnALaterPageNamesTheCollection(t *testing.T) {
	t.Parallel()
	first := graphtest.Says(200, `{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x?$skiptoken=1"}`)
	for what, second := range map[string]http.HandlerFunc{
		"a refusal":     graphtest.Says(403, `{"error":{"code":"Authorization_RequestDenied","message":"no"}}`),
		"another shape": graphtest.Says(200, `{"value":7}`),
		"no JSON":       graphtest.Says(200, `<p>`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://login.example.com/", http.StatusFound)
		},
		"a circle": first,
	} {
		_, err := applications.ListAssignments(t.Context(), graphtest.Serve(t, graphtest.InTurn(first, second)).Client(t), "sp1")
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.Path != "/servicePrincipals/sp1/appRoleAssignedTo?$top=999" {
			t.Errorf("%s: got %#v", what, err)
		}
	}
}

func TestPagesInACircleAreAnError(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"id":"a"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=2"}`))
	_, err := directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{})
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeNextLink || len(s.Requests()) > 3 {
		t.Errorf("got %v after %d requests", err, len(s.Requests()))
	}
}

func TestAnEmptyListIsNoNil(t *testing.T) {
	t.Parallel()
	all, err := synchronization.ListJobs(t.Context(), graphtest.Serve(t, graphtest.Says(200, `{"value":[]}`)).Client(t), "sp1")
	if err != nil || all == nil || len(all) != 0 {
		t.Errorf("got %#v, %v", all, err)
	}
}

func TestUsersAreSearchedAndNoMoreThanWantedAreRead(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, graphtest.Says(200, `{"value":[{"id":"a"},{"id":"b"},{"id":"c"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=2"}`))
	all, err := directory.ListUsers(t.Context(), s.Client(t), directory.UserQuery{Search: "O'B", Select: []string{"department"}, Top: 2})
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, %v", all, err)
	}
	want := "GET /v1.0/users?$filter=startswith(displayName,'O''B')%20or%20startswith(userPrincipalName,'O''B')%20or%20startswith(mail,'O''B')&$select=" + basic + ",department&$top=2"
	if diff := cmp.Diff([]string{want}, s.Requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAvailableExtensionsAreAskedForByPost(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			graphtest.Reply(w, 200, `{"value":[{"@odata.type":"#microsoft.graph.extensionProperty","id":"e1","name":"extension_a_b"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/directoryObjects/p2"}`)
			return
		}
		graphtest.Reply(w, 200, `{"value":[{"id":"e2"}]}`)
	})
	all, err := applications.AvailableExtensions(t.Context(), s.Client(t))
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, %v", all, err)
	}
	if got := strings.Join(s.Requests(), "\n"); got != "POST /v1.0/directoryObjects/getAvailableExtensionProperties {}\nGET /v1.0/directoryObjects/p2" {
		t.Errorf("asked\n%s", got)
	}
}
