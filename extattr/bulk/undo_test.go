package bulk_test

import (
	"context"
	"testing"

	"github.com/scimctl/scimctl/extattr/bulk"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/sandbox"
)

// The rows of an undo are counted among those that its run has written: when
// the run goes on in between, they are others.
func TestAnUndoThatWasCutShortKnowsThatItsRunHasGoneOn(t *testing.T) {
	inCompany(t, func(c *company) {
		table := crowdTable(500, "Admin")
		set := c.from("r.csv", table)
		var ctx context.Context
		set.Graph, ctx = c.cutAt(14)
		set.Hooks.Confirm = func(ctx context.Context, _ bulk.Summary) error {
			return directory.DeleteUser(ctx, c.graph, "person000003@contoso.com") // is refused at first
		}
		first, _ := set.Do(ctx)
		undo := bulk.Undo{Run: first.Run, Runs: c.runs}
		undo.Graph, ctx = c.cutAt(6)
		if half, _ := undo.Do(ctx); half.Changed == 0 || half.Changed >= first.Changed {
			c.Fatalf("%d put back of %d", half.Changed, first.Changed)
		}
		gone, err := directory.FindDeletedUser(c.Context(), c.graph, "person000003@contoso.com")
		if err == nil {
			_, err = directory.RestoreUser(c.Context(), c.graph, gone.ID)
		}
		if err != nil {
			c.Fatal(err)
		}
		if sum, err := (bulk.Resume{Graph: c.graph, Run: first.Run, Runs: c.runs}).Do(c.Context()); err != nil || sum.Changed != 500 {
			c.Fatalf("%v: %d changed", err, sum.Changed)
		}
		undo.Graph = c.graph
		if _, err := undo.Do(c.Context()); err != nil {
			c.Error(err)
		}
		if left := c.roles(); len(left) > 0 {
			c.Errorf("%d still have a role", len(left))
		}
	}, sandbox.WithPeople(500))
}
