package provisioning

import (
	"cmp"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/words"
)

const (
	saidSuccess = "Success"
	saidSkipped = "Skipped"
	saidFailure = "Failure"
)

// redundant is the code of a skip because nothing has to change.
const redundant = "RedundantExport"

// resultOf reads what became of a subject out of an answer. The service
// answers 200 also when it failed.
func resultOf(answer graph.OnDemandAnswer) (Result, error) {
	result := Result{Changes: []Change{}, Steps: []Step{}, NotExported: []string{}, WrittenBack: []string{}, Runs: 1}
	said, events, err := parseAnswer(answer)
	if err != nil {
		return result, err
	}
	for _, e := range events {
		result.add(e)
	}
	outcome := overall(said, events)
	result.explain(said, events, outcome)
	result.State = result.state(outcome, events)
	return result, nil
}

func (r *Result) add(e event) {
	for _, step := range e.Steps {
		r.Steps = append(r.Steps, Step{
			Name: step.Name, Type: words.Capitalize(cmp.Or(step.Type, step.LogType)), Status: words.Capitalize(step.Status),
			Description: step.Description, Time: moment(step.Time), Details: details(step.Details),
		})
	}
	for _, m := range e.Modified {
		r.change(Change{Attribute: m.Name, Old: text(m.Old), New: text(m.New)})
	}
	r.ChangeID, r.Ended = cmp.Or(e.ChangeID, r.ChangeID), moment(e.Ended)
	if r.Source == (Identity{}) {
		r.Source = identity(e.Source, e.SourceStore)
	}
	if r.Target.ID == "" {
		r.Target = identity(e.Target, e.TargetStore)
	}
}

func identity(who, system eventIdentity) Identity {
	return Identity{ID: who.ID, Type: who.Type, DisplayName: who.DisplayName, System: cmp.Or(system.Name, system.DisplayName)}
}

func (e event) status() eventStatus {
	switch {
	case e.Status != nil:
		return *e.Status
	case e.LogStatus != nil:
		return *e.LogStatus
	}
	return eventStatus{}
}

// overall is one word for the whole answer: a failure anywhere is one; else
// what the key says; else a success anywhere.
func overall(said verdict, events []event) string {
	outcomes := []string{words.Capitalize(said.Result)}
	for _, e := range events {
		outcomes = append(outcomes, words.Capitalize(e.status().Status))
		for _, step := range e.Steps {
			if status := words.Capitalize(step.Status); e.status().Status == "" || status == saidFailure {
				outcomes = append(outcomes, status)
			}
		}
	}
	found := map[string]bool{}
	for _, word := range outcomes {
		found[word] = true
	}
	switch {
	case found[saidFailure]:
		return saidFailure
	case said.Result != "":
		return words.Capitalize(said.Result)
	case len(events) > 0 && events[len(events)-1].status().Status == "" && found[saidSkipped]:
		return saidSkipped // only steps are there, and the export was skipped
	case found[saidSuccess] || found["Warning"]:
		return saidSuccess
	}
	return saidSkipped
}

// explain takes code and reason from the place that has them: the key, the
// status, or the step that failed or was skipped.
func (r *Result) explain(said verdict, events []event, outcome string) {
	r.Code, r.Reason = said.Details.Code, said.Details.Message
	for _, e := range events {
		status := e.status()
		if len(events) > 1 && words.Capitalize(status.Status) != outcome {
			continue
		}
		r.Code, r.Reason = cmp.Or(r.Code, status.Code), cmp.Or(r.Reason, status.Reason, text(status.Additional))
		r.RecommendedAction = cmp.Or(r.RecommendedAction, status.RecommendedAction)
	}
	if outcome == saidSuccess {
		return
	}
	for _, step := range r.Steps {
		if step.Status == outcome {
			r.Code = cmp.Or(r.Code, step.Details["SkipReason"], step.Details["ErrorCode"])
			r.Reason = cmp.Or(r.Reason, step.Description)
		}
	}
	r.Reason = condense(r.Reason)
	r.RecommendedAction = cmp.Or(r.RecommendedAction, r.remedy())
}

// state reads the outcome off the export's step, else off the action.
func (r *Result) state(outcome string, events []event) Outcome {
	switch {
	case outcome == saidFailure:
		return Failed
	case outcome == saidSkipped && r.Code == redundant:
		return AlreadyEqual
	case outcome == saidSkipped:
		return Skipped
	}
	var names []string
	for _, step := range r.Steps {
		if strings.HasPrefix(step.Name, "EntryExport") {
			names = append(names, step.Name)
		}
	}
	for _, e := range events {
		names = append(names, words.Capitalize(e.Action))
	}
	actions := strings.Join(names, " ")
	switch {
	case strings.Contains(actions, "Delete") && !strings.Contains(actions, "SoftDelete"):
		return Deleted
	case strings.Contains(actions, "SoftDelete") || strings.Contains(actions, "Disable"):
		return Disabled
	case strings.Contains(actions, "EntryExportAdd") || strings.Contains(actions, "Create"):
		return Created
	case r.turnedOff():
		return Disabled
	case strings.Contains(actions, "EntryExportUpdate") || strings.Contains(actions, "Update"):
		return Updated
	}
	return Succeeded
}

// turnedOff reports whether an update took the account's active away.
func (r *Result) turnedOff() bool {
	i := indexChange(r.Changes, "active")
	return i >= 0 && strings.EqualFold(r.Changes[i].New, "false")
}
