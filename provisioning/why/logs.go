package why

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/logs"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// attempts are what went wrong when the application was told something.
func (q *inquiry) attempts(p past) []Remark {
	if p.failed != nil {
		return []Remark{q.failed(*p.failed)}
	}
	if lost, _ := logs.NotKept(q.report.Logs); len(lost) > 0 {
		return []Remark{remark(UserNotKept, fmt.Sprintf("%s answered that it took %s of %s, and did not keep it: the same value had to be sent again; %s",
			q.app.Name, strings.Join(lost, ", "), q.report.User, logs.LostRemedy), showLog(q.report.Logs[0]))}
	}
	return nil
}

const (
	againWords    = "a restart with the reset scope Escrows tries what failed again"
	withFlagWords = "with aadOptscim062020 at the end of the tenant URL cycles write a boolean, which provisioning on demand ignores; " + againWords
	hasFlagWords  = "the tenant URL has aadOptscim062020, with which cycles write a boolean; provisioning on demand ignores it: " + againWords
)

func (q *inquiry) failed(e logs.Explained) Remark {
	r := remark(
		UserFailed, fmt.Sprintf("the last attempt to provision %s to %s failed %s: %s", q.report.User, q.app.Name, logs.At(e.Time), e.Code),
		q.after(e),
	)
	if e.Meaning != "" {
		r.Sentence += ", " + e.Meaning
	}
	switch {
	case e.RefusesText() && q.dialect() == scim.Legacy:
		r.Sentence += "; " + withFlagWords
		r.Fix = q.withFlag()
	case e.RefusesText():
		r.Sentence += "; " + hasFlagWords
		r.Fix = remedy.Run("", "provision restart").Flag("reset", "Escrows")
	case e.Meaning == "" && e.Reason != "":
		r.Sentence += ", " + provisioning.Condense(e.Reason)
	case len(e.Remedy) > 0:
		r.Sentence += "; " + e.Remedy[0].Reason
	}
	return r
}

func (q *inquiry) dialect() scim.Dialect {
	_, dialect, err := scim.SplitTenantURL(q.settings.Get(credentials.KeyBaseAddress))
	if err != nil {
		return scim.Legacy
	}
	return dialect
}

// withFlag is the command that puts the flag on the tenant URL.
func (q *inquiry) withFlag() remedy.Remedy {
	url := credentials.ShownURL(q.settings.Get(credentials.KeyBaseAddress))
	join := "?"
	if strings.Contains(url, "?") {
		join = "&"
	}
	return remedy.Run("", "credentials set").Flag("url", url+join+"aadOptscim062020").Switch("token-stdin")
}

// after is the command for a code.
func (q *inquiry) after(e logs.Explained) remedy.Remedy {
	switch e.Code {
	case "InvalidAnchor":
		return remedy.Run("", "provision restart").Flag("reset", "Full")
	case "Unauthorized", logs.ScimPrefix + "InvalidCredentials", logs.ScimPrefix + "CredentialValidationFailure", logs.ScimPrefix + "CredentialValidationUnavailable":
		return remedy.Run("", "credentials test")
	case "TooManyRequests", "InternalServerError", "WebExceptionProtocolError", "InternalError", "Timeout":
		return q.onDemand()
	case "SchemaAttributeNotFound", "AttributeValidationFailed", "MandatoryFieldsMissing", "MissingValues", "UnprocessableEntity", logs.ScimPrefix + "BadRequest":
		return remedy.Run("", "mapping preview", q.report.User).Or(q.report.User, q.user.ID)
	}
	return showLog(e)
}

func showLog(e logs.Explained) remedy.Remedy { return remedy.Run("", "provision logs show", e.ID) }

// unsent names what has a value and was left out of the create, which was the
// last that happened.
func (q *inquiry) unsent(p past) []string {
	var names []string
	if p.last.Action != "create" {
		return nil
	}
	for _, a := range q.report.Attributes {
		sent := slices.ContainsFunc(p.last.Modified, func(m logs.Modified) bool { return m.Name == a.Target })
		if a.Later && !sent {
			names = append(names, a.Target)
		}
	}
	return names
}

// mostGroupLogs is how many groups' logs are looked at, each in a request, of
// which there are five in ten seconds for all reports.
const mostGroupLogs = 2

// A takenOut is the newest entry of a group that took somebody out of it.
type takenOut struct {
	group string
	entry *logs.Explained
}

// readRemovals looks into the logs of the groups that assign the user. What
// cannot be read there cannot be read of the user either, and is said already.
func (q *inquiry) readRemovals(ctx context.Context) (err error) {
	if q.job == nil || q.dialect() != scim.Legacy {
		return nil
	}
	groups := slices.DeleteFunc(slices.Clone(q.rows), func(row applications.Assignment) bool {
		return row.PrincipalType != "Group" || q.cannotAssign(row.PrincipalID)
	})
	q.removals, err = parallel.Map(ctx, groups[:min(len(groups), mostGroupLogs)], q.takenOut)
	return err
}

func (q *inquiry) takenOut(ctx context.Context, row applications.Assignment) (takenOut, error) {
	looked := 0
	for e, err := range auditlogs.List(ctx, q.Graph, auditlogs.Query{JobID: q.job.ID, SourceID: row.PrincipalID}) {
		if err != nil {
			return takenOut{}, ctx.Err()
		}
		if x := logs.Explain(e); x.RemovesMembers() {
			return takenOut{row.PrincipalDisplayName, &x}, nil
		}
		if looked++; looked == logs.ShownLogs {
			break
		}
	}
	return takenOut{}, nil
}

// emptied are remarks on groups that may have lost their members in the
// application, the user with them.
func (q *inquiry) emptied() []Remark {
	var remarks []Remark
	for _, r := range q.removals {
		if r.entry != nil {
			remarks = append(remarks, remark(UserGroupAtRisk, fmt.Sprintf(
				"the service took somebody out of %s %s, in a form that some applications read as everybody: if %s is missing from it in %s, "+
					"aadOptscim062020 at the end of the tenant URL has the service name each member, and a restart with the reset scope Full then adds the others back",
				r.group, logs.At(r.entry.Time), q.report.User, q.app.Name), q.withFlag()))
		}
	}
	return remarks
}

// past is what the logs tell of a user's account in the application.
type past struct {
	account account
	last    *logs.Explained // the entry that tells it
	failed  *logs.Explained // the newest entry, when it tells of a failure
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

func accountOf(x logs.Explained) account {
	switch {
	case x.Status == "skipped" && x.Code == logs.Redundant && inScope(x):
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
func inScope(x logs.Explained) bool {
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

func turnsOff(x logs.Explained) bool {
	return slices.ContainsFunc(x.Modified, func(m logs.Modified) bool {
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
		return fmt.Sprintf("; their account in %s was disabled %s", q.app.Name, logs.At(p.last.Time))
	case p.account == accountGone:
		return fmt.Sprintf("; their account in %s was deleted %s", q.app.Name, logs.At(p.last.Time))
	case p.account == accountUnknown:
		return ""
	case q.report.SkipLeaving:
		return fmt.Sprintf("; their account in %s stays as it is, because SkipOutOfScopeDeletions is set", q.app.Name)
	case q.view != nil && q.view.Made.Disable == nil && q.report.Undecided == "":
		return fmt.Sprintf("; their account in %s stays as it is, because nothing that is mapped tells the application", q.app.Name)
	}
	return fmt.Sprintf("; their account in %s is to be disabled%s", q.app.Name, q.when())
}
