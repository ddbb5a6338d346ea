package synchronization

import (
	"time"

	"github.com/scimctl/scimctl/graph"
)

// Missing names the member without which an answer has no content.
func (t Template) Missing() string { return graph.RequireID(t.ID) }

// Missing names the member without which an answer has no content.
func (j Job) Missing() string { return graph.RequireID(j.ID) }

// Missing names the member without which an answer has no content.
func (kv KeyValue) Missing() string {
	if kv.Key == "" {
		return "key"
	}
	return ""
}

// A JobRef names a provisioning job.
type JobRef struct{ ServicePrincipalID, JobID string }

// A Job is a provisioning job. Times that never were are zero. See
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob.
type Job struct {
	ID         string      `json:"id"`
	TemplateID string      `json:"templateId"`
	Schedule   Schedule    `json:"schedule"`
	Status     JobStatus   `json:"status"`
	Settings   []NameValue `json:"synchronizationJobSettings"`
}

// A Schedule says how often a job runs.
type Schedule struct {
	Expiration time.Time `json:"expiration"`
	Interval   string    `json:"interval"` // ISO 8601 duration, PT40M
	State      string    `json:"state"`    // Active, Disabled, Paused
}

// A JobStatus says how a job is.
type JobStatus struct {
	Code                               string      `json:"code"` // NotConfigured, NotRun, Active, Paused, Quarantine
	CountSuccessiveCompleteFailures    int64       `json:"countSuccessiveCompleteFailures"`
	EscrowsPruned                      bool        `json:"escrowsPruned"`
	LastExecution                      *Execution  `json:"lastExecution"`
	LastSuccessfulExecution            *Execution  `json:"lastSuccessfulExecution"`
	LastSuccessfulExecutionWithExports *Execution  `json:"lastSuccessfulExecutionWithExports"`
	Progress                           []Progress  `json:"progress"`
	Quarantine                         *Quarantine `json:"quarantine"`
	SteadyStateFirstAchievedTime       time.Time   `json:"steadyStateFirstAchievedTime"` // zero during the initial cycle
	SteadyStateLastAchievedTime        time.Time   `json:"steadyStateLastAchievedTime"`
	// SynchronizedEntryCountByType counts by "user to User", "group to Group".
	SynchronizedEntryCountByType []TypeCount `json:"synchronizedEntryCountByType"`
	TroubleshootingURL           string      `json:"troubleshootingUrl"`
}

// An Execution is one run of a job. A job that was started and has not run yet
// shows one that failed, with the error code None and no end.
type Execution struct {
	ActivityIdentifier           string    `json:"activityIdentifier"`
	CountEntitled                int64     `json:"countEntitled"`
	CountEntitledForProvisioning int64     `json:"countEntitledForProvisioning"`
	CountEscrowed                int64     `json:"countEscrowed"`
	CountEscrowedRaw             int64     `json:"countEscrowedRaw"`
	CountExported                int64     `json:"countExported"`
	CountExports                 int64     `json:"countExports"`
	CountImported                int64     `json:"countImported"`
	CountImportedDeltas          int64     `json:"countImportedDeltas"`
	CountImportedReferenceDeltas int64     `json:"countImportedReferenceDeltas"`
	Error                        *JobError `json:"error"`
	State                        string    `json:"state"` // Succeeded, Failed, EntryLevelErrors
	TimeBegan                    time.Time `json:"timeBegan"`
	TimeEnded                    time.Time `json:"timeEnded"`
}

// Progress says how far the current cycle has come.
type Progress struct {
	CompletedUnits              int64     `json:"completedUnits"`
	ProgressObservationDateTime time.Time `json:"progressObservationDateTime"`
	TotalUnits                  int64     `json:"totalUnits"`
	Units                       string    `json:"units"` // users, …
}

// A Quarantine says why a job runs only once a day.
type Quarantine struct {
	CurrentBegan time.Time `json:"currentBegan"`
	Error        *JobError `json:"error"`
	NextAttempt  time.Time `json:"nextAttempt"`
	Reason       string    `json:"reason"` // EncounteredQuarantineException, TooManyDeletes, …
	SeriesBegan  time.Time `json:"seriesBegan"`
	SeriesCount  int64     `json:"seriesCount"`
}

// A JobError is an error of a job's run or quarantine.
type JobError struct {
	Code             string `json:"code"`
	Message          string `json:"message"`
	TenantActionable bool   `json:"tenantActionable"`
}

// A TypeCount counts objects of one type.
type TypeCount struct {
	Key   string `json:"key"`
	Value int64  `json:"value"`
}

// A NameValue is a setting of a job.
type NameValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Template is what a job can be made from. Keys of the metadata vary in
// case. See
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationtemplate.
type Template struct {
	ID           string     `json:"id"`
	FactoryTag   string     `json:"factoryTag"`
	Description  string     `json:"description"`
	Default      bool       `json:"default"`
	Discoverable bool       `json:"discoverable"`
	Metadata     []KeyValue `json:"metadata"`
}

// A KeyValue is a credential or setting of provisioning, or a note of a
// template.
type KeyValue struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Quarantined reports whether the job is in quarantine.
func (j Job) Quarantined() bool { return j.Status.Code == "Quarantine" || j.Status.Quarantine != nil }

// NeverRan reports whether no cycle of the job has ended yet. A new job shows a
// placeholder that says Failed, with an error "None" and the year 1.
func (j Job) NeverRan() bool {
	return j.Status.SteadyStateFirstAchievedTime.IsZero() &&
		!j.Status.LastExecution.HasEnded() && !j.Status.LastSuccessfulExecution.HasEnded()
}

// HasEnded reports whether there was a cycle and it has ended.
func (e *Execution) HasEnded() bool { return e != nil && !e.TimeEnded.IsZero() }
