package why

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/evaluate"
	"github.com/scimctl/scimctl/provisioning/logs"
)

// outside is what keeps the user out of scope, the cause that is mended first
// coming first. In scope it is nothing.
func (q *inquiry) outside() []Remark {
	var found []Remark
	add := func(r Remark, holds bool) {
		if holds {
			found = append(found, r)
		}
	}
	u, d := q.report.User, q.decision
	add(remark(UserDeleted, fmt.Sprintf("%s was deleted in Entra %s", u, logs.At(q.user.DeletedDateTime)), remedy.Run("", "user restore", q.report.User).Or(q.report.User, q.user.ID)), q.deleted())
	add(q.disabled(), !q.deleted() && !q.user.AccountEnabled)
	add(q.unassigned(), !q.reached())
	if q.job == nil || q.deleted() {
		return found
	}
	add(remark(
		UserNotMapped, fmt.Sprintf("users are not provisioned to %s: their mapping is disabled", q.app.Name),
		remedy.Run("", "mapping enable").Flag("object", "user"),
	), !q.report.Job.Mapped)
	if q.report.Undecided != "" {
		add(q.undecided(q.report.Undecided), true)
		return found
	}
	add(q.unmatchable(), !d.Imported)
	add(remark(
		UserDropped, fmt.Sprintf("an input filter leaves %s out, so that nothing at all is done: %s", u, q.failing(true)),
		remedy.Run("", "mapping filter list"),
	), d.Dropped)
	add(q.filteredOut(), !d.FilterPassed)
	add(remark(
		UserCreateOff, fmt.Sprintf("accounts are not created in %s: create is not among the actions of the mapping", q.app.Name),
		remedy.Run("", "mapping actions").Flag("enable", "create"),
	), q.neverCreated())
	return found
}

func (q *inquiry) neverCreated() bool {
	return q.report.Job.Mapped && !slices.Contains(q.report.Job.Actions, "create") && q.past().account != accountThere
}

func (q *inquiry) disabled() Remark {
	r := Remark{State: UserDisabled, Sentence: fmt.Sprintf("the account of %s is disabled in Entra", q.report.User)}
	if q.user.OnPremisesSyncEnabled {
		r.Sentence += ", and mastered on premises: it is enabled there"
		return r
	}
	r.Fix = remedy.Run("", "ad user update").Flag("id", q.user.ID).Flag("account-enabled", "true")
	r.Fix.Program = "az"
	return r
}

// unassigned names the groups that come near.
func (q *inquiry) unassigned() Remark {
	a := q.report.Assignment
	r := remark(
		UserNotAssigned, fmt.Sprintf("%s is not assigned to %s, neither directly nor by a group", q.report.User, q.app.Name),
		remedy.Run("", "assignment add", q.report.User).Or(q.report.User, q.user.ID),
	)
	for _, by := range a.By {
		switch by.Obstacle {
		case Nested:
			r.State = UserNested
			r.Sentence = fmt.Sprintf("%s is assigned to %s only through a nested group, which does not count: %s is assigned, and they are in a group within it%s",
				q.report.User, q.app.Name, by.Principal, within(by.Within))
			return r
		case NotSecurityEnabled:
			r.State = UserByNoSecurity
			r.Sentence = fmt.Sprintf("%s is assigned to %s only by %s, which does not count: it is not security-enabled", q.report.User, q.app.Name, by.Principal)
		}
	}
	if a.NotRead != "" && r.State == UserNotAssigned {
		r.Sentence += ", as far as was looked"
	}
	return r
}

func within(groups []string) string {
	if len(groups) == 0 {
		return ""
	}
	return " (" + bounds.Names(groups) + ")"
}

func (q *inquiry) undecided(because string) Remark {
	return remark(
		UserUndecided, fmt.Sprintf("scimctl cannot tell whether %s is in scope of %s: %s", q.report.User, q.app.Name, because),
		q.onDemand(),
	)
}

// unmatchable names what has no value. Everybody has a user principal name, by
// which anybody can be matched.
func (q *inquiry) unmatchable() Remark {
	r := Remark{State: UserUnmatchable}
	var sources []string
	for _, m := range q.report.Matching {
		sources = append(sources, fmt.Sprintf("%s from %s", m.Target, m.Source))
	}
	if len(sources) == 0 {
		r.Sentence = fmt.Sprintf("users cannot be found in %s: no attribute is matched on", q.app.Name)
		r.Fix = remedy.Run("", "mapping set", "userName").Flag("from", "userPrincipalName").Flag("match", "1")
		return r
	}
	r.Sentence = fmt.Sprintf("%s has no value to be matched by, and is passed over: %s", q.report.User, bounds.Names(sources))
	first := q.report.Matching[0]
	if name, ok := extensionOf(first.Source); ok {
		r.Fix = remedy.Run("", "ext set", q.report.User, evaluate.ShortName(name)+"=VALUE").Or(q.report.User, q.user.ID)
		return r
	}
	r.Fix = remedy.Run("", "mapping set", first.Target).Flag("from", "userPrincipalName").Flag("match", strconv.Itoa(first.Match))
	return r
}

// extensionOf is the extension property that a direct mapping reads.
func extensionOf(source string) (string, bool) {
	node, err := expression.Parse(source)
	if err != nil {
		return "", false
	}
	names := expression.Attributes(node)
	if len(names) == 1 && evaluate.IsExtension(names[0]) {
		return names[0], true
	}
	return "", false
}

// filteredOut names the clauses that fail. What Graph does not tell is taken to
// be empty, and settles nothing.
func (q *inquiry) filteredOut() Remark {
	clauses := q.missing()
	if slices.ContainsFunc(clauses, func(f FilterAnswer) bool { return f.Unknown }) {
		return q.undecided("Graph does not tell the value that a filter compares: " + q.failing(false))
	}
	r := remark(
		UserFilteredOut, fmt.Sprintf("the scoping filters of %s leave %s out: %s", q.app.Name, q.report.User, q.failing(false)),
		remedy.Run("", "mapping filter list"),
	)
	if len(clauses) == 1 && evaluate.IsExtension(clauses[0].Attribute) && clauses[0].Operator == "EQUALS" && len(clauses[0].Values) == 1 {
		r.Fix = remedy.Run("", "ext set", q.report.User, evaluate.ShortName(clauses[0].Attribute)+"="+clauses[0].Values[0]).Or(q.report.User, q.user.ID)
	}
	return r
}

// missing are the clauses of scoping filters that fail.
func (q *inquiry) missing() []FilterAnswer {
	return slices.DeleteFunc(slices.Clone(q.report.Filters), func(f FilterAnswer) bool { return f.Input || f.Passed })
}

func (q *inquiry) failing(input bool) string {
	var parts []string
	for _, f := range q.report.Filters {
		if f.Input != input || f.Passed {
			continue
		}
		clause := engine.ClauseResult{Filter: f.Filter, Attribute: evaluate.ShortName(f.Attribute), Operator: f.Operator, Values: f.Values}
		has := "has none"
		if len(f.Has) > 0 {
			has = "has " + bounds.Names(f.Has)
		}
		parts = append(parts, clause.String()+" ("+has+")")
	}
	return strings.Join(parts, "; ")
}
