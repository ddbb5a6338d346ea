package provisioning

import (
	"fmt"
	"slices"
	"strings"
)

// past is what the logs tell of a user's account in the application.
type past struct {
	account account
	last    *ExplainedLog // the entry that tells it
	failed  *ExplainedLog // the newest entry, when it tells of a failure
}

type account string

const (
	accountUnknown  account = ""
	accountThere    account = "there"
	accountDisabled account = "disabled"
	accountGone     account = "gone"
)

// past reads the logs from the newest on. A skip says something only when the
// user was in scope then.
func (q *inquiry) past() past {
	var p past
	for i := range q.report.Logs {
		e := &q.report.Logs[i]
		if i == 0 && e.Status == "failure" {
			p.failed = e
		}
		if p.account = accountOf(*e); p.account != accountUnknown {
			p.last = e
			return p
		}
	}
	return p
}

func accountOf(x ExplainedLog) account {
	switch {
	case x.Status == "skipped" && x.Code == redundant && inScope(x):
		return accountThere
	case x.Status != "success" && x.Status != "warning":
		return accountUnknown
	case x.Action == "delete":
		return accountGone
	case x.Action == "disable", turnsOff(x):
		return accountDisabled
	case x.Action == "create", x.Action == "update":
		return accountThere
	}
	return accountUnknown
}

// inScope reads the step on the scope, whose answers are all in favour then.
func inScope(x ExplainedLog) bool {
	for _, s := range x.Steps {
		if s.Type != "scoping" {
			continue
		}
		for _, answer := range s.Details {
			if strings.EqualFold(answer, "false") {
				return false
			}
		}
		return true
	}
	return false
}

func turnsOff(x ExplainedLog) bool {
	return slices.ContainsFunc(x.Modified, func(m LogModified) bool {
		return m.Name == "active" && m.New != nil && strings.EqualFold(*m.New, "false")
	})
}

// words say what the entry tells.
func (p past) words() string {
	switch p.last.Action {
	case "create":
		return "created"
	case "update":
		return "updated"
	}
	return "looked at, and found as it should be,"
}

// aftermath is what becomes of an account in the application when its user is
// out of scope.
func (q *inquiry) aftermath(p past) string {
	switch {
	case p.account == accountDisabled:
		return fmt.Sprintf("; their account in %s was disabled %s", q.app.Name, at(p.last.Time))
	case p.account == accountGone:
		return fmt.Sprintf("; their account in %s was deleted %s", q.app.Name, at(p.last.Time))
	case p.account == accountUnknown:
		return ""
	case q.report.SkipLeaving:
		return fmt.Sprintf("; their account in %s stays as it is, because SkipOutOfScopeDeletions is set", q.app.Name)
	case q.view != nil && q.view.made.Disable == nil && q.report.Undecided == "":
		return fmt.Sprintf("; their account in %s stays as it is, because nothing that is mapped tells the application", q.app.Name)
	}
	return fmt.Sprintf("; their account in %s is to be disabled%s", q.app.Name, q.when())
}
