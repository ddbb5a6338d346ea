package sandbox

import (
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
	"github.com/scimctl/scimctl/provisioning/sandbox/internal/schema"
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

func (p property) view() odata.Object {
	return odata.Object{"displayName": p.Name, "oldValue": orNull(p.Old), "newValue": orNull(p.New)}
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
func (e *logEntry) onDemandAnswer(c *odata.Call, o options) odata.Object {
	details := odata.Object{}
	if e.Code != "" {
		details = odata.Object{"errorCode": e.Code, "errorMessage": e.Reason}
	}
	key := string(odata.Encode(odata.Object{"result": e.Status, "details": details}))
	var value any = e.onDemandValue()
	switch {
	case o.bareGroupAnswer && e.Type == engine.Group:
		value = odata.Object{}
	case o.observedAnswer:
		key = "Microsoft.Identity.Health.CPP.Common.DataContracts.SyncFabric.StatusInfo"
		value = []odata.Object{e.onDemandValue()}
	}
	return odata.Object{"@odata.context": c.Context("microsoft.graph.stringKeyStringValuePair"), "key": key, "value": string(odata.Encode(value))}
}

func (e *logEntry) onDemandValue() odata.Object {
	steps, modified := []odata.Object{}, []odata.Object{}
	for _, s := range e.Steps {
		steps = append(steps, odata.Object{
			"name": s.Name, "type": s.Kind, "status": s.Status, "description": s.Description, "timestamp": odata.Instant(s.At), "details": s.Details,
		})
	}
	for _, p := range e.Modified {
		modified = append(modified, p.view())
	}
	return odata.Object{
		"action": e.Action, "changeId": e.Change, "startTime": odata.Instant(e.Began), "endTime": odata.Instant(e.Ended), "reportableIdentifier": e.Name,
		"modifiedProperties": modified, "provisioningSteps": steps,
		"statusInfo": odata.Object{
			"status": e.Status, "errorCode": none(e.Code), "reason": none(e.Reason), "additionalDetails": none(e.More),
			"errorCategory": e.category(), "recommendedAction": none(e.Advice),
		},
		"sourceIdentity": odata.Object{"id": e.Source, "type": e.Type, "displayName": nil, "details": nil},
		"sourceSystem":   odata.Object{"id": nil, "name": directoryName, "details": nil},
		"targetIdentity": odata.Object{"id": e.Target, "type": e.TargetType, "displayName": nil, "details": nil},
		"targetSystem":   odata.Object{"id": nil, "name": e.System, "details": nil},
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
func (e *logEntry) summary(s *state) odata.Object {
	app := ""
	appID := ""
	if a := s.servicePrincipal(e.SP); a != nil {
		app, appID = a.DisplayName, a.AppID
	}
	steps, modified := []odata.Object{}, []odata.Object{}
	for _, st := range e.Steps {
		steps = append(steps, odata.Object{
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
	out := odata.Object{
		"id": e.ID, "activityDateTime": odata.Instant(e.Ended), "tenantId": s.TenantID, "jobId": e.Job, "cycleId": e.Cycle, "changeId": e.Change,
		"provisioningAction": strings.ToLower(e.Action[:1]) + e.Action[1:], "durationInMilliseconds": e.Ended.Sub(e.Began).Milliseconds(),
		"servicePrincipal":       odata.Object{"id": e.SP, "displayName": app},
		"sourceSystem":           odata.Object{"id": schema.SourceID, "displayName": directoryName, "details": odata.Object{}},
		"targetSystem":           odata.Object{"id": odata.IDOf("directory/" + e.System), "displayName": e.System, "details": odata.Object{"ApplicationId": appID, "ServicePrincipalId": e.SP, "ServicePrincipalDisplayName": app}},
		"initiatedBy":            odata.Object{"id": "", "displayName": "Azure AD Provisioning Service", "initiatorType": "system"},
		"targetIdentity":         odata.Object{"id": e.Target, "displayName": "", "identityType": e.TargetType, "details": odata.Object{}},
		"provisioningStatusInfo": e.statusInfo(), "provisioningSteps": steps, "modifiedProperties": modified,
	}
	details := odata.Object{"id": e.Source, "odatatype": e.Type, "DisplayName": name}
	if e.Type == "User" {
		details["UserPrincipalName"] = e.Name
	}
	out["sourceIdentity"] = odata.Object{"id": e.Source, "displayName": name, "identityType": e.Type, "details": details}
	return out
}

func (e *logEntry) statusInfo() odata.Object {
	var information any
	if e.Status != "Success" {
		category := "failure"
		switch e.Status {
		case "Failure":
			category = "nonServiceFailure"
		case "Skipped":
			category = "success"
		}
		information = odata.Object{
			"errorCode": e.Code, "reason": e.Reason, "additionalDetails": none(e.More), "errorCategory": category, "recommendedAction": none(e.Advice),
		}
	}
	return odata.Object{"status": strings.ToLower(e.Status), "errorInformation": information}
}

// Limits of the reports.
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits
const (
	reportsMost   = 5
	reportsWindow = 10 * time.Second
)

func logResource() odata.Resource {
	return odata.Resource{
		Kind: "microsoft.graph.provisioningObjectSummary", Label: "ProvisioningObjectSummary", Free: true, Exact: true,
		Folded: []string{"provisioningAction", "provisioningStatusInfo/status"},
		Properties: strings.Fields(`activityDateTime changeId cycleId durationInMilliseconds id initiatedBy jobId modifiedProperties provisioningAction
			provisioningStatusInfo provisioningSteps servicePrincipal sourceIdentity sourceSystem targetIdentity targetSystem tenantId`),
		Orders: []string{"activityDateTime"}, Largest: 1000,
	}
}

// listLogs lists what the service did, newest first. Cycles that are due run
// before; what is new shows itself a little later.
// https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
func (t *Tenant) listLogs(c *odata.Call) *odata.Answer {
	var due []string
	var out *odata.Answer
	err := t.with(func(s *state) {
		s.touch()
		if out = t.withinLimit(c, &s.Reports, reportsMost, reportsWindow); out == nil {
			due = s.due(c.Now, func(j *job) bool { return s.Delays[lagCycle(j.ID)] == nil })
		}
	})
	if err == nil && out == nil {
		_, err = t.runCycles(c.Ctx, due)
	}
	if err == nil && out == nil {
		err = t.with(func(s *state) {
			var items []odata.Object
			for _, e := range slices.Backward(s.Logs) {
				if !s.late(lagLog(e.ID), c.Now) {
					items = append(items, e.summary(s))
				}
			}
			out = logResource().List(c, "auditLogs/provisioning", items)
		})
	}
	if err != nil {
		return stateFailure(err)
	}
	return out
}

func (t *Tenant) getLog(c *odata.Call, s *state) *odata.Answer {
	s.touch()
	if refusal := t.withinLimit(c, &s.Reports, reportsMost, reportsWindow); refusal != nil {
		return refusal
	}
	for _, e := range s.Logs {
		if e.ID == c.Param("entry") {
			return logResource().One(c, "auditLogs/provisioning", e.summary(s))
		}
	}
	return odata.NotFound(c.Param("entry"))
}
