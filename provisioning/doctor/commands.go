package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/graph/words"
)

// tried is what came of carrying out an operation.
type tried struct {
	done bool
	err  error
}

// commands tells for each group of commands whether Graph lets the caller do
// what they ask. What reads is tried: permissions in a token mislead, since the
// directory has a say too. What writes can only be looked up in the token.
func (p *patient) commands(ctx context.Context) []Diagnosis {
	groups := p.groups()
	byName := map[string]graph.Operation{}
	for _, ops := range groups {
		for _, op := range ops {
			byName[op.Name] = op
		}
	}
	names := slices.Sorted(maps.Keys(byName))
	found, err := parallel.Map(ctx, names, func(ctx context.Context, name string) (tried, error) {
		done, err := synchronization.Probe(ctx, p.Graph, byName[name], p.app)
		return tried{done, err}, nil
	})
	if err != nil {
		return nil
	}
	results := map[string]tried{}
	for i, name := range names {
		results[name] = found[i]
	}
	checks := []Diagnosis{}
	for _, group := range slices.Sorted(maps.Keys(groups)) {
		checks = append(checks, p.group(group, groups[group], results))
	}
	return checks
}

// groups gathers what commands ask, by the first word of their names. The logs
// need a permission of their own.
func (p *patient) groups() map[string][]graph.Operation {
	groups := map[string][]graph.Operation{}
	for command, ops := range p.Commands {
		group, _, _ := strings.Cut(command, " ")
		if strings.HasPrefix(command, "provision logs") {
			group = "provision logs"
		}
		for _, op := range ops {
			if !slices.ContainsFunc(groups[group], func(have graph.Operation) bool { return have.Name == op.Name }) {
				groups[group] = append(groups[group], op)
			}
		}
	}
	for _, ops := range groups {
		slices.SortStableFunc(ops, func(a, b graph.Operation) int { return strings.Compare(a.Name, b.Name) })
	}
	return groups
}

// group judges one group of commands.
func (p *patient) group(name string, ops []graph.Operation, results map[string]tried) Diagnosis {
	var refused, lacking, broken, works, unproven []string
	var missing []graph.Operation
	for _, op := range ops {
		r := results[op.Name]
		switch {
		case r.done && graph.IsRefusal(r.err):
			refused, missing = append(refused, op.Name), append(missing, op)
		case r.done && r.err != nil && !graph.IsNotReady(r.err):
			broken = append(broken, r.err.Error())
		case r.done:
			works = append(works, op.Name)
		case len(p.who.Lacks(op)) > 0:
			lacking, missing = append(lacking, op.Name), append(missing, op)
		default:
			unproven = append(unproven, op.Name)
		}
	}
	check := Diagnosis{Name: "commands " + name, Condition: ConditionOK}
	switch {
	case len(missing) > 0:
		return p.lacking(check, refused, lacking, missing)
	case len(broken) > 0:
		check.Condition, check.Detail = ConditionWarning, "Not all could be tried: "+broken[0]
	case len(works) == 0 && !p.who.Readable():
		check.Condition, check.Detail = ConditionNotChecked, "Nothing of it can be tried without --app, and the token does not say what it may do"
	case len(unproven) == 0:
		check.Detail = fmt.Sprintf("All that they ask was tried, and works (%d)", len(works))
	case p.who.Readable():
		check.Detail = fmt.Sprintf("What was tried works (%d); the token has the permissions for the rest (%d)", len(works), len(unproven))
	default:
		check.Detail = fmt.Sprintf("What was tried works (%d); the rest was not tried (%d)", len(works), len(unproven))
	}
	return check
}

// lacking tells what Graph refuses, and what would change that.
func (p *patient) lacking(check Diagnosis, refused, lacking []string, missing []graph.Operation) Diagnosis {
	check.Condition = ConditionFailed
	var says []string
	if len(refused) > 0 {
		says = append(says, "Graph refuses to "+strings.Join(refused, ", "))
	}
	if len(lacking) > 0 {
		says = append(says, "the token has no permission to "+strings.Join(lacking, ", "))
	}
	check.Detail = words.Capitalize(strings.Join(says, "; "))
	for _, op := range missing {
		for _, permission := range p.who.Lacks(op) {
			if !slices.Contains(check.Missing, permission) {
				check.Missing = append(check.Missing, permission)
			}
		}
	}
	slices.Sort(check.Missing)
	delegated, _ := graph.Least(missing...)
	switch {
	case p.who.Application() && len(check.Missing) > 0:
		check.Remedy = remedy.Advice("an administrator grants " + strings.Join(check.Missing, ", ") + " to the application " + p.who.AppID + ", in its registration")
	case p.who.Application():
		check.Remedy = remedy.Advice("the permissions are there: the application has to own both application and service principal, or needs Synchronization.ReadWrite.All")
	case len(check.Missing) > 0 && p.Consent != nil:
		check.ConsentURL = p.Consent(check.Missing)
		check.Remedy = remedy.Advice("an administrator consents to " + strings.Join(check.Missing, ", ") + " at " + check.ConsentURL)
	case p.who.Readable():
		check.Remedy = remedy.Advice("the permissions are there: what lacks is a role in the directory, such as Cloud Application Administrator")
	default:
		check.Remedy = remedy.Advice("a person needs " + strings.Join(delegated, ", ") + " and a role in the directory, such as Cloud Application Administrator")
	}
	return check
}
