package sandbox

import (
	"slices"
	"strings"
	"time"
)

// Limits of the reports.
// https://learn.microsoft.com/graph/throttling-limits#identity-and-access-reports-service-limits
const (
	reportsMost   = 5
	reportsWindow = 10 * time.Second
)

func logResource() resource {
	return resource{
		kind: "microsoft.graph.provisioningObjectSummary", label: "ProvisioningObjectSummary", free: true, exact: true,
		folded: []string{"provisioningAction", "provisioningStatusInfo/status"},
		properties: strings.Fields(`activityDateTime changeId cycleId durationInMilliseconds id initiatedBy jobId modifiedProperties provisioningAction
			provisioningStatusInfo provisioningSteps servicePrincipal sourceIdentity sourceSystem targetIdentity targetSystem tenantId`),
		orders: []string{"activityDateTime"}, largest: 1000,
	}
}

// listLogs lists what the service did, newest first. Cycles that are due run
// before; what is new shows itself a little later.
// https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
func (t *Tenant) listLogs(c *call) *answer {
	var due []string
	var out *answer
	err := t.with(func(s *state) {
		s.touch()
		if out = t.withinLimit(c, &s.Reports, reportsMost, reportsWindow); out == nil {
			due = s.due(c.now, func(j *job) bool { return s.Delays[lagCycle(j.ID)] == nil })
		}
	})
	if err == nil && out == nil {
		_, err = t.runCycles(c.ctx, due)
	}
	if err == nil && out == nil {
		err = t.with(func(s *state) {
			var items []object
			for _, e := range slices.Backward(s.Logs) {
				if !s.late(lagLog(e.ID), c.now) {
					items = append(items, e.summary(s))
				}
			}
			out = logResource().list(c, s, "auditLogs/provisioning", items)
		})
	}
	if err != nil {
		return stateFailure(err)
	}
	return out
}

func (t *Tenant) getLog(c *call, s *state) *answer {
	s.touch()
	if refusal := t.withinLimit(c, &s.Reports, reportsMost, reportsWindow); refusal != nil {
		return refusal
	}
	for _, e := range s.Logs {
		if e.ID == c.param("entry") {
			return logResource().one(c, "auditLogs/provisioning", e.summary(s))
		}
	}
	return notFound(c.param("entry"))
}
