package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestAFileForRejectsThatCannotBeWrittenIsToldBeforeTheFirstWrite(t *testing.T) {
	inCompany(t, func(c *company) {
		for _, path := range []string{c.TempDir(), filepath.Join(c.TempDir(), "nowhere", "rejects.csv")} {
			set := c.from("r.csv", "user,role\nada@contoso.com,Admin\nnobody@contoso.com,Admin\n")
			set.Rejects = path
			_, err := set.Do(c.Context())
			if _, ok := errors.AsType[*bulk.RejectsError](err); !ok {
				c.Errorf("%v", err)
			}
			if _, _, writes := c.asked(); writes > 0 {
				c.Errorf("%d writes before it was told", writes)
			}
		}
		if list, err := c.runs.List(); err != nil || len(list) > 0 {
			c.Errorf("%v %+v", err, list)
		}
	})
}

// What Graph refused of a run, and somebody else has done since, is not the
// run's: an undo leaves it alone.
func TestWhatWasRefusedAndDoneByOthersIsNotTheRuns(t *testing.T) {
	inCompany(t, func(c *company) {
		table := crowdTable(400, "Admin")
		set := c.from("r.csv", table)
		set.Hooks.Confirm = func(ctx context.Context, _ bulk.Summary) error {
			return directory.DeleteUser(ctx, c.graph, "person000007@contoso.com")
		}
		var ctx context.Context
		set.Graph, ctx = c.cutAt(10)
		first, err := set.Do(ctx)
		short, ok := errors.AsType[*bulk.CutShortError](err)
		if !ok || first.Failed != 1 || short.Done != first.Changed {
			c.Fatalf("%v: %d changed, %d failed", err, first.Changed, first.Failed)
		}
		gone, err := directory.FindDeletedUser(c.Context(), c.graph, "person000007@contoso.com")
		if err == nil {
			_, err = directory.RestoreUser(c.Context(), c.graph, gone.ID)
		}
		if err != nil {
			c.Fatal(err)
		}
		if _, err := c.from("else.csv", "user,role\nperson000007@contoso.com,Admin\n").Do(c.Context()); err != nil {
			c.Fatal(err)
		}
		last, err := c.from("r.csv", table).Do(c.Context())
		if err != nil || last.Run != first.Run || last.Changed != 399 || last.Unchanged != 1 {
			c.Errorf("%v: %d changed, %d unchanged", err, last.Changed, last.Unchanged)
		}
		if _, err := (bulk.Undo{Graph: c.graph, Run: last.Run, Runs: c.runs}).Do(c.Context()); err != nil {
			c.Error(err)
		}
		if left := c.roles(); len(left) != 1 || left["person000007@contoso.com workato_role"] != "Admin" {
			c.Errorf("%d have a role after the undo: %v", len(left), left)
		}
	}, sandbox.WithPeople(400))
}

func TestAPlaceForRejectsThatCannotBeIsRefusedBeforeAnythingIsWritten(t *testing.T) {
	inCompany(t, func(c *company) {
		file := filepath.Join(c.runs.Dir, "..", "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			c.Fatal(err)
		}
		for _, place := range []string{filepath.Join(c.runs.Dir, "nowhere", "rejects.csv"), filepath.Join(file, "rejects.csv"), filepath.Dir(file)} {
			set := c.from("r.csv", "user,role\nada@contoso.com,Admin\nnobody@contoso.com,Admin\n")
			set.Rejects = place
			_, err := set.Do(c.Context())
			if wrong, ok := errors.AsType[*bulk.RejectsError](err); !ok || wrong.Path != place {
				c.Errorf("%s: %v", place, err)
			}
		}
		if _, _, writes := c.asked(); writes > 0 {
			c.Errorf("%d were written", writes)
		}
	})
}

func TestRejectsAreOfTheFormOfTheirTable(t *testing.T) {
	inCompany(t, func(c *company) {
		set := c.from("r.csv", "sep=|\nuser|role\nnobody@contoso.com|Admin\n")
		set.Rejects = filepath.Join(c.TempDir(), "rejects.csv")
		if _, err := set.Do(c.Context()); err == nil {
			c.Error("nobody has a role")
		}
		text, err := os.ReadFile(set.Rejects)
		want := "sep=|\nuser|role|reason\nnobody@contoso.com|Admin|no user has this name, id or mail address\n"
		if diff := cmp.Diff(want, string(text)); diff != "" || err != nil {
			c.Errorf("%v (-want +got):\n%s", err, diff)
		}
		again, _ := c.from("rejects.csv", string(text)).Do(c.Context())
		if again.Rows != 1 || len(again.Passed) > 0 {
			c.Errorf("handed in again: %+v", again)
		}
	})
}

// The rows are written by a goroutine of its own, which has ended when the run
// does: synctest fails a test that leaves one behind.
func TestWhoWritesRejectsEndsWithARunWhoseFileCannotBeWritten(t *testing.T) {
	inCompany(t, func(c *company) {
		folder := filepath.Join(c.TempDir(), "rejects")
		if err := os.Mkdir(folder, 0o700); err != nil {
			c.Fatal(err)
		}
		var table strings.Builder
		table.WriteString("user,role\nada@contoso.com,Admin\n")
		for i := range 5000 { // more than the writer holds in memory
			fmt.Fprintf(&table, "nobody%d@contoso.com,Admin\n", i)
		}
		set := c.from("r.csv", table.String())
		set.Rejects = filepath.Join(folder, "rejects.csv")
		set.Hooks.Confirm = func(context.Context, bulk.Summary) error { return os.Remove(folder) }
		sum, err := set.Do(c.Context())
		if wrong, ok := errors.AsType[*bulk.RejectsError](err); !ok || wrong.Path != set.Rejects || sum.Changed != 1 {
			c.Errorf("%d changed, %v", sum.Changed, err)
		}
	})
}
