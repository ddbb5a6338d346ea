package logs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/auditlogs"
	"github.com/scimctl/scimctl/graph/remedy"
)

// Many applications read SCIM by the letter, which the service without
// aadOptscim062020 on the tenant URL does not write:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.
const (
	textMeaning  = `active was in it, which the service writes as the text "False" or "True", and many applications refuse`
	OnDemandText = `provisioning on demand writes active as the text "False" or "True", whatever the tenant URL says, and many applications refuse that: ` +
		`with ?aadOptscim062020 at its end cycles write a boolean, and a restart with the reset scope Escrows tries what failed again`
	removeMeaning = `the application took it; members are taken out in a form that some applications read as everybody: look there whether the others are still in the group`
	LostRemedy    = "the application's vendor has to fix it: the service goes by the answer, and looks again only on demand, after a restart, or when the source changes"
)

// mostLooked bounds the search for an entry among others of the same second,
// and for those before it.
const mostLooked = 100

// RefusesText tells a failure of an application that may not take active as a
// text. A code that says something else has nothing to do with it.
func (x Explained) RefusesText() bool {
	return x.Status == "failure" && (x.Action == "update" || x.Action == "disable") && mayBeOfTexts(x.Code) &&
		slices.ContainsFunc(x.Modified, func(m Modified) bool { return m.Name == "active" })
}

func mayBeOfTexts(code string) bool {
	says := func(known string) bool { return strings.HasSuffix(code, known) }
	return !slices.ContainsFunc([]string{
		"Unauthorized", "InsufficientRights", "NotPermitted", "TooManyRequests", "Timeout", "InvalidAnchor", "InternalError",
		"Conflict", "DuplicateTargetEntries", "DuplicateSourceEntries",
	}, says)
}

// RemovesMembers tells a success that took somebody out of a group.
func (x Explained) RemovesMembers() bool {
	return x.Status == "success" && x.Type == "Group" && x.Action == "update" &&
		slices.ContainsFunc(x.Modified, func(m Modified) bool { return m.Name == "members" && m.Old != nil && m.New == nil })
}

// explainHabits says what the code does not, which for a success is all.
func (x *Explained) explainHabits() {
	switch {
	case x.RefusesText():
		x.Meaning = strings.TrimPrefix(x.Meaning+"; "+textMeaning, "; ")
		x.Remedy = remedy.List{setFlag("have cycles write a boolean: add ?aadOptscim062020 to the end of the tenant URL; provisioning on demand ignores it"), tryAgain()}
	case x.RemovesMembers():
		x.Meaning = removeMeaning
		x.Remedy = remedy.List{
			setFlag("if they are not, have the service name each member: add ?aadOptscim062020 to the end of the tenant URL"),
			remedy.Run("then add the others back", "provision restart").Flag("reset", "Full"),
		}
	}
}

// setFlag is the command that saves a tenant URL with the flag.
func setFlag(reason string) remedy.Remedy {
	return remedy.Run(reason, "credentials set").Flag("url", "URL").Switch("token-stdin")
}

func tryAgain() remedy.Remedy {
	return remedy.Run("then try what failed again", "provision restart").Flag("reset", "Escrows")
}

// explainLost compares an update with what was sent before it.
func (x *Explained) explainLost(ctx context.Context, client *graph.Client) error {
	if x.Status != "success" || x.Action != "update" || x.SourceID == "" || len(x.Modified) == 0 {
		return nil
	}
	var logs []Explained
	looked := 0
	query := auditlogs.Query{JobID: x.JobID, SourceID: x.SourceID, Until: x.Time.Add(time.Second)}
	for e, err := range auditlogs.List(ctx, client, query) {
		if err != nil {
			return err
		}
		if e.ID == x.ID || len(logs) > 0 {
			logs = append(logs, Explain(e))
		}
		if looked++; len(logs) > ShownLogs || looked == mostLooked {
			break
		}
	}
	if lost, since := NotKept(logs); len(lost) > 0 {
		x.Meaning = fmt.Sprintf("the application answered %s that it took %s, and did not keep it: the same value had to be sent again", At(since.Time), strings.Join(lost, ", "))
		x.Remedy = remedy.Advice(LostRemedy)
	}
	return nil
}

// NotKept names attributes that were sent with the same value twice, and that
// the application had another value for the second time. The entries come
// newest first; the one that sent them first is returned with them.
func NotKept(logs []Explained) (lost []string, first Explained) {
	var newest *Explained
	for i := range logs {
		e := &logs[i]
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
		return lost, *e
	}
	return nil, Explained{}
}

// sent tells whether an earlier entry sent what a later one sends again.
func (x Explained) sent(again Modified) bool {
	return again.New != nil && (again.Old == nil || *again.Old != *again.New) &&
		slices.ContainsFunc(x.Modified, func(m Modified) bool {
			return m.Name == again.Name && m.New != nil && *m.New == *again.New
		})
}
