package why

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/logs"
)

// A Verdict is why a user is, or is not, in an application.
type Verdict struct {
	Remark
	Also []Remark `json:"also"` // what else stands in the way, or should be known
}

// A Remark is one thing that was found.
type Remark struct {
	State    State  `json:"state"`
	Sentence string `json:"sentence"`
	// Fix is the command that changes it; the zero value is none.
	Fix remedy.Remedy `json:"-"`
	// Command has the words of Fix. It is set just before printing.
	Command []string `json:"command,omitempty"`
}

func remark(state State, sentence string, fix remedy.Remedy) Remark {
	return Remark{State: state, Sentence: sentence, Fix: fix}
}

// A State is how it is with a user and an application, in one word.
type State string

// Of a user who is in the application, or is due to be.
const (
	UserProvisioned State = "provisioned" // when last looked at, all was as it should be
	UserIncomplete  State = "incomplete"  // there, and some attributes follow with the next update
	UserDue         State = "due"         // with the next cycle
	UserUnlogged    State = "unlogged"    // in scope, and the logs hold nothing: provisioned long ago, or due
)

// Of a user who is not, or is not kept as they should be.
const (
	UserNoJob         State = "noJob"
	UserDeleted       State = "deleted"
	UserDisabled      State = "accountDisabled"
	UserNotMapped     State = "mappingDisabled"
	UserUnmatchable   State = "noMatchingValue"
	UserDropped       State = "dropped" // by an input filter
	UserNotAssigned   State = "notAssigned"
	UserNested        State = "nestedOnly"         // assigned only through a group within a group
	UserByNoSecurity  State = "notSecurityEnabled" // assigned only by a group that cannot assign
	UserFilteredOut   State = "filteredOut"
	UserUndecided     State = "undecided" // scimctl cannot tell
	UserCreateOff     State = "createOff"
	UserNoCredentials State = "noCredentials"
	UserQuarantine    State = "quarantine"
	UserStopped       State = "stopped"
	UserFailed        State = "failed"  // the last attempt
	UserNotKept       State = "notKept" // the application takes values and does not keep them
)

// UserGroupAtRisk is only ever said beside another: a group that assigns the
// user may have lost all its members in the application.
const UserGroupAtRisk State = "groupAtRisk"

func (s State) provisioned() bool {
	return slices.Contains([]State{UserProvisioned, UserIncomplete, UserDue, UserUnlogged}, s)
}

// judge finds the verdict: first what keeps the user out of scope, which
// mending the job would not change; then the job; then the last attempt.
func (q *inquiry) judge() {
	past := q.past()
	found := q.outside()
	if len(found) > 0 && q.job != nil {
		found[0].Sentence += q.aftermath(past)
	}
	hindered := q.hindered()
	switch {
	case q.job == nil:
		found = slices.Concat([]Remark{q.noJob()}, found)
	case len(found) > 0:
		found = slices.Concat(found, hindered, q.attempts(past))
	case past.account == accountThere:
		found = slices.Concat(q.attempts(past), []Remark{q.there(past)}, hindered)
	default:
		if len(hindered) > 0 {
			hindered[0].Sentence = fmt.Sprintf("%s is in scope of %s, but %s", q.report.User, q.app.Name, hindered[0].Sentence)
		}
		found = slices.Concat(hindered, q.attempts(past), []Remark{q.due(past)})
	}
	if len(found) > 1 && !found[0].State.provisioned() { // that it is due, or there, says nothing any more
		found = slices.Concat(found[:1], slices.DeleteFunc(found[1:], func(r Remark) bool { return r.State.provisioned() }))
	}
	found = append(found, q.emptied()...)
	q.report.Verdict = Verdict{Remark: found[0], Also: append([]Remark{}, found[1:]...)}
	q.report.Provisioned = found[0].State.provisioned()
}

// there is for a user whom the application has.
func (q *inquiry) there(p past) Remark {
	said := fmt.Sprintf("%s is provisioned to %s", q.report.User, q.app.Name)
	if unsent := q.unsent(p); len(unsent) > 0 {
		return remark(UserIncomplete, fmt.Sprintf("%s, but not all that is mapped has been sent: a create leaves out %s, which an update sends%s",
			said, strings.Join(unsent, ", "), q.when()), q.onDemand())
	}
	return remark(UserProvisioned, fmt.Sprintf("%s: %s %s", said, p.words(), logs.At(p.last.Time)), remedy.Remedy{})
}

// due is for a user in scope of a job that runs.
func (q *inquiry) due(p past) Remark {
	fix := q.onDemand()
	state := q.report.Job.State
	fresh := state == job.StateNotRunYet || state == job.StateInitialCycle
	if p.last == nil && !fresh && !q.assignedSince() {
		because := "the logs hold nothing of them"
		if q.report.LogsNotRead != "" {
			because = "the logs cannot be read"
		}
		return remark(UserUnlogged, fmt.Sprintf("%s is in scope of %s, and %s: provisioned just now, or longer ago than logs are kept, or due%s",
			q.report.User, q.app.Name, because, q.when()), fix)
	}
	return remark(UserDue, fmt.Sprintf("%s is in scope of %s and due to be provisioned%s", q.report.User, q.app.Name, q.when()), fix)
}

// assignedSince tells whether an assignment is younger than the last cycle, so
// that it cannot have brought the user in.
func (q *inquiry) assignedSince() bool {
	last := q.report.Job.LastCycle
	if last == nil {
		return true
	}
	return slices.ContainsFunc(q.report.Assignment.By, func(by AssignedBy) bool { return by.Counts && by.Since.After(last.Began) })
}

// when is the time of the next cycle, in words.
func (q *inquiry) when() string {
	found := q.report.Job
	switch {
	case !found.Running:
		return ", once provisioning is started"
	case found.State == job.StateInitialCycle:
		return " in the initial cycle, which is under way" + progressed(*found)
	case found.NextCycle.IsZero():
		return " in the first cycle, which begins soon"
	case found.NextCycle.Before(time.Now()):
		return " in a cycle that is due now"
	}
	return " in the cycle that begins about " + logs.At(found.NextCycle)
}

func progressed(job Job) string {
	for _, p := range job.Progress {
		if p.TotalUnits > 0 {
			return fmt.Sprintf(" (%d of %d %s)", p.CompletedUnits, p.TotalUnits, p.Units)
		}
	}
	return ""
}

// onDemand provisions the user now.
func (q *inquiry) onDemand() remedy.Remedy {
	return remedy.Run("", "provision on-demand", q.report.User).Or(q.report.User, q.user.ID)
}
