package provisioning

import (
	"math"

	"github.com/scimctl/scimctl/graph"
)

// An Estimate says how far the initial cycle has come and how long it may take
// still. The time is Microsoft's rule of thumb, 0.01 to 0.08 minutes for each
// user, group and membership:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-when-will-provisioning-finish-specific-user.
type Estimate struct {
	Completed int64 `json:"completed"` // objects
	Total     int64 `json:"total"`
	// Between MinMinutes and MaxMinutes are left, counted from the last
	// progress that the service told.
	MinMinutes int64 `json:"minMinutes"`
	MaxMinutes int64 `json:"maxMinutes"`
}

// estimateOf is nil when the job is not in its initial cycle, or the service
// does not tell its progress: then nothing is known to reckon with.
func estimateOf(state State, progress []graph.Progress) *Estimate {
	if state != StateInitialCycle {
		return nil
	}
	var e Estimate
	for _, p := range progress {
		e.Completed += min(p.CompletedUnits, p.TotalUnits)
		e.Total += p.TotalUnits
	}
	if e.Total == 0 {
		return nil
	}
	e.MinMinutes, e.MaxMinutes = minutesFor(e.Total - e.Completed)
	return &e
}

func minutesFor(objects int64) (least, most int64) {
	return int64(math.Floor(float64(objects) * 0.01)), int64(math.Ceil(float64(objects) * 0.08))
}
