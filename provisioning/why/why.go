// Package why finds out why a user is or is not in an application.
package why

import (
	"context"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/logs"
)

// Why tells why a user is, or is not, in an application: everything that
// decides on it, and what to do. Nothing is written, and the application is not
// asked anything.
type Why struct {
	Graph    *graph.Client
	App, Job string    // Job as for [provisioning.FindJob]
	User     string    // user principal name, mail or id, also of somebody who was deleted
	Now      time.Time // for expressions; zero is the present
}

// A Report is what decides on one user, and the verdict.
type Report struct {
	User        string                      `json:"user"` // user principal name; of somebody deleted the former one
	App         provisioning.App            `json:"app"`
	Account     Account                     `json:"account"`
	Assignment  Assignment                  `json:"assignment"`
	Scope       credentials.Scope           `json:"scope"`                   // assigned or all
	SkipLeaving bool                        `json:"skipOutOfScopeDeletions"` // leaving the scope changes nothing in the application
	InScope     bool                        `json:"inScope"`
	Undecided   string                      `json:"undecided,omitempty"` // why scimctl cannot tell whether the user is in scope
	Filters     []FilterAnswer              `json:"filters"`             // each clause of each scoping filter: one filter has to pass, with all its clauses
	Matching    []evaluate.PreviewAttribute `json:"matching"`            // the attributes that are matched on, first precedence first
	Attributes  []evaluate.PreviewAttribute `json:"attributes"`          // all that are mapped, in the schema's order
	Job         *Job                        `json:"job,omitempty"`       // absent when there is none
	Logs        []logs.Explained            `json:"logs"`                // the last entries of the user, newest first
	LogsNotRead string                      `json:"logsNotRead,omitempty"`
	Verdict     Verdict                     `json:"verdict"`
	Provisioned bool                        `json:"provisioned"` // has an account, or is due to get one
}

// A Account is a user's account in Entra.
type Account struct {
	ID          string    `json:"id"`
	DisplayName string    `json:"displayName,omitempty"`
	UserType    string    `json:"userType,omitempty"` // Member or Guest
	Enabled     bool      `json:"enabled"`
	Deleted     time.Time `json:"deleted,omitzero"` // when it was put into the recycle bin
	OnPremises  bool      `json:"onPremises"`       // mastered there: it is changed there too
}

// A Assignment is what assigns a user, or fails to.
type Assignment struct {
	Assigned          bool         `json:"assigned"`
	DefaultAccessOnly bool         `json:"defaultAccessOnly"` // without a role; set-ups from before 2020 may not count that
	By                []AssignedBy `json:"by"`
	NotRead           string       `json:"notRead,omitempty"` // why some groups were not looked at
}

// AssignedBy is one assignment that concerns a user.
type AssignedBy struct {
	Principal   string    `json:"principal"`
	PrincipalID string    `json:"principalId"`
	Type        string    `json:"type"` // User or Group
	Role        string    `json:"role"`
	RoleID      string    `json:"roleId"`
	Since       time.Time `json:"since,omitzero"`
	Counts      bool      `json:"counts"`
	Obstacle    Obstacle  `json:"obstacle,omitempty"` // why it does not count
	Within      []string  `json:"within,omitempty"`   // the groups in the assigned one through which the user is in it
}

// An Obstacle is why the assignment of a group does not reach a user.
type Obstacle string

// The obstacles.
const (
	Nested             Obstacle = "nested"             // the user is in a group within the assigned one
	NotSecurityEnabled Obstacle = "notSecurityEnabled" // the group cannot assign
)

// A FilterAnswer is what one clause of a scoping filter came to.
type FilterAnswer struct {
	Filter    string   `json:"filter"`
	Input     bool     `json:"input"` // of an input filter: who fails it is not even deprovisioned
	Attribute string   `json:"attribute"`
	Operator  string   `json:"operator"`
	Values    []string `json:"values"` // that are compared with
	Has       []string `json:"has"`    // the user's
	Passed    bool     `json:"passed"`
	Unknown   bool     `json:"unknown"` // Graph does not tell the user's value; it is taken to be empty
}

// A Job is the job, as far as it matters for one user.
type Job struct {
	job.View
	Running     bool                       `json:"running"`
	Mapped      bool                       `json:"mapped"`  // users are mapped, and the mapping is enabled
	Actions     []string                   `json:"actions"` // of create, update and delete those that are carried out
	Credentials bool                       `json:"credentials"`
	LastCycle   *job.Cycle                 `json:"lastCycle,omitempty"`
	NextCycle   time.Time                  `json:"nextCycle,omitzero"` // about then
	Progress    []synchronization.Progress `json:"progress"`           // of the cycle under way
	Quarantine  *job.Quarantine            `json:"quarantine,omitempty"`
}

// Do reads and judges. That the user is not provisioned is no error: see
// [Report.Check]. The errors to know are those of looking up application,
// job and user, an *engine.SchemaError for a schema that cannot be read, and an
// *engine.NoMappingError for one that does not map users.
func (w Why) Do(ctx context.Context) (Report, error) {
	q := &inquiry{Why: w, report: Report{
		Assignment: Assignment{By: []AssignedBy{}}, Filters: []FilterAnswer{},
		Matching: []evaluate.PreviewAttribute{}, Attributes: []evaluate.PreviewAttribute{}, Logs: []logs.Explained{},
	}}
	if err := q.read(ctx); err != nil {
		return Report{}, err
	}
	if err := q.evaluate(); err != nil {
		return Report{}, err
	}
	q.judge()
	return q.report, nil
}

// A NotProvisionedError says that a user is not in an application, nor due to
// be.
type NotProvisionedError struct {
	App     string
	Verdict Verdict
}

func (e *NotProvisionedError) Error() string { return e.Verdict.Sentence }

// Check is a [NotProvisionedError] for a user who has no account and is not due
// to get one.
func (r Report) Check() error {
	if r.Provisioned {
		return nil
	}
	return &NotProvisionedError{App: r.App.Name, Verdict: r.Verdict}
}
