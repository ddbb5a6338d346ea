// Package auditlogs reads the provisioning logs.
package auditlogs

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
	"github.com/scimctl/scimctl/graph/words"
)

// Missing names the member without which an answer has no content.
func (e Entry) Missing() string { return graph.RequireID(e.ID) }

const provisioningLogs = "/auditLogs/provisioning"

// logsPage is how many entries a page is asked to have; a sample of Microsoft's
// documentation asks for as many.
const logsPage = "500"

// A Query says which entries of the provisioning logs are wanted. What is
// empty does not matter. All of it is compared by the service.
type Query struct {
	ServicePrincipalID string
	JobID              string
	CycleID            string
	SourceID           string    // object id of the user or group in Entra
	Action             string    // create, update, delete, disable, stagedDelete or other
	Status             string    // success, failure, skipped or warning
	Since, Until       time.Time // when it happened: not before Since, and before Until
}

// filter names only what Microsoft's own samples and tools filter by: the
// documentation has no list of what can be, and another field may be refused
// or silently fit nothing.
//
// https://learn.microsoft.com/graph/api/provisioningobjectsummary-list
func (q Query) filter() string {
	var terms []string
	equal := func(field, value string) {
		if value != "" {
			terms = append(terms, field+" eq "+odata.Literal(value))
		}
	}
	equal("servicePrincipal/id", q.ServicePrincipalID)
	equal("jobId", q.JobID)
	equal("cycleId", q.CycleID)
	equal("sourceIdentity/id", q.SourceID)
	equal("provisioningAction", words.Capitalize(q.Action))
	equal("provisioningStatusInfo/status", q.Status)
	if !q.Since.IsZero() {
		terms = append(terms, "activityDateTime ge "+q.Since.UTC().Format(time.RFC3339))
	}
	if !q.Until.IsZero() {
		terms = append(terms, "activityDateTime lt "+q.Until.UTC().Format(time.RFC3339))
	}
	return strings.Join(terms, " and ")
}

// A Entry is what the service did with one user or group, or why it did
// nothing. Times are UTC. See
// https://learn.microsoft.com/graph/api/resources/provisioningobjectsummary.
type Entry struct {
	ID       string     `json:"id"`
	Time     time.Time  `json:"activityDateTime"`
	JobID    string     `json:"jobId"`
	CycleID  string     `json:"cycleId"`
	ChangeID string     `json:"changeId"`
	Action   string     `json:"provisioningAction"` // create, update, delete, disable, stagedDelete, other
	Millis   int        `json:"durationInMilliseconds"`
	Status   Status     `json:"provisioningStatusInfo"`
	Source   Identity   `json:"sourceIdentity"`
	Target   Identity   `json:"targetIdentity"`
	App      Identity   `json:"servicePrincipal"`
	Steps    []Step     `json:"provisioningSteps"`
	Modified []Property `json:"modifiedProperties"`
}

// A Status is how it went.
type Status struct {
	Status string `json:"status"` // success, failure, skipped, warning
	Error  *Error `json:"errorInformation"`
}

// A Error is why it failed or was skipped.
type Error struct {
	Code        string `json:"errorCode"`
	Reason      string `json:"reason"`
	Details     string `json:"additionalDetails"`
	Category    string `json:"errorCategory"` // failure, nonServiceFailure, success
	Recommended string `json:"recommendedAction"`
}

// A Identity is the user or group on one side, or the application. Details
// are open: any member, any value.
type Identity struct {
	ID      string                     `json:"id"`
	Name    string                     `json:"displayName"`
	Type    string                     `json:"identityType"`
	Details map[string]json.RawMessage `json:"details"`
}

// Detail is a text among the details, "" when it is not there or no text.
func (i Identity) Detail(name string) (text string) {
	_ = json.Unmarshal(i.Details[name], &text)
	return text
}

// A Step is one of the steps, such as import, scoping, matching and export.
// Details are open: any member, any value.
type Step struct {
	Name        string                     `json:"name"`
	Type        string                     `json:"provisioningStepType"`
	Status      string                     `json:"status"`
	Description string                     `json:"description"`
	Details     map[string]json.RawMessage `json:"details"`
}

// A Property is an attribute that was changed in the application; nil is
// null.
type Property struct {
	Name string  `json:"displayName"`
	Old  *string `json:"oldValue"`
	New  *string `json:"newValue"`
}

// UnmarshalJSON reads an entry. Enumerations come in either case: they are
// made alike, in lower camel case.
func (e *Entry) UnmarshalJSON(text []byte) error {
	type plain Entry
	if err := json.Unmarshal(text, (*plain)(e)); err != nil {
		return err
	}
	e.Action, e.Status.Status = words.Uncapitalize(e.Action), words.Uncapitalize(e.Status.Status)
	for i := range e.Steps {
		e.Steps[i].Type, e.Steps[i].Status = words.Uncapitalize(e.Steps[i].Type), words.Uncapitalize(e.Steps[i].Status)
	}
	return nil
}

// List reads the logs, newest first, one page after the other as
// they are asked for. An error ends them. Entries show up in the logs some
// minutes after what they tell.
func List(ctx context.Context, c *graph.Client, q Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		r := graph.Request{Op: graph.OpReadLogs, Method: http.MethodGet, Due: true, Path: odata.Query(provisioningLogs,
			"$filter", q.filter(), "$orderby", "activityDateTime desc", "$top", logsPage)}
		err := graph.EachPage(ctx, c, r, func(entries []Entry) (more bool, err error) {
			for _, e := range entries {
				if !yield(e, nil) {
					return false, nil
				}
			}
			return true, nil
		})
		if err != nil {
			yield(Entry{}, err)
		}
	}
}

// Get reads one entry.
func Get(ctx context.Context, c *graph.Client, id string) (Entry, error) {
	return graph.Get[Entry](ctx, c, graph.OpReadLogs, provisioningLogs+odata.Path(id))
}
