package assignment_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/internal/tenanttest"
	"github.com/scimctl/scimctl/provisioning/job"
)

func assigned(kind string, ids ...string) (rows []applications.Assignment) {
	for _, id := range ids {
		rows = append(rows, applications.Assignment{PrincipalID: id, PrincipalType: kind})
	}
	return rows
}

// members is a page of members.
func members(ids ...string) tenanttest.Object {
	value := []any{}
	for _, id := range ids {
		value = append(value, tenanttest.Object{"id": id, "@odata.type": "#microsoft.graph.user"})
	}
	return tenanttest.Object{"value": value}
}

// Users are counted once, however many groups they are in, and principals that
// nothing provisions are not counted.
func TestEachUserIsCountedOnce(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	tenant.Answer("GET members", func(w http.ResponseWriter, r *http.Request) {
		page := members("u1", "u2", "u3")
		page["value"] = append(page["value"].([]any), tenanttest.Object{"id": "g9", "@odata.type": "#microsoft.graph.group"})
		tenanttest.With(200, page)(w, r)
	})
	rows := append(append(assigned("User", "u1", "u4", "u4"), assigned("Group", "g1")...), assigned("ServicePrincipal", "sp1", "sp2")...)
	got, err := assignment.ReachOf(t.Context(), tenant.Client, rows)
	if diff := cmp.Diff(assignment.Reach{Users: 4}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
}

// Of a group that takes too many requests to read, only the count is told, as
// an upper bound.
func TestLargeGroupsAreCountedAtMost(t *testing.T) {
	t.Parallel()
	tenant := tenanttest.NewTenant(t)
	pages := 0
	tenant.Answer("GET members", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("$count") == "true" {
			tenanttest.With(200, tenanttest.Object{"@odata.count": 500_000, "value": []any{}})(w, r)
			return
		}
		pages++
		page := members(fmt.Sprint("u", pages))
		page["@odata.nextLink"] = fmt.Sprintf("https://graph.microsoft.com%s?page=%d", r.URL.Path, pages)
		tenanttest.With(200, page)(w, r)
	})
	got, err := assignment.ReachOf(t.Context(), tenant.Client, append(assigned("User", "u1"), assigned("Group", "g1")...))
	if diff := cmp.Diff(assignment.Reach{Users: 500_001, AtMost: true}, got); diff != "" || err != nil || pages > 25 {
		t.Errorf("%v after %d pages (-want +got)\n%s", err, pages, diff)
	}
}

// Deletions that are held back are let through only by somebody who was told
// how many they are, or that nobody may count them: not after a lost answer.
func TestHeldBackDeletionsThatCannotBeCountedAreNotLetThrough(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]int{http.StatusInternalServerError: 0, http.StatusForbidden: 1} {
		tenant := tenanttest.NewTenant(t)
		tenant.Running()
		tenant.AmendJob(map[string]any{"code": "Quarantine", "quarantine": map[string]any{"reason": tenanttest.ManyDeletes, "currentBegan": "2026-01-01T00:00:00Z"}})
		tenant.Answer("GET provisioning", tenanttest.With(status, tenanttest.GraphError("Whatever", "no")))
		tenant.ForgetRequests()
		asked := 0
		_, err := job.Restart{
			Graph: tenant.Client, App: "Workato", AllowDeletes: true,
			Confirm: func(context.Context, provisioning.Risk) error { asked++; return errors.New("declined") },
		}.Do(t.Context())
		if err == nil || asked != want || tenant.Writes() != 0 {
			t.Errorf("%d: asked %d times, %d writes, %v", status, asked, tenant.Writes(), err)
		}
	}
}
