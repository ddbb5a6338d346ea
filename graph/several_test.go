package graph_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

func TestSeveralUsersAreFoundByAnyOfTheirNamesInTwoRequests(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, batches(t, &sizes, func(_, url string) (int, string, string) {
		switch {
		case strings.Contains(url, "mail%20eq%20'mary%40fabrikam.com'"):
			return 200, "", `{"value":[{"id":"u2","mail":"mary@fabrikam.com"}]}`
		case strings.Contains(url, "filter"):
			return 200, "", `{"value":[]}`
		case strings.HasPrefix(url, "/users/ada@"):
			return 200, "", `{"id":"u1"}`
		case strings.HasPrefix(url, "/users/eve"):
			return 403, "", `{"error":{"code":"Authorization_RequestDenied","message":"no"}}`
		}
		return 404, "", `{"error":{"code":"Request_ResourceNotFound","message":"no"}}`
	}))
	users, errs := directory.FindUsers(t.Context(), s.Client(t), []string{"ada@contoso.com", "mary@fabrikam.com", "nobody@contoso.com", "nix", "eve"})
	if users[0].ID != "u1" || users[1].ID != "u2" || errs[0] != nil || errs[1] != nil {
		t.Errorf("found %+v, %v", users, errs)
	}
	for i, name := range map[int]string{2: "nobody@contoso.com", 3: "nix"} {
		if e, ok := errors.AsType[*graph.NotFoundError](errs[i]); !ok || e.Name != name || e.Kind != "user" {
			t.Errorf("%s: %v", name, errs[i])
		}
	}
	if graph.IsNotFound(errs[4]) || errs[4] == nil {
		t.Errorf("a refusal is %v", errs[4])
	}
	if diff := cmp.Diff([]int{5, 2}, sizes); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
}

func TestSeveralGroupsAreFoundByNameOrID(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet { // the only id, and names near the one that nobody has
			graphtest.Reply(w, 200, `{"id":"`+guid+`","displayName":"By id","value":[{"displayName":"Sales"}]}`)
			return
		}
		batches(t, &sizes, func(_, url string) (int, string, string) {
			if strings.Contains(url, "'Sales'") {
				return 200, "", `{"value":[{"id":"g1","displayName":"Sales","securityEnabled":true}]}`
			}
			return 200, "", `{"value":[]}`
		})(w, r)
	})
	groups, errs := directory.FindGroups(t.Context(), s.Client(t), []string{"Sales", guid, "Salez"})
	if groups[0].ID != "g1" || groups[1].ID != guid || errs[0] != nil || errs[1] != nil {
		t.Errorf("found %+v, %v", groups, errs)
	}
	if e, ok := errors.AsType[*graph.NotFoundError](errs[2]); !ok || !cmp.Equal(e.Near, []string{"Sales"}) {
		t.Errorf("Salez: %v", errs[2])
	}
}

func TestTheMembersOfSeveralGroupsAreReadToTheLastPage(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			graphtest.Reply(w, 200, `{"value":[{"@odata.type":"#microsoft.graph.group","id":"m3","displayName":"Nested"}]}`)
			return
		}
		batches(t, &sizes, func(_, url string) (int, string, string) {
			if strings.HasPrefix(url, "/groups/g1/") {
				return 200, "", `{"value":[{"@odata.type":"#microsoft.graph.user","id":"m1"}],"@odata.nextLink":"https://` + r.Host + `/v1.0/groups/g1/members?$skiptoken=2"}`
			}
			return 200, "", `{"value":[]}`
		})(w, r)
	})
	got, err := directory.MembersOf(t.Context(), s.Client(t), []string{"g1", "g2"})
	want := [][]directory.Member{{{ID: "m1", Type: "user"}, {ID: "m3", Type: "group", DisplayName: "Nested"}}, {}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// A batch that fails as a whole fails each of its changes, and no others.
func TestABatchThatFailsLeavesTheOthersToBeChanged(t *testing.T) {
	t.Parallel()
	var sizes []int
	sent := 0
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if sent++; sent == 1 {
			graphtest.Refuse(w, 400, "BadRequest", "Invalid batch payload format.")
			return
		}
		batches(t, &sizes, func(_, _ string) (int, string, string) { return 204, "", "null" })(w, r)
	})
	ids := make([]string, 45)
	for i := range ids {
		ids[i] = guid
	}
	failed := 0
	for i, err := range applications.UnassignEach(t.Context(), s.Client(t), "sp", ids) {
		if (err != nil) != (i < 20) {
			t.Errorf("change %d: %v", i, err)
		}
		if err != nil {
			failed++
		}
	}
	if diff := cmp.Diff([]int{20, 5}, sizes); diff != "" || failed != 20 {
		t.Errorf("%d failed, batches (-want +got):\n%s", failed, diff)
	}
}
