package provisioning

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
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
	add(Remark{UserDeleted, fmt.Sprintf("%s was deleted in Entra %s", u, at(q.user.DeletedDateTime)), []string{"scimctl", "user", "restore", q.report.User}}, q.deleted())
	add(q.disabled(), !q.deleted() && !q.user.AccountEnabled)
	add(q.unassigned(), !q.reached())
	if q.job == nil || q.deleted() {
		return found
	}
	add(Remark{
		UserNotMapped, fmt.Sprintf("users are not provisioned to %s: their mapping is disabled", q.app.Name),
		q.command("mapping", "enable", "--object", "user"),
	}, !q.report.Job.Mapped)
	if q.report.Undecided != "" {
		add(q.undecided(q.report.Undecided), true)
		return found
	}
	add(q.unmatchable(), !d.Imported)
	add(Remark{
		UserDropped, fmt.Sprintf("an input filter leaves %s out, so that nothing at all is done: %s", u, q.failing(true)),
		q.command("mapping", "filter", "list"),
	}, d.Dropped)
	add(q.filteredOut(), !d.FilterPassed)
	add(Remark{
		UserCreateOff, fmt.Sprintf("accounts are not created in %s: create is not among the actions of the mapping", q.app.Name),
		q.command("mapping", "actions", "--enable", "create"),
	}, q.neverCreated())
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
	r.Command = []string{"az", "ad", "user", "update", "--id", q.user.ID, "--account-enabled", "true"}
	return r
}

// unassigned names the groups that come near.
func (q *inquiry) unassigned() Remark {
	a := q.report.Assignment
	r := Remark{
		UserNotAssigned, fmt.Sprintf("%s is not assigned to %s, neither directly nor by a group", q.report.User, q.app.Name),
		q.command("assignment", "add", q.report.User),
	}
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
	return " (" + strings.Join(groups, ", ") + ")"
}

func (q *inquiry) undecided(because string) Remark {
	return Remark{
		UserUndecided, fmt.Sprintf("scimctl cannot tell whether %s is in scope of %s: %s", q.report.User, q.app.Name, because),
		q.command("provision", "on-demand", q.report.User),
	}
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
		r.Command = q.command("mapping", "set", "userName", "--from", "userPrincipalName", "--match", "1")
		return r
	}
	r.Sentence = fmt.Sprintf("%s has no value to be matched by, and is passed over: %s", q.report.User, strings.Join(sources, ", "))
	first := q.report.Matching[0]
	if name, ok := extensionOf(first.Source); ok {
		r.Command = q.command("ext", "set", q.report.User, shortName(name)+"=VALUE")
		return r
	}
	r.Command = q.command("mapping", "set", first.Target, "--from", "userPrincipalName", "--match", strconv.Itoa(first.Match))
	return r
}

// extensionOf is the extension property that a direct mapping reads.
func extensionOf(source string) (string, bool) {
	node, err := expression.Parse(source)
	if err != nil {
		return "", false
	}
	names := expression.Attributes(node)
	if len(names) == 1 && isExtension(names[0]) {
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
	r := Remark{
		UserFilteredOut, fmt.Sprintf("the scoping filters of %s leave %s out: %s", q.app.Name, q.report.User, q.failing(false)),
		q.command("mapping", "filter", "list"),
	}
	if len(clauses) == 1 && isExtension(clauses[0].Attribute) && clauses[0].Operator == "EQUALS" && len(clauses[0].Values) == 1 {
		r.Command = q.command("ext", "set", q.report.User, shortName(clauses[0].Attribute)+"="+clauses[0].Values[0])
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
		clause := engine.ClauseResult{Filter: f.Filter, Attribute: shortName(f.Attribute), Operator: f.Operator, Values: f.Values}
		has := "has none"
		if len(f.Has) > 0 {
			has = "has " + strings.Join(f.Has, ", ")
		}
		parts = append(parts, clause.String()+" ("+has+")")
	}
	return strings.Join(parts, "; ")
}
