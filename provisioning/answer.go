package provisioning

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// An AnswerError is an answer to provisioning on demand that has none of the
// known shapes. What the service did is not known then.
type AnswerError struct {
	Part string // key or value
	Text string
	Err  error
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("the %s of the answer to provisioning on demand is not understood: %v: %s", e.Part, e.Err, brief(e.Text))
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
func parseAnswer(answer graph.OnDemandAnswer) (verdict, []event, error) {
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
