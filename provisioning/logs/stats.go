package logs

import (
	"context"
	"slices"
	"time"
)

// A Count is how often an action ended one way in a cycle.
type Count struct {
	CycleID string    `json:"cycleId,omitempty"`
	First   time.Time `json:"first"` // earliest and latest entry of the row
	Last    time.Time `json:"last"`
	Action  string    `json:"action"`
	Success int       `json:"success"`
	Failure int       `json:"failure"`
	Skipped int       `json:"skipped"`
	Warning int       `json:"warning"`
}

// Stats counts entries by cycle and action, the latest first. The entries
// themselves are not kept.
func (l Query) Stats(ctx context.Context) ([]Count, error) {
	entries, err := l.Do(ctx)
	if err != nil {
		return nil, err
	}
	type key struct{ cycle, action string }
	rows := map[key]*Count{}
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		k := key{e.CycleID, e.Action}
		if rows[k] == nil {
			rows[k] = &Count{CycleID: e.CycleID, Action: e.Action, First: e.Time, Last: e.Time}
		}
		rows[k].count(e)
	}
	all := []Count{}
	for _, row := range rows {
		all = append(all, *row)
	}
	slices.SortStableFunc(all, func(a, b Count) int {
		if d := b.Last.Compare(a.Last); d != 0 {
			return d
		}
		return slices.Compare([]string{a.CycleID, a.Action}, []string{b.CycleID, b.Action})
	})
	return all, nil
}

func (c *Count) count(e Entry) {
	if e.Time.Before(c.First) {
		c.First = e.Time
	}
	if e.Time.After(c.Last) {
		c.Last = e.Time
	}
	switch e.Status {
	case "success":
		c.Success++
	case "failure":
		c.Failure++
	case "skipped":
		c.Skipped++
	default:
		c.Warning++
	}
}
