package provisioning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// attempts are what went wrong when the application was told something.
func (q *inquiry) attempts(p past) []Remark {
	if p.failed != nil {
		return []Remark{q.failed(*p.failed)}
	}
	if lost, _ := notKept(q.report.Logs); len(lost) > 0 {
		return []Remark{remark(UserNotKept, fmt.Sprintf("%s answered that it took %s of %s, and did not keep it: the same value had to be sent again; %s",
			q.app.Name, strings.Join(lost, ", "), q.report.User, lostRemedy), showLog(q.report.Logs[0]))}
	}
	return nil
}

const (
	againWords    = "a restart with the reset scope Escrows tries what failed again"
	withFlagWords = "with aadOptscim062020 at the end of the tenant URL cycles write a boolean, which provisioning on demand ignores; " + againWords
	hasFlagWords  = "the tenant URL has aadOptscim062020, with which cycles write a boolean; provisioning on demand ignores it: " + againWords
)

func (q *inquiry) failed(e ExplainedLog) Remark {
	r := remark(
		UserFailed, fmt.Sprintf("the last attempt to provision %s to %s failed %s: %s", q.report.User, q.app.Name, at(e.Time), e.Code),
		q.after(e),
	)
	if e.Meaning != "" {
		r.Sentence += ", " + e.Meaning
	}
	switch {
	case e.refusesText() && q.dialect() == scim.Legacy:
		r.Sentence += "; " + withFlagWords
		r.Fix = q.withFlag()
	case e.refusesText():
		r.Sentence += "; " + hasFlagWords
		r.Fix = remedy.Run("", "provision restart").Flag("reset", "Escrows")
	case e.Meaning == "" && e.Reason != "":
		r.Sentence += ", " + condense(e.Reason)
	case len(e.Remedy) > 0:
		r.Sentence += "; " + e.Remedy[0].Reason
	}
	return r
}

func (q *inquiry) dialect() scim.Dialect {
	_, dialect, err := scim.SplitTenantURL(q.settings.get(keyBaseAddress))
	if err != nil {
		return scim.Legacy
	}
	return dialect
}

// withFlag is the command that puts the flag on the tenant URL.
func (q *inquiry) withFlag() remedy.Remedy {
	url := ShownURL(q.settings.get(keyBaseAddress))
	join := "?"
	if strings.Contains(url, "?") {
		join = "&"
	}
	return remedy.Run("", "credentials set").Flag("url", url+join+"aadOptscim062020").Switch("token-stdin")
}

// after is the command for a code.
func (q *inquiry) after(e ExplainedLog) remedy.Remedy {
	switch e.Code {
	case "InvalidAnchor":
		return remedy.Run("", "provision restart").Flag("reset", "Full")
	case "Unauthorized", scimPrefix + "InvalidCredentials", scimPrefix + "CredentialValidationFailure", scimPrefix + "CredentialValidationUnavailable":
		return remedy.Run("", "credentials test")
	case "TooManyRequests", "InternalServerError", "WebExceptionProtocolError", "InternalError", "Timeout":
		return q.onDemand()
	case "SchemaAttributeNotFound", "AttributeValidationFailed", "MandatoryFieldsMissing", "MissingValues", "UnprocessableEntity", scimPrefix + "BadRequest":
		return remedy.Run("", "mapping preview", q.report.User).Or(q.report.User, q.user.ID)
	}
	return showLog(e)
}

func showLog(e ExplainedLog) remedy.Remedy { return remedy.Run("", "provision logs show", e.ID) }

// unsent names what has a value and was left out of the create, which was the
// last that happened.
func (q *inquiry) unsent(p past) []string {
	var names []string
	if p.last.Action != "create" {
		return nil
	}
	for _, a := range q.report.Attributes {
		sent := slices.ContainsFunc(p.last.Modified, func(m LogModified) bool { return m.Name == a.Target })
		if a.Later && !sent {
			names = append(names, a.Target)
		}
	}
	return names
}
