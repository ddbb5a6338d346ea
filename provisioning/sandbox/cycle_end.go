package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"time"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// credentialCode is the code of a probe that failed.
func credentialCode(err error) string {
	const prefix = "SystemForCrossDomainIdentityManagement"
	if e, isStatus := errors.AsType[*scim.Error](err); isStatus && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden) {
		return prefix + "InvalidCredentials"
	}
	if _, is := errors.AsType[*scim.DecodeError](err); is {
		return prefix + "ServiceIncompatible"
	}
	return prefix + "CredentialValidationUnavailable"
}

// finish puts what a cycle did into the state, and sums it up. ended is false
// when the job is gone.
func (t *Tenant) finish(s *state, c *cycle) (r CycleReport, ended bool) {
	a, j := s.jobByID(c.job)
	if j == nil {
		return r, false
	}
	s.touch()
	now := t.now()
	j.Running, j.Next = time.Time{}, latest(c.began.Add(interval), now)
	e := &execution{Activity: c.id, Began: c.began, Ended: now, State: "Succeeded", Entitled: c.entitled, Imported: int64(len(c.sources)), Deltas: c.deltas}
	if c.broken != nil {
		e.State, e.Error = "Failed", c.broken
		j.Execution = e
		j.Failures++
		j.quarantine(now, "EncounteredQuarantineException", c.broken)
		return c.report(a, j, e), true
	}
	for _, o := range c.outcomes {
		j.remember(o, now)
		e.Exported += o.exports
		if o.failure != nil {
			o.failure.retried(j.Escrows[o.ID], j.Next)
		}
		if o.plan.Action != engine.Skip || c.full {
			entry := newEntry(c.job, c.sp, c.export.rules, o, c.began, now)
			entry.Cycle = c.id
			t.log(s, entry)
		}
	}
	maps.DeleteFunc(j.Escrows, func(id string, _ *escrow) bool { return !c.managed[id] })
	if n := j.tally(); n.Failed+n.References > 0 {
		e.Escrowed, e.State = int64(n.Failed+n.References), "EntryLevelErrors"
	}
	t.settle(s, j, c, e, now)
	return c.report(a, j, e), true
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// settle brings the job's own state up to date after a cycle that ran.
func (t *Tenant) settle(s *state, j *job, c *cycle, e *execution, now time.Time) {
	j.Execution, j.Success, j.Failures = e, e, 0
	if e.Exported > 0 {
		j.Exports = e
	}
	if j.Last = now; j.First.IsZero() {
		j.First = now
	}
	j.Force = false
	if j.Edits != c.edits {
		j.Next = now // what the cycle worked by is not what holds now
	} else if c.full {
		j.Full = false
		j.SyncAll = len(c.sources) > 0 && c.sources[0].access.SyncAll
	}
	for _, src := range c.staged {
		o := outcome{source: src, target: c.links[src.ID].Target}
		entry := newEntry(c.job, c.sp, c.export.rules, o, c.began, now)
		entry.Cycle, entry.Action, entry.Status, entry.Code = c.id, "StagedDelete", "Skipped", "TooManyDeletes"
		entry.Reason = "More objects would be deprovisioned than the threshold of accidental deletions allows."
		entry.Steps = append(entry.Steps[:1], step{"EntrySynchronizationSkip", "Export", "Skipped", entry.Reason, now, map[string]string{"SkipReason": entry.Code}})
		t.log(s, entry)
	}
	if reason, cause := t.trouble(j, c); cause != nil {
		j.quarantine(now, reason, cause)
	} else {
		j.Quarantine = nil
	}
}

// trouble is why a job that ran goes into quarantine, or stays there; the
// cause is nil when it does not.
func (t *Tenant) trouble(j *job, c *cycle) (reason string, cause *jobError) {
	if len(c.staged) > 0 {
		return "TooManyDeletes", &jobError{
			Code: "TooManyDeletes", Actionable: true,
			Message: fmt.Sprintf("%d objects would be deprovisioned, which the threshold of %d does not allow.", len(c.staged), c.threshold),
		}
	}
	if n := j.tally(); n.quarantines(t.options.escrowMinimum) {
		return "EncounteredEscrowProportionThreshold", &jobError{
			Code: "EncounteredEscrowProportionThreshold", Actionable: true,
			Message: fmt.Sprintf("%d objects fail, and %d more with their references alone; %d are in order.", n.Failed, n.References, n.Good),
		}
	}
	return "", nil
}

// quarantine puts the job there, or keeps it there, ever longer.
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-quarantine-status
func (j *job) quarantine(now time.Time, reason string, cause *jobError) {
	if j.Quarantine == nil {
		j.Quarantine = &quarantine{Began: now, Series: now}
	}
	q := j.Quarantine
	q.Reason, q.Error = reason, cause
	q.Count++
	waits := []time.Duration{6 * time.Hour, 12 * time.Hour, 24 * time.Hour}
	q.Next = now.Add(waits[min(int(q.Count), len(waits))-1])
	if now.Sub(q.Series) >= 28*24*time.Hour {
		j.Active = false
	}
}

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
