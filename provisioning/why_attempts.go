package provisioning

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// attempts are what went wrong when the application was told something.
func (q *inquiry) attempts(p past) []Remark {
	if p.failed != nil {
		return []Remark{q.failed(*p.failed)}
	}
	if lost, _ := notKept(q.report.Logs); len(lost) > 0 {
		return []Remark{{UserNotKept, fmt.Sprintf("%s answered that it took %s of %s, and did not keep it: the same value had to be sent again; %s",
			q.app.Name, strings.Join(lost, ", "), q.report.User, lostRemedy), []string{"scimctl", "provision", "logs", "show", q.report.Logs[0].ID}}}
	}
	return nil
}

const (
	withFlagRemedy = "with aadOptscim062020 at the end of the tenant URL cycles write a boolean; provisioning on demand passes over it and writes the text all the same; " + againRemedy
	hasFlagRemedy  = "the tenant URL has aadOptscim062020, with which cycles write a boolean; provisioning on demand passes over it, so that it takes a cycle, which scimctl provision restart --reset Escrows has begin"
)

func (q *inquiry) failed(e ExplainedLog) Remark {
	r := Remark{
		UserFailed, fmt.Sprintf("the last attempt to provision %s to %s failed %s: %s", q.report.User, q.app.Name, at(e.Time), e.Code),
		q.after(e),
	}
	if e.Meaning != "" {
		r.Sentence += ", " + e.Meaning
	}
	switch {
	case e.refusesText() && q.dialect() == scim.Legacy:
		r.Sentence += "; " + withFlagRemedy
		r.Command = q.withFlag()
	case e.refusesText():
		r.Sentence += "; " + hasFlagRemedy
		r.Command = q.command("provision", "restart", "--reset", "Escrows")
	case e.Meaning == "" && e.Reason != "":
		r.Sentence += ", " + condense(e.Reason)
	case e.Remedy != "":
		r.Sentence += "; " + e.Remedy
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
func (q *inquiry) withFlag() []string {
	url := shownURL(q.settings.get(keyBaseAddress))
	join := "?"
	if strings.Contains(url, "?") {
		join = "&"
	}
	return q.command("credentials", "set", "--url", url+join+"aadOptscim062020", "--token-stdin")
}

// after is the command for a code.
func (q *inquiry) after(e ExplainedLog) []string {
	switch e.Code {
	case "InvalidAnchor":
		return q.command("provision", "restart", "--reset", "Full")
	case "Unauthorized", scimPrefix + "InvalidCredentials", scimPrefix + "CredentialValidationFailure", scimPrefix + "CredentialValidationUnavailable":
		return q.command("credentials", "test")
	case "TooManyRequests", "InternalServerError", "WebExceptionProtocolError", "InternalError", "Timeout":
		return q.command("provision", "on-demand", q.report.User)
	case "SchemaAttributeNotFound", "AttributeValidationFailed", "MandatoryFieldsMissing", "MissingValues", "UnprocessableEntity", scimPrefix + "BadRequest":
		return q.command("mapping", "preview", q.report.User)
	}
	return []string{"scimctl", "provision", "logs", "show", e.ID}
}

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
