package graph_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
)

func TestAllPagesAreReadByTheirLinksAsTheyAre(t *testing.T) {
	t.Parallel()
	links := []string{
		"https://graph.microsoft.com/v1.0/servicePrincipals/sp1/appRoleAssignedTo?$top=999&$skiptoken=RFNwdAIAAQ%3d%3d'x'",
		"https://GRAPH.microsoft.com:443/v1.0/elsewhere?$skiptoken=2",
	}
	s := serve(t, inTurn(
		says(200, fmt.Sprintf(`{"value":[{"id":"a"},{"id":"b"}],"@odata.nextLink":%q}`, links[0])),
		says(200, fmt.Sprintf(`{"value":[],"@odata.nextLink":%q}`, links[1])),
		says(200, `{"value":[{"id":"c"}]}`)))
	all, err := s.client(t).ListAssignments(t.Context(), "sp1")
	if err != nil || len(all) != 3 || all[2].ID != "c" {
		t.Errorf("got %v, %v", all, err)
	}
	want := []string{
		"GET /v1.0/servicePrincipals/sp1/appRoleAssignedTo?$top=999",
		"GET /v1.0/servicePrincipals/sp1/appRoleAssignedTo?$top=999&$skiptoken=RFNwdAIAAQ%3d%3d'x'",
		"GET /v1.0/elsewhere?$skiptoken=2",
	}
	if diff := cmp.Diff(want, s.requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestALinkThatLeadsElsewhereIsNotFollowed(t *testing.T) {
	t.Parallel()
	for _, link := range []string{
		"https://graph.example.com/v1.0/users?$skiptoken=1", "http://graph.microsoft.com/v1.0/users", "https://graph.microsoft.com:8443/v1.0/users",
		"https://graph.microsoft.com@evil.example.com/v1.0/users", "//evil.example.com/x", "users?page=2", "%zz",
	} {
		s := serve(t, says(200, fmt.Sprintf(`{"value":[{"id":"a"}],"@odata.nextLink":%q}`, link)))
		_, err := s.client(t).ListUsers(t.Context(), graph.UserQuery{})
		if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeNextLink || !strings.HasPrefix(e.Path, "/users?") {
			t.Errorf("%s: got %#v", link, err)
		}
		if n := len(s.requests()); n != 1 {
			t.Errorf("%s: %d requests", link, n)
		}
		for _, address := range s.pipes.dials() {
			if address != "graph.microsoft.com:443" {
				t.Errorf("%s: connected to %s", link, address)
			}
		}
	}
}

func TestAnErrorOnALaterPageNamesTheCollection(t *testing.T) {
	t.Parallel()
	first := says(200, `{"value":[],"@odata.nextLink":"https://graph.microsoft.com/v1.0/x?$skiptoken=1"}`)
	for what, second := range map[string]http.HandlerFunc{
		"a refusal":     says(403, `{"error":{"code":"Authorization_RequestDenied","message":"no"}}`),
		"another shape": says(200, `{"value":7}`),
		"no JSON":       says(200, `<p>`),
		"a redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://login.example.com/", http.StatusFound)
		},
		"a circle": first,
	} {
		_, err := serve(t, inTurn(first, second)).client(t).ListAssignments(t.Context(), "sp1")
		e, ok := errors.AsType[*graph.Error](err)
		if !ok || e.Path != "/servicePrincipals/sp1/appRoleAssignedTo?$top=999" {
			t.Errorf("%s: got %#v", what, err)
		}
	}
}

func TestPagesInACircleAreAnError(t *testing.T) {
	t.Parallel()
	s := serve(t, says(200, `{"value":[{"id":"a"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=2"}`))
	_, err := s.client(t).ListUsers(t.Context(), graph.UserQuery{})
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Code != graph.CodeNextLink || len(s.requests()) > 3 {
		t.Errorf("got %v after %d requests", err, len(s.requests()))
	}
}

func TestAnEmptyListIsNoNil(t *testing.T) {
	t.Parallel()
	all, err := serve(t, says(200, `{"value":[]}`)).client(t).ListJobs(t.Context(), "sp1")
	if err != nil || all == nil || len(all) != 0 {
		t.Errorf("got %#v, %v", all, err)
	}
}

func TestUsersAreSearchedAndNoMoreThanWantedAreRead(t *testing.T) {
	t.Parallel()
	s := serve(t, says(200, `{"value":[{"id":"a"},{"id":"b"},{"id":"c"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/users?p=2"}`))
	all, err := s.client(t).ListUsers(t.Context(), graph.UserQuery{Search: "O'B", Select: []string{"department"}, Top: 2})
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, %v", all, err)
	}
	want := "GET /v1.0/users?$filter=startswith(displayName,'O''B')%20or%20startswith(userPrincipalName,'O''B')%20or%20startswith(mail,'O''B')&$select=" + basic + ",department&$top=2"
	if diff := cmp.Diff([]string{want}, s.requests()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestAvailableExtensionsAreAskedForByPost(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			reply(w, 200, `{"value":[{"@odata.type":"#microsoft.graph.extensionProperty","id":"e1","name":"extension_a_b"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/directoryObjects/p2"}`)
			return
		}
		reply(w, 200, `{"value":[{"id":"e2"}]}`)
	})
	all, err := s.client(t).AvailableExtensions(t.Context())
	if err != nil || len(all) != 2 {
		t.Errorf("got %v, %v", all, err)
	}
	if got := strings.Join(s.requests(), "\n"); got != "POST /v1.0/directoryObjects/getAvailableExtensionProperties {}\nGET /v1.0/directoryObjects/p2" {
		t.Errorf("asked\n%s", got)
	}
}
