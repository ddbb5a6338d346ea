package provisioning

import (
	"context"
	"slices"
	"time"
)

// A LogCount is how often an action ended one way in a cycle.
type LogCount struct {
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
func (l Logs) Stats(ctx context.Context) ([]LogCount, error) {
	entries, err := l.Do(ctx)
	if err != nil {
		return nil, err
	}
	type key struct{ cycle, action string }
	rows := map[key]*LogCount{}
	for e, err := range entries {
		if err != nil {
			return nil, err
		}
		k := key{e.CycleID, e.Action}
		if rows[k] == nil {
			rows[k] = &LogCount{CycleID: e.CycleID, Action: e.Action, First: e.Time, Last: e.Time}
		}
		rows[k].count(e)
	}
	all := []LogCount{}
	for _, row := range rows {
		all = append(all, *row)
	}
	slices.SortStableFunc(all, func(a, b LogCount) int {
		if d := b.Last.Compare(a.Last); d != 0 {
			return d
		}
		return slices.Compare([]string{a.CycleID, a.Action}, []string{b.CycleID, b.Action})
	})
	return all, nil
}

func (c *LogCount) count(e LogEntry) {
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
