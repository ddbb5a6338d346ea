package planning

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/graph/words"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

// schemaRisks makes steps of what becomes of the schema, and names their risks.
func (p *planner) schemaRisks(ctx context.Context) error {
	if p.schema.before == nil {
		return nil
	}
	changes := diff.Diff(p.schema.before, p.schema.after)
	first := map[blueprint.Section]int{}
	for _, c := range changes {
		section := blueprint.SectionUsers
		if c.Object == schema.Group || c.Object == "" && !p.Selection.Holds(blueprint.SectionUsers) {
			section = blueprint.SectionGroups
		}
		if _, there := first[section]; !there {
			first[section] = len(p.plan.Steps)
		}
		id := string(c.Kind)
		if c.Name != "" {
			id += "/" + c.Name
		}
		p.step(section, id, WriteSchema, Step{Subject: c.Subject(), Old: c.Old, New: c.New})
	}
	if len(changes) == 0 {
		return nil
	}
	for _, w := range diff.Warnings(changes) {
		p.warn(w)
	}
	p.nameRisks(changes, first)
	return p.impacts(ctx, changes, first)
}

// mark puts a risk to the first step of a section.
func (p *planner) mark(first map[blueprint.Section]int, section blueprint.Section, r Risk) {
	at, there := first[section]
	if !there {
		at = slices.Min(slices.Collect(maps.Values(first)))
	}
	p.plan.Steps[at].Risks = append(p.plan.Steps[at].Risks, r)
}

func (p *planner) nameRisks(changes []diff.Change, first map[blueprint.Section]int) {
	for _, r := range diff.NamedRisks(p.schema.before, p.schema.after, changes) {
		section := blueprint.SectionUsers
		if r.Object == schema.Group {
			section = blueprint.SectionGroups
		}
		p.mark(first, section, Risk{Name: RiskName(r.Name), What: r.What})
	}
	if p.Job.Running() {
		p.mark(first, blueprint.SectionUsers, Risk{
			Name: RiskEvaluatedAgain, People: p.Job.People(),
			What: fmt.Sprintf("provisioning of %s is running: everyone in scope is evaluated again", p.App.Name),
		})
	}
}

// impacts counts who falls out of scope, or comes into it, where filters change.
func (p *planner) impacts(ctx context.Context, changes []diff.Change, first map[blueprint.Section]int) error {
	for _, section := range []blueprint.Section{blueprint.SectionUsers, blueprint.SectionGroups} {
		kind := schema.User
		if section == blueprint.SectionGroups {
			kind = schema.Group
		}
		filters := func(c diff.Change) bool { return c.Object == kind && c.Kind == diff.ChangedFilter }
		if !slices.ContainsFunc(changes, filters) {
			continue
		}
		change, err := evaluate.ScopeImpact{
			Graph: p.Graph, App: p.App, Object: kind, Before: p.schema.before.Bytes(), After: p.schema.after.Bytes(),
		}.Do(ctx)
		switch {
		case err != nil && !IsLocal(err):
			return err
		case err != nil:
			p.warn(fmt.Sprintf("%s: who falls out of scope cannot be told: %v", section, err))
		default:
			p.impact(kind, section, change, first)
		}
	}
	return nil
}

func (p *planner) impact(kind string, section blueprint.Section, change evaluate.ScopeChange, first map[blueprint.Section]int) {
	if n := len(change.Leaving); n > 0 {
		what := words.Count(n, kind) + " " + words.Verb(n, "fall") + " out of scope and " + words.Be(n) + " deprovisioned"
		if change.SkipDeletions {
			what = words.Count(n, kind) + " " + words.Verb(n, "fall") + " out of scope and " + words.Verb(n, "stay") + " in the application unchanged"
		}
		p.mark(first, section, Risk{Name: RiskLeavingScope, What: what, People: n})
		if limit := p.threshold(); limit > 0 && n >= limit && !change.SkipDeletions {
			p.mark(first, section, beyond(limit))
		}
	}
	if n := len(change.Entering); n > 0 {
		p.mark(first, section, Risk{Name: RiskEnteringScope, What: words.Count(n, kind) + " " + words.Verb(n, "come") + " into scope", People: n})
	}
	for _, u := range change.Undecided {
		p.warn(fmt.Sprintf("%s: of %s it cannot be told whether they are in scope: %s", section, words.Count(u.Count, kind), u.Reason))
	}
}

// beyond is that more leave than are deleted unasked.
func beyond(limit int) Risk {
	return Risk{Name: RiskThreshold, What: fmt.Sprintf("that is beyond the threshold of %d deletions, at which the service stops and asks", limit)}
}

// threshold is the number of deletions at which the service stops, once the
// plan is applied; 0 when it does not.
func (p *planner) threshold() int {
	if p.b.Provisioning != nil && p.b.Provisioning.DeleteThreshold != nil {
		return int(*p.b.Provisioning.DeleteThreshold)
	}
	settings := credentials.SettingsOf(p.Secrets)
	if !settings.DeleteThresholdEnabled {
		return 0
	}
	return settings.DeleteThreshold
}
