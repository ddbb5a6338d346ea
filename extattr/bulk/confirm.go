package bulk

import (
	"errors"
	"net/http"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// confirmed puts on the disk what came of a batch, and only then counts it.
func (w *work) confirmed(answers []graph.BulkAnswer) error {
	c := confirmation{Time: time.Now().UTC()}
	for _, a := range answers {
		if a.Err == nil {
			c.Written = append(c.Written, a.Row)
		} else {
			c.Refused = append(c.Refused, refusal{a.Row, reasonOf(a.Err)})
		}
	}
	if err := w.journal.add(c); err != nil {
		return err
	}
	if err := w.journal.keep(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.progress.Done += len(c.Written)
	w.progress.Failed += len(c.Refused)
	for _, i := range c.Written {
		w.sheet.rows[i].state = isWritten
	}
	for _, r := range c.Refused {
		w.sheet.rows[r.Row].state, w.sheet.rows[r.Row].reason = isRefused, w.sheet.note(r.Reason)
	}
	return w.deniedToAll(answers)
}

// mostDenied is how many rows may be answered 403 in the beginning, with none
// written, until it is taken for a permission that is missing.
const mostDenied = 40

func (w *work) deniedToAll(answers []graph.BulkAnswer) error {
	for _, a := range answers {
		e, ok := errors.AsType[*graph.Error](a.Err)
		if !ok || e.Status != http.StatusForbidden || w.progress.Done > 0 {
			continue
		}
		if w.denied++; w.denied >= mostDenied {
			return e
		}
	}
	return nil
}
