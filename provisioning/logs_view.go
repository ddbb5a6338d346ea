package provisioning

import (
	"encoding/json"

	"github.com/scimctl/scimctl/graph"
)

func logView(e graph.LogEntry) LogEntry {
	v := LogEntry{
		ID: e.ID, Time: e.Time.UTC(), Action: e.Action, Status: e.Status.Status, JobID: e.JobID, CycleID: e.CycleID,
		Type: e.Source.Type, SourceID: e.Source.ID, Source: sourceName(e.Source), TargetID: e.Target.ID,
		Modified: []LogModified{}, Steps: []LogStep{},
	}
	if e.Status.Error != nil {
		v.Code, v.Reason = e.Status.Error.Code, e.Status.Error.Reason
	}
	for _, p := range e.Modified {
		v.Modified = append(v.Modified, LogModified{Name: p.Name, Old: p.Old, New: p.New})
	}
	for _, s := range e.Steps {
		v.Steps = append(v.Steps, LogStep{Name: s.Name, Type: s.Type, Status: s.Status, Description: s.Description, Details: detailTexts(s.Details)})
	}
	return v
}

func sourceName(i graph.LogIdentity) string {
	if upn := i.Detail("UserPrincipalName"); upn != "" {
		return upn
	}
	return i.Name
}

// detailTexts are details as text: what is no text stays JSON.
func detailTexts(details map[string]json.RawMessage) map[string]string {
	all := make(map[string]string, len(details))
	for name, raw := range details {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		all[name] = text
	}
	return all
}
