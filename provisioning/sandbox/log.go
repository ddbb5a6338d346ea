package sandbox

import (
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/engine"
)

// A logEntry is what became of one object, for the answer on demand and for
// the provisioning logs, which name the same things differently.
type logEntry struct {
	ID         string     `json:"id"`
	Change     string     `json:"changeId"`
	Cycle      string     `json:"cycleId"`
	Job        string     `json:"job"`
	SP         string     `json:"servicePrincipal"`
	Began      time.Time  `json:"began"`
	Ended      time.Time  `json:"ended"`
	Type       string     `json:"type"`
	Source     string     `json:"source"`
	Name       string     `json:"name"`
	Target     string     `json:"target,omitempty"`
	TargetType string     `json:"targetType"`
	System     string     `json:"system"`
	Action     string     `json:"action"` // Create, Update, Disable, Delete, Other, StagedDelete
	Status     string     `json:"status"` // Success, Skipped, Failure
	Code       string     `json:"code,omitempty"`
	Reason     string     `json:"reason,omitempty"`
	Advice     string     `json:"advice,omitempty"`
	More       string     `json:"more,omitempty"`
	Modified   []property `json:"modified,omitempty"`
	Steps      []step     `json:"steps"`
}

type property struct {
	Name string  `json:"name"`
	Old  *string `json:"old"`
	New  *string `json:"new"`
}

func (p property) view() object {
	return object{"displayName": p.Name, "oldValue": orNull(p.Old), "newValue": orNull(p.New)}
}

func orNull(text *string) any {
	if text == nil {
		return nil
	}
	return *text
}

const keptLogs = 1000

// log keeps an entry; it is not listed at once.
func (t *Tenant) log(s *state, e *logEntry) {
	s.Logs = append(s.Logs, e)
	if len(s.Logs) > keptLogs {
		for _, old := range s.Logs[:len(s.Logs)-keptLogs] {
			delete(s.Delays, lagLog(old.ID))
		}
		s.Logs = slices.Clone(s.Logs[len(s.Logs)-keptLogs:])
	}
	t.lag(s, lagLog(e.ID))
}

func lagLog(id string) string { return "log/" + id }

// onDemandAnswer is a pair of texts that hold JSON, in one of several shapes.
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand
func (e *logEntry) onDemandAnswer(c *call, o options) object {
	details := object{}
	if e.Code != "" {
		details = object{"errorCode": e.Code, "errorMessage": e.Reason}
	}
	key := string(encode(object{"result": e.Status, "details": details}))
	var value any = e.onDemandValue()
	switch {
	case o.bareGroupAnswer && e.Type == engine.Group:
		value = object{}
	case o.observedAnswer:
		key = "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo"
		value = []object{e.onDemandValue()}
	}
	return object{"@odata.context": c.context("microsoft.graph.stringKeyStringValuePair"), "key": key, "value": string(encode(value))}
}

func (e *logEntry) onDemandValue() object {
	steps, modified := []object{}, []object{}
	for _, s := range e.Steps {
		steps = append(steps, object{
			"name": s.Name, "type": s.Kind, "status": s.Status, "description": s.Description, "timestamp": instant(s.At), "details": s.Details,
		})
	}
	for _, p := range e.Modified {
		modified = append(modified, p.view())
	}
	return object{
		"action": e.Action, "changeId": e.Change, "startTime": instant(e.Began), "endTime": instant(e.Ended), "reportableIdentifier": e.Name,
		"modifiedProperties": modified, "provisioningSteps": steps,
		"statusInfo": object{
			"status": e.Status, "errorCode": none(e.Code), "reason": none(e.Reason), "additionalDetails": none(e.More),
			"errorCategory": e.category(), "recommendedAction": none(e.Advice),
		},
		"sourceIdentity": object{"id": e.Source, "type": e.Type, "displayName": nil, "details": nil},
		"sourceSystem":   object{"id": nil, "name": directoryName, "details": nil},
		"targetIdentity": object{"id": e.Target, "type": e.TargetType, "displayName": nil, "details": nil},
		"targetSystem":   object{"id": nil, "name": e.System, "details": nil},
	}
}

func (e *logEntry) category() any {
	if e.Status == "Failure" {
		return "NonServiceFailure"
	}
	return nil
}

// summary is an entry as the provisioning logs show it.
// https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary
func (e *logEntry) summary(s *state) object {
	app := ""
	appID := ""
	if a := s.servicePrincipal(e.SP); a != nil {
		app, appID = a.DisplayName, a.AppID
	}
	steps, modified := []object{}, []object{}
	for _, st := range e.Steps {
		steps = append(steps, object{
			"name": st.Name, "provisioningStepType": strings.ToLower(st.Kind), "status": strings.ToLower(st.Status),
			"description": st.Description, "details": st.Details,
		})
	}
	for _, p := range e.Modified {
		modified = append(modified, p.view())
	}
	name := e.Name
	if u := s.person(e.Source); u != nil {
		name = u.name()
	}
	out := object{
		"id": e.ID, "activityDateTime": instant(e.Ended), "tenantId": s.TenantID, "jobId": e.Job, "cycleId": e.Cycle, "changeId": e.Change,
		"provisioningAction": strings.ToLower(e.Action[:1]) + e.Action[1:], "durationInMilliseconds": e.Ended.Sub(e.Began).Milliseconds(),
		"servicePrincipal":       object{"id": e.SP, "displayName": app},
		"sourceSystem":           object{"id": sourceID, "displayName": directoryName, "details": object{}},
		"targetSystem":           object{"id": idOf("directory/" + e.System), "displayName": e.System, "details": object{"ApplicationId": appID, "ServicePrincipalId": e.SP, "ServicePrincipalDisplayName": app}},
		"initiatedBy":            object{"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
		"targetIdentity":         object{"id": e.Target, "displayName": "", "identityType": e.TargetType, "details": object{}},
		"provisioningStatusInfo": e.statusInfo(), "provisioningSteps": steps, "modifiedProperties": modified,
	}
	details := object{"id": e.Source, "odatatype": e.Type, "DisplayName": name}
	if e.Type == "User" {
		details["UserPrincipalName"] = e.Name
	}
	out["sourceIdentity"] = object{"id": e.Source, "displayName": name, "identityType": e.Type, "details": details}
	return out
}

func (e *logEntry) statusInfo() object {
	var information any
	if e.Status != "Success" {
		category := "failure"
		switch e.Status {
		case "Failure":
			category = "nonServiceFailure"
		case "Skipped":
			category = "success"
		}
		information = object{
			"errorCode": e.Code, "reason": e.Reason, "additionalDetails": none(e.More), "errorCategory": category, "recommendedAction": none(e.Advice),
		}
	}
	return object{"status": strings.ToLower(e.Status), "errorInformation": information}
}
