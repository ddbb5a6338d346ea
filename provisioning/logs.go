package provisioning

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Logs reads what the service did with users and groups, and why it did
// nothing. Microsoft keeps the logs for 30 days, without a premium licence for
// 7; an entry shows up some minutes after what it tells.
type Logs struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]; "" is all jobs of the application
	User     string // only of this user, who may be deleted: principal name, mail or id
	Group    string // only of this group
	Action   string // one of [LogActions]; "" is any
	Status   string // one of [LogStatuses]; "" is any
	Cycle    string // id of a cycle
	Since    time.Time
	Until    time.Time
	Limit    int // at most so many, 0 for all
}

// LogActions are what an entry can be about.
func LogActions() []string {
	return []string{"create", "update", "delete", "disable", "stagedDelete", "other"}
}

// LogStatuses are how it can have gone.
func LogStatuses() []string { return []string{"success", "failure", "skipped", "warning"} }

// A LogEntry is what the service did with one user or group.
type LogEntry struct {
	ID       string        `json:"id"`
	Time     time.Time     `json:"time"`
	Action   string        `json:"action"`
	Status   string        `json:"status"`
	Type     string        `json:"type,omitempty"` // User or Group
	SourceID string        `json:"sourceId,omitempty"`
	Source   string        `json:"source,omitempty"`   // user principal name, or the group's name
	TargetID string        `json:"targetId,omitempty"` // in the application
	JobID    string        `json:"jobId"`
	CycleID  string        `json:"cycleId,omitempty"`
	Code     string        `json:"code,omitempty"` // of a failure or skip
	Reason   string        `json:"reason,omitempty"`
	Modified []LogModified `json:"modified"`
	Steps    []LogStep     `json:"steps"`
}

// A LogModified is an attribute that was changed in the application; absent is
// null.
type LogModified struct {
	Name string  `json:"name"`
	Old  *string `json:"old,omitempty"`
	New  *string `json:"new,omitempty"`
}

// A LogStep is one of the steps: import, scoping, matching, processing,
// referenceResolution or export.
type LogStep struct {
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	Status      string            `json:"status"`
	Description string            `json:"description"`
	Details     map[string]string `json:"details"`
}

// Do returns the entries, newest first, reading on as they are asked for.
func (l Logs) Do(ctx context.Context) (iter.Seq2[LogEntry, error], error) {
	query, err := l.query(ctx)
	if err != nil {
		return nil, err
	}
	return l.entries(ctx, query), nil
}

func (l Logs) entries(ctx context.Context, query graph.LogQuery) iter.Seq2[LogEntry, error] {
	return func(yield func(LogEntry, error) bool) {
		count := 0
		for e, err := range l.Graph.ProvisioningLogs(ctx, query) {
			if err != nil {
				yield(LogEntry{}, err)
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
func (l Logs) wants(e graph.LogEntry) bool {
	return (l.Action == "" || e.Action == l.Action) && (l.Status == "" || e.Status.Status == l.Status) &&
		(l.Cycle == "" || strings.EqualFold(e.CycleID, l.Cycle)) &&
		!e.Time.Before(l.Since) && (l.Until.IsZero() || e.Time.Before(l.Until))
}

// query finds out whom it is about.
func (l Logs) query(ctx context.Context) (graph.LogQuery, error) {
	q := graph.LogQuery{CycleID: l.Cycle, Action: l.Action, Status: l.Status, Since: l.Since, Until: l.Until}
	if err := l.check(); err != nil {
		return q, err
	}
	return q, parallel.Do(ctx,
		func(ctx context.Context) (err error) { q.ServicePrincipalID, q.JobID, err = l.place(ctx); return err },
		func(ctx context.Context) (err error) { q.SourceID, err = l.source(ctx); return err },
	)
}

// A LogQueryError is a question to the logs that makes no sense.
type LogQueryError struct{ Reason string }

func (e *LogQueryError) Error() string { return e.Reason }

func (l Logs) check() error {
	switch {
	case l.User != "" && l.Group != "":
		return &LogQueryError{Reason: "logs of a user or of a group, not of both"}
	case l.Action != "" && !slices.Contains(LogActions(), l.Action):
		return &LogQueryError{Reason: fmt.Sprintf("unknown action %q: the actions are %s", l.Action, strings.Join(LogActions(), ", "))}
	case l.Status != "" && !slices.Contains(LogStatuses(), l.Status):
		return &LogQueryError{Reason: fmt.Sprintf("unknown status %q: it is one of %s", l.Status, strings.Join(LogStatuses(), ", "))}
	case !l.Until.IsZero() && !l.Since.Before(l.Until):
		return &LogQueryError{Reason: "the logs are asked for from a time that is not before their end"}
	case l.Limit < 0:
		return &LogQueryError{Reason: "the number of entries is 0, for all, or more"}
	}
	return nil
}

func (l Logs) place(ctx context.Context) (servicePrincipal, job string, err error) {
	app, err := l.Graph.FindApp(ctx, l.App)
	if err != nil || l.Job == "" {
		return app.ServicePrincipalID, "", err
	}
	found, err := l.Graph.FindJob(ctx, app, l.Job)
	return app.ServicePrincipalID, found.ID, err
}

func (l Logs) source(ctx context.Context) (string, error) {
	switch {
	case l.Group != "":
		group, err := l.Graph.FindGroup(ctx, l.Group)
		return group.ID, err
	case l.User == "":
		return "", nil
	}
	user, err := l.Graph.FindUser(ctx, l.User)
	if !graph.IsNotFound(err) {
		return user.ID, err
	}
	if deleted, errDeleted := l.Graph.FindDeletedUser(ctx, l.User); errDeleted == nil {
		return deleted.ID, nil
	}
	return "", err
}

// ShowLog explains one entry.
type ShowLog struct {
	Graph *graph.Client
	ID    string
}

// An ExplainedLog is an entry with what its code means.
type ExplainedLog struct {
	LogEntry
	Meaning string      `json:"meaning,omitempty"`
	Remedy  remedy.List `json:"remedy,omitempty"`
}

// Do reads the entry, and of an update also those before it.
func (s ShowLog) Do(ctx context.Context) (ExplainedLog, error) {
	e, err := s.Graph.ProvisioningLog(ctx, s.ID)
	if graph.IsNotFound(err) {
		return ExplainedLog{}, &graph.NotFoundError{Kind: "provisioning log entry", Name: s.ID}
	}
	if err != nil {
		return ExplainedLog{}, err
	}
	x := explained(e)
	return x, x.explainLost(ctx, s.Graph)
}
