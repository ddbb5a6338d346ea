package graph_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
)

func TestThreeHundredUsersAreReadByIDInOneRequest(t *testing.T) {
	t.Parallel()
	var sizes, asked []int
	s := graphtest.Serve(t, batches(t, &sizes, func(_, url string) (int, string, string) {
		if !strings.HasPrefix(url, "/users?$filter=id%20in%20(") || !strings.HasSuffix(url, "$select="+basic+",department") {
			t.Errorf("asked %s", url)
		}
		asked = append(asked, strings.Count(url, "'")/2)
		return 200, "", `{"value":[{"id":"u1","department":"Sales"}]}`
	}))
	ids := make([]string, 301)
	for i := range ids {
		ids[i] = fmt.Sprint("id-", i)
	}
	users, err := directory.UsersByID(t.Context(), s.Client(t), ids, "department")
	if err != nil || len(users) != 21 || users[0].Values["department"] != "Sales" {
		t.Fatal(users, err)
	}
	if diff := cmp.Diff([]int{20, 1}, sizes); diff != "" {
		t.Errorf("batches (-want +got):\n%s", diff)
	}
	for i, n := range asked {
		if want := map[bool]int{true: 15, false: 1}[i < 20]; n != want {
			t.Errorf("question %d is for %d ids, want %d", i, n, want)
		}
	}
}

func TestGroupsReadByIDKeepWhatWasSelected(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, batches(t, &sizes, func(_, url string) (int, string, string) {
		if !strings.HasSuffix(url, "$select=id,displayName,securityEnabled,groupTypes,description") {
			t.Errorf("asked %s", url)
		}
		return 200, "", `{"value":[{"id":"g1","displayName":"Sales","securityEnabled":true,"description":"All who sell","mail":null}]}`
	}))
	groups, err := directory.GroupsByID(t.Context(), s.Client(t), []string{"g1"}, "description")
	want := []directory.Group{{ID: "g1", DisplayName: "Sales", SecurityEnabled: true, Values: map[string]any{"description": "All who sell"}}}
	if diff := cmp.Diff(want, groups); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestARefusedQuestionAboutManyIsTheError(t *testing.T) {
	t.Parallel()
	var sizes []int
	s := graphtest.Serve(t, batches(t, &sizes, func(_, _ string) (int, string, string) {
		return 400, "", `{"error":{"code":"Request_BadRequest","message":"no such property"}}`
	}))
	_, err := directory.UsersByID(t.Context(), s.Client(t), []string{"u1"}, "extension_gone")
	if e, ok := errors.AsType[*graph.Error](err); !ok || e.Status != http.StatusBadRequest {
		t.Errorf("got %v", err)
	}
}

func TestPagesAreHandedOverUntilTheVisitorHasEnough(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for name, stop := range map[string]error{"to the end": nil, "stopped": enough} {
		s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("page") {
				graphtest.Reply(w, 200, `{"value":[{"id":"2"}]}`)
				return
			}
			graphtest.Reply(w, 200, `{"value":[{"id":"1"}],"@odata.nextLink":"https://graph.microsoft.com/v1.0/more?page=2"}`)
		})
		client := s.Client(t)
		var users, groups []string
		err := directory.EachUser(t.Context(), client, func(some []directory.User) error { users = append(users, some[0].ID); return stop }, "department")
		if !errors.Is(err, stop) {
			t.Errorf("%s: %v", name, err)
		}
		err = directory.EachGroup(t.Context(), client, func(some []directory.Group) error { groups = append(groups, some[0].ID); return stop })
		if !errors.Is(err, stop) {
			t.Errorf("%s: %v", name, err)
		}
		want := []string{"1", "2"}
		if stop != nil {
			want = want[:1]
		}
		if diff := cmp.Diff([][]string{want, want}, [][]string{users, groups}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNoManagerIsNoError(t *testing.T) {
	t.Parallel()
	s := graphtest.Serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/ada/") {
			graphtest.Reply(w, 200, `{"id":"m1"}`)
			return
		}
		graphtest.Refuse(w, 404, "Request_ResourceNotFound", "Resource 'manager' does not exist.")
	})
	client := s.Client(t)
	if manager, ok, err := directory.Manager(t.Context(), client, "ada"); manager.ID != "m1" || !ok || err != nil {
		t.Error(manager, ok, err)
	}
	if _, ok, err := directory.Manager(t.Context(), client, "margaret"); ok || err != nil {
		t.Error(ok, err)
	}
}
