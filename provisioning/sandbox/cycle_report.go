package sandbox

import (
	"time"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// A CycleReport is what one cycle of a job did. The numbers are of objects.
type CycleReport struct {
	At          time.Time `json:"at"`
	Until       time.Time `json:"until,omitzero"` // the last of several cycles that are one entry
	Cycles      int       `json:"cycles"`
	Application string    `json:"application"`
	Job         string    `json:"jobId"`
	Kind        string    `json:"kind"`  // initial, incremental
	State       string    `json:"state"` // Succeeded, EntryLevelErrors, Failed
	Created     int       `json:"created"`
	Updated     int       `json:"updated"`
	Disabled    int       `json:"disabled"`
	Deleted     int       `json:"deleted"`
	Failed      int       `json:"failed"`
	Staged      int       `json:"staged"`               // not deprovisioned because they were too many
	Quarantine  string    `json:"quarantine,omitempty"` // the reason; absent when the job is healthy
	Error       string    `json:"error,omitempty"`      // why the job is in quarantine
	Next        time.Time `json:"next,omitzero"`        // absent when the job was switched off
	SwitchedOff bool      `json:"switchedOff,omitempty"`
}

// report sums a cycle up, once the job's state says how it ended.
func (c *cycle) report(a *app, j *job, e *execution) CycleReport {
	r := CycleReport{At: c.began, Cycles: 1, Job: j.ID, Kind: "incremental", State: e.State, Staged: len(c.staged), SwitchedOff: !j.Active}
	if a != nil {
		r.Application = a.DisplayName
	}
	if c.full {
		r.Kind = "initial"
	}
	for _, o := range c.outcomes {
		r.count(o)
	}
	if q := j.Quarantine; q != nil {
		r.Quarantine, r.Error = q.Reason, q.Error.Message
	}
	if j.Active {
		r.Next = j.nextAttempt()
	}
	return r
}

func (r *CycleReport) count(o outcome) {
	switch {
	case o.failure != nil || o.plan.Action == engine.Fail:
		r.Failed++
	case o.plan.Action == engine.Create:
		r.Created++
	case o.plan.Action == engine.Update:
		r.Updated++
	case o.plan.Action == engine.Disable:
		r.Disabled++
	case o.plan.Action == engine.Delete:
		r.Deleted++
	}
}

func (r *CycleReport) quiet() bool {
	return r.Quarantine == "" && !r.SwitchedOff && r.Created+r.Updated+r.Disabled+r.Deleted+r.Failed+r.Staged == 0
}

// fold adds a report; one that has nothing to tell, after another one of the
// same job that had not, is counted with that.
func fold(reports []CycleReport, r CycleReport) []CycleReport {
	for i := len(reports) - 1; i >= 0; i-- {
		last := &reports[i]
		if last.Job != r.Job {
			continue
		}
		if last.quiet() && r.quiet() && last.Kind == r.Kind && last.State == r.State {
			last.Cycles++
			last.Until, last.Next = r.At, r.Next
			return reports
		}
		break
	}
	return append(reports, r)
}
