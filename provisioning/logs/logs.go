// Package logs reads the provisioning logs and explains their entries.
package logs

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
)

// Query reads what the service did with users and groups, and why it did
// nothing. Microsoft keeps the logs for 30 days, without a premium licence for
// 7; an entry shows up some minutes after what it tells.
type Query struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]; "" is all jobs of the application
	User     string // only of this user, who may be deleted: principal name, mail or id
	Group    string // only of this group
	Action   string // one of [Actions]; "" is any
	Status   string // one of [Statuses]; "" is any
	Cycle    string // id of a cycle
	Since    time.Time
	Until    time.Time
	Limit    int // at most so many, 0 for all
}

// Actions are what an entry can be about.
func Actions() []string {
	return []string{"create", "update", "delete", "disable", "stagedDelete", "other"}
}

// Statuses are how it can have gone.
func Statuses() []string { return []string{"success", "failure", "skipped", "warning"} }

// A Entry is what the service did with one user or group.
type Entry struct {
	ID       string     `json:"id"`
	Time     time.Time  `json:"time"`
	Action   string     `json:"action"`
	Status   string     `json:"status"`
	Type     string     `json:"type,omitempty"` // User or Group
	SourceID string     `json:"sourceId,omitempty"`
	Source   string     `json:"source,omitempty"`   // user principal name, or the group's name
	TargetID string     `json:"targetId,omitempty"` // in the application
	JobID    string     `json:"jobId"`
	CycleID  string     `json:"cycleId,omitempty"`
	Code     string     `json:"code,omitempty"` // of a failure or skip
	Reason   string     `json:"reason,omitempty"`
	Modified []Modified `json:"modified"`
	Steps    []Step     `json:"steps"`
}

// A Modified is an attribute that was changed in the application; absent is
// null.
type Modified struct {
	Name string  `json:"name"`
	Old  *string `json:"old,omitempty"`
	New  *string `json:"new,omitempty"`
}

// A Step is one of the steps: import, scoping, matching, processing,
// referenceResolution or export.
type Step struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	Status      string            `json:"status"`
	Description string            `json:"description"`
	Details     map[string]string `json:"details"`
}

// Do returns the entries, newest first, reading on as they are asked for.
func (l Query) Do(ctx context.Context) (iter.Seq2[Entry, error], error) {
	query, err := l.query(ctx)
	if err != nil {
		return nil, err
	}
	return l.entries(ctx, query), nil
}

func (l Query) entries(ctx context.Context, query auditlogs.Query) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		count := 0
		for e, err := range auditlogs.List(ctx, l.Graph, query) {
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if !l.wants(e) {
				continue
			}
			if count++; !yield(logView(e), nil) || count == l.Limit {
				return
			}
		}
	}
}

// wants compares once more what was asked of the service: which of its fields
// can be filtered by is not documented, and a filter that it passes over would
// otherwise go unnoticed.
func (l Query) wants(e auditlogs.Entry) bool {
	return (l.Action == "" || e.Action == l.Action) && (l.Status == "" || e.Status.Status == l.Status) &&
		(l.Cycle == "" || strings.EqualFold(e.CycleID, l.Cycle)) &&
		!e.Time.Before(l.Since) && (l.Until.IsZero() || e.Time.Before(l.Until))
}

// query finds out whom it is about.
func (l Query) query(ctx context.Context) (auditlogs.Query, error) {
	q := auditlogs.Query{CycleID: l.Cycle, Action: l.Action, Status: l.Status, Since: l.Since, Until: l.Until}
	if err := l.check(); err != nil {
		return q, err
	}
	return q, parallel.Do(ctx,
		func(ctx context.Context) (err error) { q.ServicePrincipalID, q.JobID, err = l.place(ctx); return err },
		func(ctx context.Context) (err error) { q.SourceID, err = l.source(ctx); return err },
	)
}

// A QueryError is a question to the logs that makes no sense.
type QueryError struct{ Reason string }

func (e *QueryError) Error() string { return e.Reason }

func (l Query) check() error {
	switch {
	case l.User != "" && l.Group != "":
		return &QueryError{Reason: "logs of a user or of a group, not of both"}
	case l.Action != "" && !slices.Contains(Actions(), l.Action):
		return &QueryError{Reason: fmt.Sprintf("unknown action %q: the actions are %s", l.Action, strings.Join(Actions(), ", "))}
	case l.Status != "" && !slices.Contains(Statuses(), l.Status):
		return &QueryError{Reason: fmt.Sprintf("unknown status %q: it is one of %s", l.Status, strings.Join(Statuses(), ", "))}
	case !l.Until.IsZero() && !l.Since.Before(l.Until):
		return &QueryError{Reason: "the logs are asked for from a time that is not before their end"}
	case l.Limit < 0:
		return &QueryError{Reason: "the number of entries is 0, for all, or more"}
	}
	return nil
}

func (l Query) place(ctx context.Context) (servicePrincipal, job string, err error) {
	app, err := applications.Find(ctx, l.Graph, l.App)
	if err != nil || l.Job == "" {
		return app.ServicePrincipalID, "", err
	}
	found, err := synchronization.FindJob(ctx, l.Graph, app, l.Job)
	return app.ServicePrincipalID, found.ID, err
}

func (l Query) source(ctx context.Context) (string, error) {
	switch {
	case l.Group != "":
		group, err := directory.FindGroup(ctx, l.Graph, l.Group)
		return group.ID, err
	case l.User == "":
		return "", nil
	}
	user, err := directory.FindUser(ctx, l.Graph, l.User)
	if !graph.IsNotFound(err) {
		return user.ID, err
	}
	if deleted, errDeleted := directory.FindDeletedUser(ctx, l.Graph, l.User); errDeleted == nil {
		return deleted.ID, nil
	}
	return "", err
}

// Show explains one entry.
type Show struct {
	Graph *graph.Client
	ID    string
}

// An Explained is an entry with what its code means.
type Explained struct {
	Entry
	Meaning string      `json:"meaning,omitempty"`
	Remedy  remedy.List `json:"remedy,omitempty"`
}

// Do reads the entry, and of an update also those before it.
func (s Show) Do(ctx context.Context) (Explained, error) {
	e, err := auditlogs.Get(ctx, s.Graph, s.ID)
	if graph.IsNotFound(err) {
		return Explained{}, &graph.NotFoundError{Kind: "provisioning log entry", Name: s.ID}
	}
	if err != nil {
		return Explained{}, err
	}
	x := Explain(e)
	return x, x.explainLost(ctx, s.Graph)
}

func logView(e auditlogs.Entry) Entry {
	v := Entry{
		ID: e.ID, Time: e.Time.UTC(), Action: e.Action, Status: e.Status.Status, JobID: e.JobID, CycleID: e.CycleID,
		Type: e.Source.Type, SourceID: e.Source.ID, Source: sourceName(e.Source), TargetID: e.Target.ID,
		Modified: []Modified{}, Steps: []Step{},
	}
	if e.Status.Error != nil {
		v.Code, v.Reason = e.Status.Error.Code, e.Status.Error.Reason
	}
	for _, p := range e.Modified {
		v.Modified = append(v.Modified, Modified{Name: p.Name, Old: p.Old, New: p.New})
	}
	for _, s := range e.Steps {
		v.Steps = append(v.Steps, Step{Name: s.Name, Type: s.Type, Status: s.Status, Description: s.Description, Details: detailTexts(s.Details)})
	}
	return v
}

func sourceName(i auditlogs.Identity) string {
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

// ShownLogs is how many entries of a user are shown.
const ShownLogs = 10 // entries of the user

// Explain adds to an entry what its code means, and what helps.
func Explain(e auditlogs.Entry) Explained {
	x := Explained{Entry: logView(e)}
	if said, ok := ExplainCode(x.Code); ok {
		x.Meaning, x.Remedy = said.Meaning, said.Remedy
	}
	if len(x.Remedy) == 0 && e.Status.Error != nil && e.Status.Error.Recommended != "" {
		x.Remedy = remedy.Advice(e.Status.Error.Recommended)
	}
	x.explainHabits()
	return x
}

// At is a time as sentences have it.
func At(t time.Time) string { return t.UTC().Format(time.RFC3339) }
