// Package ondemand provisions single users and groups at once, and reads what
// happened.
package ondemand

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/logs"
)

// An AnswerError is an answer to provisioning on demand that has none of the
// known shapes. What the service did is not known then.
type AnswerError struct {
	Part string // key or value
	Text string
	Err  error
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("the %s of the answer to provisioning on demand is not understood: %v: %s", e.Part, e.Err, provisioning.Brief(e.Text))
}

func (e *AnswerError) Unwrap() error { return e.Err }

// verdict is what the key says when it holds JSON.
type verdict struct {
	Result  string `json:"result"`
	Details struct {
		Code    string `json:"errorCode"`
		Message string `json:"errorMessage"`
	} `json:"details"`
}

// event is what the value holds, once or in a list. Its members are named
// otherwise than in the provisioning logs, whose names are understood as well.
type event struct {
	Action      string          `json:"action"`
	ChangeID    string          `json:"changeId"`
	Ended       json.RawMessage `json:"endTime"`
	Modified    []modified      `json:"modifiedProperties"`
	Steps       []eventStep     `json:"provisioningSteps"`
	Status      *eventStatus    `json:"statusInfo"`
	LogStatus   *eventStatus    `json:"provisioningStatusInfo"`
	Source      eventIdentity   `json:"sourceIdentity"`
	Target      eventIdentity   `json:"targetIdentity"`
	SourceStore eventIdentity   `json:"sourceSystem"`
	TargetStore eventIdentity   `json:"targetSystem"`
}

type modified struct {
	Name string          `json:"displayName"`
	Old  json.RawMessage `json:"oldValue"`
	New  json.RawMessage `json:"newValue"`
}

type eventStep struct {
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	LogType     string          `json:"provisioningStepType"`
	Status      string          `json:"status"`
	Description string          `json:"description"`
	Time        json.RawMessage `json:"timestamp"`
	Details     json.RawMessage `json:"details"`
}

type eventStatus struct {
	Status            string          `json:"status"`
	Code              string          `json:"errorCode"`
	Reason            string          `json:"reason"`
	Additional        json.RawMessage `json:"additionalDetails"`
	RecommendedAction string          `json:"recommendedAction"`
}

type eventIdentity struct {
	ID          string `json:"id"`
	Type        string `json:"type"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// parseAnswer reads both shapes that the service answers in. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand.
func parseAnswer(answer synchronization.OnDemandAnswer) (verdict, []event, error) {
	said, err := parseKey(answer.Key)
	if err != nil {
		return said, nil, &AnswerError{Part: "key", Text: answer.Key, Err: err}
	}
	events, err := parseValue([]byte(answer.Value))
	if err != nil {
		return said, nil, &AnswerError{Part: "value", Text: answer.Value, Err: err}
	}
	if said.Result == "" && len(events) == 0 {
		return said, nil, &AnswerError{Part: "value", Text: answer.Value, Err: errNothingSaid}
	}
	return said, events, nil
}

var errNothingSaid = errors.New("it says nothing")

// parseKey takes a verdict, or the bare word of one. Any other word is the
// name of a .NET type, which says nothing.
func parseKey(key string) (said verdict, err error) {
	key = strings.TrimSpace(key)
	switch {
	case strings.HasPrefix(key, "{"):
		err = json.Unmarshal([]byte(key), &said)
	case key == "Success" || key == "Skipped" || key == "Failure":
		said.Result = key
	}
	return said, err
}

func parseValue(value []byte) (events []event, err error) {
	value = bytes.TrimSpace(value)
	if len(value) == 0 {
		return nil, nil
	}
	switch value[0] {
	case '[':
		err = json.Unmarshal(value, &events)
	case '"': // packed once more
		var inner string
		if err = json.Unmarshal(value, &inner); err == nil {
			return parseValue([]byte(inner))
		}
	default:
		var one event
		err = json.Unmarshal(value, &one)
		if len(one.Steps) > 0 || one.Status != nil || one.Action != "" {
			events = []event{one}
		}
	}
	return events, err
}

// text is a value as people read it. The service writes values as text, but
// not always.
func text(raw json.RawMessage) string {
	var s string
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case json.Unmarshal(raw, &s) == nil:
		return s
	}
	var compact bytes.Buffer
	if json.Compact(&compact, raw) != nil {
		return string(raw)
	}
	return compact.String()
}

// moment reads a time; zero when it is none.
func moment(raw json.RawMessage) time.Time {
	t, _ := time.Parse(time.RFC3339, text(raw))
	return t
}

// details makes a flat map of a step's details, which may be packed in a text.
func details(raw json.RawMessage) map[string]string {
	flat := map[string]string{}
	var packed string
	if json.Unmarshal(raw, &packed) == nil {
		raw = json.RawMessage(packed)
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return flat
	}
	for name, value := range members {
		flat[name] = text(value)
	}
	return flat
}

const (
	saidSuccess = "Success"
	saidSkipped = "Skipped"
	saidFailure = "Failure"
)

// resultOf reads what became of a subject out of an answer. The service
// answers 200 also when it failed.
func resultOf(answer synchronization.OnDemandAnswer) (Result, error) {
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
	r.Reason = provisioning.Condense(r.Reason)
	r.RecommendedAction = cmp.Or(r.RecommendedAction, r.remedy())
}

// state reads the outcome off the export's step, else off the action.
func (r *Result) state(outcome string, events []event) Outcome {
	switch {
	case outcome == saidFailure:
		return Failed
	case outcome == saidSkipped && r.Code == logs.Redundant:
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
