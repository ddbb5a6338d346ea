package sandbox

import (
	"time"
)

// never is how the synchronization service writes a time that has not been.
const never = "0001-01-01T00:00:00Z"

// moment is a time as the synchronization service writes it.
func moment(t time.Time) string {
	if t.IsZero() {
		return never
	}
	return instant(t)
}

// view is a job as Graph shows it.
// https://learn.microsoft.com/graph/api/resources/synchronization-synchronizationjob
func (j *job) view() object {
	schedule := "Disabled"
	if j.Active {
		schedule = "Active"
	}
	return object{
		"id": j.ID, "templateId": j.Template,
		"schedule": object{"expiration": nil, "interval": "PT40M", "state": schedule},
		"status":   j.status(),
		"synchronizationJobSettings": []object{
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

func (j *job) status() object {
	out := object{
		"code": j.code(), "countSuccessiveCompleteFailures": j.Failures, "escrowsPruned": false,
		"lastExecution": j.Execution.view(), "lastSuccessfulExecution": j.Success.view(), "lastSuccessfulExecutionWithExports": j.Exports.view(),
		"quarantine": nil, "progress": []object{}, "synchronizedEntryCountByType": j.counts(),
		"steadyStateFirstAchievedTime": moment(j.First), "steadyStateLastAchievedTime": moment(j.Last), "troubleshootingUrl": nil,
	}
	if j.Active && j.Execution == nil {
		// Until the first cycle has ended a failure is shown that is none.
		out["lastExecution"], out["troubleshootingUrl"] = placeholder(), ""
	}
	if q := j.Quarantine; q != nil {
		out["quarantine"] = object{
			"currentBegan": moment(q.Began), "nextAttempt": moment(q.Next), "reason": q.Reason, "seriesBegan": moment(q.Series),
			"seriesCount": q.Count, "error": q.Error.view(),
		}
	}
	return out
}

func placeholder() object {
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

func (e *execution) object() object {
	return object{
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
	return object{"code": e.Code, "message": e.Message, "tenantActionable": e.Actionable}
}

// counts are the objects that the job keeps in step, by type.
func (j *job) counts() []object {
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
	out := []object{}
	if groups > 0 {
		out = append(out, object{"key": "group to Group", "value": groups})
	}
	if users > 0 {
		out = append(out, object{"key": "user to User", "value": users})
	}
	return out
}
