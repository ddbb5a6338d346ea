package engine

import (
	"encoding/json"

	"github.com/scimctl/scimctl/mappings/expression"
)

// MarshalJSON writes a flow with its outcome (value, null, dropped or
// unsupported), its values and, when nothing is sent, the reason.
func (f Flow) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Target           string             `json:"target"`
		TargetType       string             `json:"targetType"`
		Source           string             `json:"source,omitempty"`
		Outcome          expression.Outcome `json:"outcome"`
		Values           []string           `json:"values"`
		NotSent          string             `json:"notSent,omitempty"`
		MatchingPriority int                `json:"matchingPriority,omitempty"`
		Default          bool               `json:"default"`
		CreateOnly       bool               `json:"createOnly"`
		Reference        bool               `json:"reference"`
	}{
		f.Target, f.TargetType, f.Source, f.Value.Outcome, append([]string{}, f.Value.Values...), f.NotSent(),
		f.MatchingPriority, f.Default, f.CreateOnly, f.Reference,
	})
}

// NotSent is why a flow is not sent, "" when it is.
func (f Flow) NotSent() string {
	switch {
	case f.Err != nil:
		return f.Err.Error()
	case !f.Value.Blank():
		return ""
	case f.Value.Outcome == expression.Dropped:
		return "the expression keeps the attribute out of the request"
	case f.Source == "":
		return "it has no source, and its default value is for a create alone"
	default:
		return "there is no value, and the service never sends an empty one"
	}
}
