package bulk

import (
	"context"
	"errors"
	"fmt"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/words"
)

// mostReadBack is how many users one request reads. More would cost a run of
// thousands several percent of its requests: [VerifyRoles] reads all of them.
const mostReadBack = 300

// readBack reads what was written into rows, of a large run a sample spread over
// them, and returns how many users it was. All of it is in the journal by then.
func (w *work) readBack(ctx context.Context, rows []int) (read int, err error) {
	open := w.sample(rows)
	if read = len(open); read == 0 {
		return 0, nil
	}
	names := make([]string, len(w.sheet.columns))
	for c, column := range w.sheet.columns {
		names[c] = column.FullName
	}
	what := "what was written to " + words.Count(read, "user") + " is visible"
	err = w.client.WaitVisible(ctx, what, func(ctx context.Context) (bool, error) {
		ids := make([]string, 0, len(open))
		for id := range open {
			ids = append(ids, id)
		}
		err := directory.UsersBy(ctx, w.client, "id", ids, func(users []directory.User) error {
			for _, u := range users {
				if row, waits := open[u.ID]; waits && w.shows(row, u.Values) {
					delete(open, u.ID)
				}
			}
			return nil
		}, names...)
		return len(open) == 0, err
	})
	if _, late := errors.AsType[*graph.NotReplicatedError](err); err != nil && !late {
		err = fmt.Errorf("written, but not read back: %w", err)
	}
	return read, err
}

// sample picks rows that are written, by the ids of their users.
func (w *work) sample(rows []int) map[string]int {
	var written []int
	for _, i := range rows {
		if w.sheet.rows[i].state == isWritten {
			written = append(written, i)
		}
	}
	picked := map[string]int{}
	step := max(1, float64(len(written))/mostReadBack)
	for at := 0.0; int(at) < len(written) && len(picked) < mostReadBack; at += step {
		row := written[int(at)]
		picked[w.sheet.rows[row].id] = row
	}
	return picked
}

// shows reports whether values are those that a row has written.
func (w *work) shows(row int, values map[string]any) bool {
	for c, want := range w.sheet.wants(row) {
		if want == leave {
			continue
		}
		value, _ := w.sheet.value(c, want)
		if !extattr.Same(extattr.Text(values[w.sheet.columns[c].FullName]), value) {
			return false
		}
	}
	return true
}
