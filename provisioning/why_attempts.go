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
	if lost := q.notKept(); len(lost) > 0 {
		return []Remark{{UserNotKept, fmt.Sprintf("%s answered that it took %s of %s, and did not keep it: the same value had to be sent again",
			q.app.Name, strings.Join(lost, ", "), q.report.User), []string{"scimctl", "provision", "logs", "show", q.report.Logs[0].ID}}}
	}
	return nil
}

func (q *inquiry) failed(e ExplainedLog) Remark {
	r := Remark{
		UserFailed, fmt.Sprintf("the last attempt to provision %s to %s failed %s: %s", q.report.User, q.app.Name, at(e.Time), e.Code),
		q.after(e),
	}
	if e.Meaning != "" {
		r.Sentence += ", " + e.Meaning
	}
	switch {
	case q.refusesText(e):
		r.Sentence += `; the service wrote active as the text "False" or "True", which many applications refuse: with aadOptscim062020 at the end of the tenant URL it writes a boolean`
		r.Command = q.withFlag()
	case e.Meaning == "" && e.Reason != "":
		r.Sentence += ", " + condense(e.Reason)
	case e.Remedy != "":
		r.Sentence += "; " + e.Remedy
	}
	return r
}

// refusesText tells an application that may not take active as a text, which is
// how the service writes it without the flag:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.
func (q *inquiry) refusesText(e ExplainedLog) bool {
	updates := e.Action == "update" || e.Action == "disable"
	active := slices.ContainsFunc(e.Modified, func(m LogModified) bool { return m.Name == "active" })
	refused := !slices.Contains([]string{"Unauthorized", "InsufficientRights", "TooManyRequests", "Timeout", "InvalidAnchor", "InternalError"}, e.Code)
	return updates && active && refused && q.dialect() == scim.Legacy
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

// notKept names attributes that were sent with the same value twice, and that
// the application had another value for the second time.
func (q *inquiry) notKept() []string {
	var newest *ExplainedLog
	var lost []string
	for i := range q.report.Logs {
		e := &q.report.Logs[i]
		if e.Status != "success" || e.Action != "create" && e.Action != "update" {
			continue
		}
		if newest == nil {
			newest = e
			continue
		}
		for _, m := range newest.Modified {
			if e.sent(m) && !slices.Contains(lost, m.Name) {
				lost = append(lost, m.Name)
			}
		}
		return lost
	}
	return nil
}

// sent tells whether an earlier entry sent what a later one sends again.
func (x ExplainedLog) sent(again LogModified) bool {
	return again.New != nil && (again.Old == nil || *again.Old != *again.New) &&
		slices.ContainsFunc(x.Modified, func(m LogModified) bool {
			return m.Name == again.Name && m.New != nil && *m.New == *again.New
		})
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
