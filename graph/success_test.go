package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/internal/graphtest"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// everyPlainWrite calls what has no answer but success, and says with which
// status Microsoft documents it.
func everyPlainWrite() map[string]func(context.Context, *graph.Client) error {
	return map[string]func(context.Context, *graph.Client) error{
		"update user": func(ctx context.Context, c *graph.Client) error { return directory.UpdateUser(ctx, c, "u1", nil) },
		"delete user": func(ctx context.Context, c *graph.Client) error { return directory.DeleteUser(ctx, c, "u1") },
		"delete extension": func(ctx context.Context, c *graph.Client) error {
			return applications.DeleteExtension(ctx, c, "o1", "e1")
		},
		"unassign": func(ctx context.Context, c *graph.Client) error { return applications.Unassign(ctx, c, "sp1", "a1") },
		"save secrets": func(ctx context.Context, c *graph.Client) error {
			return synchronization.PutSecrets(ctx, c, "sp1", nil)
		},
		"delete job": func(ctx context.Context, c *graph.Client) error {
			return synchronization.DeleteJob(ctx, c, graphtest.Job())
		},
		"stop": func(ctx context.Context, c *graph.Client) error {
			return synchronization.PauseJob(ctx, c, graphtest.Job())
		},
		"write schema": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.PutSchema(ctx, c, graphtest.Job(), []byte("{}"))
			return err
		},
		"reset schema": func(ctx context.Context, c *graph.Client) error {
			_, err := synchronization.DeleteSchema(ctx, c, graphtest.Job())
			return err
		},
		"unassign in a batch": func(ctx context.Context, c *graph.Client) error {
			return applications.UnassignEach(ctx, c, "sp1", []string{"a1"})[0]
		},
		"update users in batches": func(ctx context.Context, c *graph.Client) error {
			var failed error
			update := func(yield func(directory.UserUpdate) bool) { yield(directory.UserUpdate{ID: "u1"}) }
			err := directory.UpdateUsers(ctx, c, update, func(answers []graph.BulkAnswer) error {
				failed = answers[0].Err
				return nil
			})
			return errors.Join(err, failed)
		},
	}
}

// inBatches answers with a status, and requests in a batch too.
func inBatches(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/$batch") {
			graphtest.Reply(w, http.StatusOK, fmt.Sprintf(`{"responses":[{"id":"0","status":%d}]}`, status))
			return
		}
		graphtest.Reply(w, status, body)
	}
}

// A status such as 206 says that the answer is only a part of what was asked
// for, 202 that nothing has been done yet.
func TestOnlyTheStatusOfAnOperationIsItsSuccess(t *testing.T) {
	t.Parallel()
	const whole = `{"value":[],"id":"1","responses":[{"id":"0","status":200,"body":{"value":[]}},{"id":"1","status":200,"body":{"value":[]}}]}`
	for name, read := range everyRead() {
		for _, status := range []int{202, 203, 206, 207, 226, 299} {
			wantUnexpected(t, name, status, graphtest.Says(status, whole), read)
		}
	}
	for name, write := range everyPlainWrite() {
		for status := 200; status < 300; status++ {
			if slices.Contains([]int{http.StatusOK, http.StatusNoContent}, status) {
				wantSuccess(t, name, status, write)
				continue
			}
			wantUnexpected(t, name, status, inBatches(status, ""), write)
		}
	}
}

func wantSuccess(t *testing.T, name string, status int, call func(context.Context, *graph.Client) error) {
	_, _, _, err := took(t, inBatches(status, ""), func(t *testing.T, s *graphtest.Server, _ *[]string) error { return call(t.Context(), s.Client(t)) })
	if err != nil {
		t.Errorf("%s, answered %d: %v", name, status, err)
	}
}

func wantUnexpected(t *testing.T, name string, status int, answer http.HandlerFunc, call func(context.Context, *graph.Client) error) {
	_, _, asked, err := took(t, answer, func(t *testing.T, s *graphtest.Server, _ *[]string) error { return call(t.Context(), s.Client(t)) })
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || e.Status != status || e.Code != graph.CodeStatus || !strings.Contains(err.Error(), fmt.Sprint(status)) {
		t.Errorf("%s, answered %d: %v %v", name, status, err, asked)
	}
}
