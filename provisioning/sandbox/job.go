package sandbox

import (
	"encoding/json"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// A job is a synchronization job as the state keeps it.
type job struct {
	ID         string             `json:"id"`
	SP         string             `json:"servicePrincipal"`
	Template   string             `json:"template"`
	Schema     json.RawMessage    `json:"schema,omitempty"` // nil: the template's
	Active     bool               `json:"active"`
	Starts     int                `json:"starts"` // 0: was never started
	Edits      int                `json:"edits"`  // changes that have the next cycle look at everyone
	Next       time.Time          `json:"next,omitzero"`
	Running    time.Time          `json:"running,omitzero"`  // when a cycle was begun that has not ended
	Full       bool               `json:"full"`              // the next cycle looks at everyone
	Force      bool               `json:"force,omitempty"`   // the next cycle may delete more than the threshold
	SyncAll    bool               `json:"syncAll,omitempty"` // the scope of the last full cycle
	First      time.Time          `json:"steadyFirst,omitzero"`
	Last       time.Time          `json:"steadyLast,omitzero"`
	Execution  *execution         `json:"lastExecution,omitempty"`
	Success    *execution         `json:"lastSuccess,omitempty"`
	Exports    *execution         `json:"lastExports,omitempty"`
	Failures   int64              `json:"failures,omitempty"` // cycles in a row that failed as a whole
	Quarantine *quarantine        `json:"quarantine,omitempty"`
	Links      map[string]*link   `json:"links"`    // by source object id
	Escrows    map[string]*escrow `json:"escrowed"` // by source object id
}

// A link is what the service remembers of an object that it provisioned.
type link struct {
	Type    string            `json:"type"` // User, Group
	Target  string            `json:"target"`
	Name    string            `json:"name"`
	Seen    string            `json:"seen,omitempty"`    // a fingerprint of the source as last exported
	Off     string            `json:"off,omitempty"`     // why it was disabled: deleted, or unassigned, after which it is no longer managed
	Members map[string]string `json:"members,omitempty"` // of a group: source ids to those in the target
}

// An execution is one cycle.
type execution struct {
	Activity  string    `json:"activity"`
	Entitled  int64     `json:"entitled"`
	Escrowed  int64     `json:"escrowed"`
	Exported  int64     `json:"exported"`
	Imported  int64     `json:"imported"`
	Deltas    int64     `json:"deltas"`
	RefDeltas int64     `json:"refDeltas"`
	State     string    `json:"state"`
	Began     time.Time `json:"began"`
	Ended     time.Time `json:"ended"`
	Error     *jobError `json:"error,omitempty"`
}

type jobError struct {
	Code       string `json:"code"`
	Message    string `json:"message"`
	Actionable bool   `json:"tenantActionable"`
}

type quarantine struct {
	Began  time.Time `json:"began"`
	Series time.Time `json:"series"`
	Count  int64     `json:"count"`
	Next   time.Time `json:"next"`
	Reason string    `json:"reason"`
	Error  *jobError `json:"error"`
}

// never is how the synchronization service writes a time that has not been.
const never = "0001-01-01T00:00:00Z"

// moment is a time as the synchronization service writes it.
func moment(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return odata.Instant(t)
}

// view is a job as Graph shows it.
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
func (j *job) view() odata.Object {
	schedule := "Disabled"
	if j.Active {
		schedule = "Active"
	}
	return odata.Object{
		"id": j.ID, "templateId": j.Template,
		"schedule": odata.Object{"expiration": nil, "interval": "PT40M", "state": schedule},
		"status":   j.status(),
		"synchronizationJobSettings": []odata.Object{
			{"name": "AzureIngestionAttributeOptimization", "value": "False"},
			{"name": "LookaheadQueryEnabled", "value": "False"},
		},
	}
}

func (j *job) code() string {
	switch {
	case !j.Active:
		return "Paused"
	case j.Quarantine != nil:
		return "Quarantine"
	case j.Execution == nil:
		return "NotRun"
	}
	return "Active"
}

func (j *job) status() odata.Object {
	out := odata.Object{
		"code": j.code(), "countSuccessiveCompleteFailures": j.Failures, "escrowsPruned": false,
		"lastExecution": j.Execution.view(), "lastSuccessfulExecution": j.Success.view(), "lastSuccessfulExecutionWithExports": j.Exports.view(),
		"quarantine": nil, "progress": []odata.Object{}, "synchronizedEntryCountByType": j.counts(),
		"steadyStateFirstAchievedTime": moment(j.First), "steadyStateLastAchievedTime": moment(j.Last), "troubleshootingUrl": nil,
	}
	if j.Active && j.Execution == nil {
		// Until the first cycle has ended a failure is shown that is none.
		out["lastExecution"], out["troubleshootingUrl"] = placeholder(), ""
	}
	if q := j.Quarantine; q != nil {
		out["quarantine"] = odata.Object{
			"currentBegan": moment(q.Began), "nextAttempt": moment(q.Next), "reason": q.Reason, "seriesBegan": moment(q.Series),
			"seriesCount": q.Count, "error": q.Error.view(),
		}
	}
	return out
}

func placeholder() odata.Object {
	out := (&execution{State: "Failed", Error: &jobError{Code: "None"}}).object()
	out["activityIdentifier"] = nil
	return out
}

// view is null when there was no such execution.
func (e *execution) view() any {
	if e == nil {
		return nil
	}
	return e.object()
}

func (e *execution) object() odata.Object {
	return odata.Object{
		"activityIdentifier": e.Activity, "countEntitled": e.Entitled, "countEntitledForProvisioning": e.Entitled, "countEscrowed": e.Escrowed,
		"countEscrowedRaw": e.Escrowed, "countExported": e.Exported, "countExports": e.Exported, "countImported": e.Imported,
		"countImportedDeltas": e.Deltas, "countImportedReferenceDeltas": e.RefDeltas, "state": e.State, "timeBegan": moment(e.Began),
		"timeEnded": moment(e.Ended), "error": e.Error.view(),
	}
}

func (e *jobError) view() any {
	if e == nil {
		return nil
	}
	return odata.Object{"code": e.Code, "message": e.Message, "tenantActionable": e.Actionable}
}

// counts are the objects that the job keeps in step, by type.
func (j *job) counts() []odata.Object {
	users, groups := 0, 0
	for _, l := range j.Links {
		switch {
		case l.Off != "":
		case l.Type == "Group":
			groups++
		default:
			users++
		}
	}
	out := []odata.Object{}
	if groups > 0 {
		out = append(out, odata.Object{"key": "group to Group", "value": groups})
	}
	if users > 0 {
		out = append(out, odata.Object{"key": "user to User", "value": users})
	}
	return out
}
