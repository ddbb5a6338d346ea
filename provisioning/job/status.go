package job

import (
	"context"
	"math"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
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
func estimateOf(state State, progress []synchronization.Progress) *Estimate {
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

// A State is how a job is, in one word.
type State string

// The states of a job.
const (
	StateStopped      State = "stopped"      // it does not run; nothing is lost
	StateNotRunYet    State = "notRunYet"    // started, and no cycle has ended
	StateInitialCycle State = "initialCycle" // in the first, long cycle
	StateHealthy      State = "healthy"
	StateErrors       State = "errors"     // the last cycle failed, or failed for some
	StateQuarantine   State = "quarantine" // it runs once a day until its cause is mended
)

// Status looks at a job.
type Status struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
}

// Report is how a job is.
type Report struct {
	App         provisioning.App            `json:"app"`
	Job         View                        `json:"job"`
	Running     bool                        `json:"running"` // the service runs its cycles
	LastCycle   *Cycle                      `json:"lastCycle,omitempty"`
	LastSuccess time.Time                   `json:"lastSuccess,omitzero"`
	NextCycle   time.Time                   `json:"nextCycle,omitzero"` // about then; zero when it does not run or is not known
	Counts      []synchronization.TypeCount `json:"counts"`             // objects kept in the application, by type
	Progress    []synchronization.Progress  `json:"progress"`           // of the cycle that runs, as far as the service tells
	Estimate    *Estimate                   `json:"estimate,omitempty"` // of the initial cycle, when its progress is known
	Quarantine  *Quarantine                 `json:"quarantine,omitempty"`
}

// A Cycle is one that has ended.
type Cycle struct {
	Result   string                    `json:"result"` // Succeeded, Failed, EntryLevelErrors
	Began    time.Time                 `json:"began,omitzero"`
	Ended    time.Time                 `json:"ended"`
	InScope  int64                     `json:"inScope"`
	Imported int64                     `json:"imported"` // read in Entra
	Exported int64                     `json:"exported"` // written to the application
	Escrowed int64                     `json:"escrowed"` // failed, and tried again later
	Error    *synchronization.JobError `json:"error,omitempty"`
}

// A Quarantine is why a job runs only once a day.
type Quarantine struct {
	Reason      string                    `json:"reason"` // Graph's name
	Meaning     string                    `json:"meaning"`
	Remedy      remedy.List               `json:"remedy"`
	Since       time.Time                 `json:"since,omitzero"`
	First       time.Time                 `json:"first,omitzero"`   // when the first of those in a row began
	InARow      int64                     `json:"inARow,omitempty"` // how many those are
	NextAttempt time.Time                 `json:"nextAttempt,omitzero"`
	DisabledAt  time.Time                 `json:"disabledAt,omitzero"` // the service switches the job off then
	Error       *synchronization.JobError `json:"error,omitempty"`
}

// Do reads the job once.
func (s Status) Do(ctx context.Context) (Report, error) {
	t, err := provisioning.FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Report{}, err
	}
	return ReportOf(t), nil
}

// ReportOf says how provisioning is doing, from a job that was just read.
func ReportOf(t provisioning.Target) Report {
	status := t.Job.Status
	report := Report{
		App: provisioning.Describe(t.App), Job: ViewOf(t.Job),
		Running:   t.Job.Running(),
		LastCycle: LastCycle(status.LastExecution), NextCycle: NextCycle(t.Job),
		Counts:     append([]synchronization.TypeCount{}, status.SynchronizedEntryCountByType...),
		Progress:   append([]synchronization.Progress{}, status.Progress...),
		Quarantine: QuarantineOf(t.Job),
	}
	if status.LastSuccessfulExecution != nil {
		report.LastSuccess = status.LastSuccessfulExecution.TimeEnded
	}
	report.Estimate = estimateOf(report.Job.State, report.Progress)
	return report
}

// StateOf is the state of a job.
func StateOf(job synchronization.Job) State {
	last := job.Status.LastExecution
	switch {
	case job.Quarantined():
		return StateQuarantine
	case !job.Running():
		return StateStopped
	case len(job.Status.Progress) > 0 && job.Status.SteadyStateFirstAchievedTime.IsZero():
		return StateInitialCycle
	case job.NeverRan():
		return StateNotRunYet
	case last.HasEnded() && last.State != "Succeeded":
		return StateErrors
	case job.Status.SteadyStateFirstAchievedTime.IsZero():
		return StateInitialCycle
	}
	return StateHealthy
}

// LastCycle leaves out the placeholder of a job that has not run yet.
func LastCycle(e *synchronization.Execution) *Cycle {
	if !e.HasEnded() {
		return nil
	}
	cycle := &Cycle{
		Result: e.State, Began: e.TimeBegan, Ended: e.TimeEnded, InScope: e.CountEntitledForProvisioning,
		Imported: e.CountImported, Exported: e.CountExported, Escrowed: e.CountEscrowed,
	}
	if e.Error != nil && e.Error.Code != "None" && e.Error.Code != "" {
		cycle.Error = e.Error
	}
	return cycle
}

// NextCycle is when the service looks at the job again: an interval after the
// last end, or its own word for a quarantine.
func NextCycle(job synchronization.Job) time.Time {
	last := job.Status.LastExecution
	switch {
	case !job.Running():
		return time.Time{}
	case job.Status.Quarantine != nil:
		return job.Status.Quarantine.NextAttempt
	case !last.HasEnded():
		return time.Time{}
	}
	interval, ok := parseDuration(job.Schedule.Interval)
	if !ok {
		return time.Time{}
	}
	return last.TimeEnded.Add(interval)
}
