package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/mappings/schema"
)

// A RiskName names a danger. It stays the same.
type RiskName string

// The dangers of changes to a schema.
const (
	RiskMatching     RiskName = "matching"     // accounts are matched otherwise
	RiskNotDisabled  RiskName = "notDisabled"  // nobody is disabled any more
	RiskNoLongerSent RiskName = "noLongerSent" // the application keeps the last value
)

// A Risk is a danger, and a clause about it.
type Risk struct {
	Name   RiskName
	Object string // user or group; "" for both
	What   string
}

// Risks says what is dangerous about changes, also when the job is stopped: a
// clause for each danger, for a question to the user. There are none in most
// changes.
func Risks(before, after *schema.Schema, changes []Change) []string {
	clauses := []string{}
	for _, r := range NamedRisks(before, after, changes) {
		clauses = append(clauses, r.What)
	}
	return clauses
}

// NamedRisks are the [Risks] by name.
func NamedRisks(before, after *schema.Schema, changes []Change) []Risk {
	risks := []Risk{}
	for _, kind := range []string{schema.User, schema.Group} {
		o, errBefore := before.Object(kind)
		n, errAfter := after.Object(kind)
		if errBefore != nil || errAfter != nil {
			continue
		}
		if !slices.EqualFunc(o.Matching(), n.Matching(), sameMatch) {
			risks = append(risks, Risk{RiskMatching, kind, fmt.Sprintf("accounts of %ss are matched by %s instead of %s: who is not found by that gets a second account", kind, matchedBy(n), matchedBy(o))})
		}
		if kind == schema.User && o.Disables() && !n.Disables() {
			risks = append(risks, Risk{RiskNotDisabled, kind, n.WhyNot() + ": nobody is disabled in the application any more, whoever leaves keeps the account"})
		}
	}
	if gone := removed(changes); len(gone) > 0 {
		risks = append(risks, Risk{Name: RiskNoLongerSent, What: noLongerSent(gone)})
	}
	return risks
}

// sameMatch says that two mappings find the same accounts.
func sameMatch(a, b schema.Mapping) bool {
	return a.Target == b.Target && a.Match == b.Match && a.Kind == b.Kind && schema.SameSource(a, b)
}

func matchedBy(o schema.Object) string {
	var list []string
	for _, m := range o.Matching() {
		source := m
		source.Match, source.Default, source.Apply, source.Flow = 0, "", "", ""
		list = append(list, fmt.Sprintf("%s from %s", m.Target, source))
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", then ")
}

// removed are the targets whose mapping was taken away.
func removed(changes []Change) []string {
	var gone []string
	for _, c := range changes {
		if c.Kind == ChangedMapping && c.New == "" && !slices.Contains(gone, c.Name) {
			gone = append(gone, c.Name)
		}
	}
	return gone
}

// noLongerSent says what becomes of values whose mapping is gone, and which
// one would have revoked them.
func noLongerSent(targets []string) string {
	text := fmt.Sprintf("%s is no longer sent, and the application keeps the last value", bounds.Names(targets))
	if len(targets) > 1 {
		text = fmt.Sprintf("%s are no longer sent, and the application keeps the last values", bounds.Names(targets))
	}
	if slices.ContainsFunc(targets, isRole) {
		text += "; what revokes a role is to provision NoAccess before"
	}
	return text
}

// isRole knows the attributes that hold Workato's roles.
func isRole(target string) bool {
	_, name := schema.CutLast(target)
	return name == extattr.DefaultRoleAttribute || strings.HasPrefix(name, extattr.DefaultRoleAttribute+"_")
}
