package blueprint

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning"
)

// schemaPlan is what becomes of the schema.
type schemaPlan struct {
	before, after *mappings.Schema // nil when there is no job yet
}

func (p *planner) users(ctx context.Context) error {
	return p.object(ctx, SectionUsers, mappings.User, p.b.Users)
}

func (p *planner) groups(ctx context.Context) error {
	return p.object(ctx, SectionGroups, mappings.Group, p.b.Groups)
}

// object plans what the file says of users or of groups.
func (p *planner) object(ctx context.Context, section Section, kind string, o *Object) error {
	if p.job == nil {
		if !p.plan.has(WriteJob) {
			return &noJobYetError{App: p.plan.Application}
		}
		return p.newObject(section, kind, o)
	}
	if p.schema.before == nil {
		p.schema.before = p.known.schema
		copied, err := mappings.Parse(slices.Clone(p.known.schema.Bytes()))
		if err != nil {
			return err
		}
		p.schema.after = copied
	}
	edit, err := mappings.Several(p.plansFor(kind, o)...)(ctx, mappings.Place{
		Graph: p.Graph, App: p.app, Job: p.target().Ref(), Schema: p.schema.after, Extensions: p.soon(p.b),
		Warn: func(text string) { p.warn(string(section) + ": " + text) },
	})
	if err == nil {
		err = edit(p.schema.after)
	}
	return err
}

// A noJobYetError says that something is to be planned which takes a job, where
// that is left out.
type noJobYetError struct{ App string }

func (e *noJobYetError) Error() string {
	return fmt.Sprintf("%s has no provisioning job, and the file does not make one here: it takes the section provisioning", e.App)
}

// plansFor are the plans that make an object as the file says, in the order in
// which they depend on each other.
func (k *known) plansFor(kind string, o *Object) []mappings.PlanFunc {
	var plans []mappings.PlanFunc
	if o.Enabled != nil {
		plans = append(plans, mappings.Planned(mappings.SetEnabled(kind, *o.Enabled)))
	}
	if o.Actions != nil {
		plans = append(plans, mappings.Planned(mappings.SetActions(kind, o.Actions)))
	}
	if o.Attributes != nil {
		plans = append(plans, attributesOf(kind, mappings.Source, o.Attributes.Source)...)
		plans = append(plans, attributesOf(kind, mappings.Target, o.Attributes.Target)...)
	}
	if len(o.Mappings) > 0 {
		plans = append(plans, mappings.Set{Object: kind, Settings: o.settings()}.Plan)
	}
	if len(o.Remove) > 0 {
		plans = append(plans, mappings.Remove{Object: kind, Targets: o.Remove}.Plan)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Filters)) {
		plans = append(plans, mappings.AddFilter{Object: kind, Name: name, Where: o.Filters[name], Replace: true}.Plan)
	}
	if o.Prune {
		plans = append(plans, k.pruneOf(kind, o))
	}
	return plans
}

// settings are the mappings of the file, by target.
func (o *Object) settings() []mappings.Setting {
	var all []mappings.Setting
	for _, target := range slices.Sorted(maps.Keys(o.Mappings)) {
		all = append(all, o.Mappings[target].Setting(target))
	}
	return all
}

func attributesOf(kind string, side mappings.Side, list []Attribute) []mappings.PlanFunc {
	var plans []mappings.PlanFunc
	for _, a := range list {
		plans = append(plans, mappings.AddAttributes{
			Object: kind, Side: side, Names: []string{a.Name}, Type: a.Type, Required: a.Required, Multivalued: a.Multivalued,
			CaseExact: a.CaseExact, References: a.References, NewSource: true, NewTarget: true,
		}.Plan)
	}
	return plans
}

// pruneOf takes away what the file does not name: mappings and filters, and
// attributes that the job did not begin with and nothing needs.
func (k *known) pruneOf(kind string, o *Object) mappings.PlanFunc {
	return mappings.Planned(func(s *mappings.Schema) error {
		object, err := s.Object(kind)
		if err != nil {
			return err
		}
		var gone []string
		for _, m := range object.Mappings() {
			if _, named := o.Mappings[m.Target]; !named {
				gone = append(gone, m.Target)
			}
		}
		if err := object.RemoveMappings(unquoted(gone, o)...); err != nil {
			return err
		}
		for _, f := range object.Filters() {
			if _, named := o.Filters[f.Name]; !named {
				object.RemoveFilter(f.Name)
			}
		}
		return k.pruneAttributes(object, o)
	})
}

// unquoted leaves out targets that the file writes with ' for ".
func unquoted(targets []string, o *Object) []string {
	return slices.DeleteFunc(targets, func(target string) bool {
		_, named := o.Mappings[strings.ReplaceAll(target, `"`, "'")]
		return named
	})
}

func (k *known) pruneAttributes(object mappings.Object, o *Object) error {
	if k.begins == nil { // a new job has only what it begins with
		return nil
	}
	began, err := k.begins.Object(object.Kind())
	if err != nil {
		return err
	}
	if o.Attributes == nil {
		o = &Object{Attributes: &Attributes{}}
	}
	return object.PruneAttributes(began, func(side mappings.Side, name string) bool {
		list := o.Attributes.Target
		if side == mappings.Source {
			list = o.Attributes.Source
		}
		return slices.ContainsFunc(list, func(a Attribute) bool { return a.Name == name || k.fullName(a.Name) == name })
	})
}

// Unwrap tells of the job that is missing.
func (e *noJobYetError) Unwrap() error { return &graph.NoJobError{App: e.App} }

// newObject plans for a schema that does not exist yet. What the job begins
// with is not known, so that all is new.
func (p *planner) newObject(section Section, _ string, o *Object) error {
	add := func(id, subject, what string) {
		p.step(section, id, WriteSchema, Step{Verb: Add, Subject: subject, New: what})
	}
	if o.Enabled != nil {
		add("enabled", "enabled", fmt.Sprint(*o.Enabled))
	}
	if o.Actions != nil {
		add("actions", "actions", strings.Join(o.Actions, ", "))
	}
	if o.Attributes != nil {
		for _, a := range o.Attributes.Source {
			add("sourceAttribute/"+a.Name, "source attribute "+a.Name, orString(a.Type))
		}
		for _, a := range o.Attributes.Target {
			add("targetAttribute/"+a.Name, "target attribute "+a.Name, orString(a.Type))
		}
	}
	for _, s := range o.settings() {
		words, err := s.Words()
		if err != nil {
			return err
		}
		add("mapping/"+s.Target, "mapping "+s.Target, words)
	}
	for _, target := range o.Remove {
		p.step(section, "mapping/"+target, WriteSchema, Step{Verb: Remove, Subject: "mapping " + target, Old: "what the template begins with"})
	}
	for _, name := range slices.Sorted(maps.Keys(o.Filters)) {
		add("filter/"+name, "filter "+name, strings.Join(o.Filters[name], " and "))
	}
	return nil
}

func orString(typ string) string {
	if typ == "" {
		return "String"
	}
	return typ
}

// schemaRisks makes steps of what becomes of the schema, and names their risks.
func (p *planner) schemaRisks(ctx context.Context) error {
	if p.schema.before == nil {
		return nil
	}
	changes := mappings.Diff(p.schema.before, p.schema.after)
	first := map[Section]int{}
	for _, c := range changes {
		section := SectionUsers
		if c.Object == mappings.Group || c.Object == "" && !p.Selection.holds(SectionUsers) {
			section = SectionGroups
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
	for _, w := range mappings.Warnings(changes) {
		p.warn(w)
	}
	p.nameRisks(changes, first)
	return p.impacts(ctx, changes, first)
}

// mark puts a risk to the first step of a section.
func (p *planner) mark(first map[Section]int, section Section, r Risk) {
	at, there := first[section]
	if !there {
		at = slices.Min(slices.Collect(maps.Values(first)))
	}
	p.plan.Steps[at].Risks = append(p.plan.Steps[at].Risks, r)
}

func (p *planner) nameRisks(changes []mappings.Change, first map[Section]int) {
	for _, r := range mappings.NamedRisks(p.schema.before, p.schema.after, changes) {
		section := SectionUsers
		if r.Object == mappings.Group {
			section = SectionGroups
		}
		p.mark(first, section, Risk{Name: RiskName(r.Name), What: r.What})
	}
	if p.job.Running() {
		p.mark(first, SectionUsers, Risk{
			Name: RiskEvaluatedAgain, People: p.job.People(),
			What: fmt.Sprintf("provisioning of %s is running: everyone in scope is evaluated again", p.app.Name),
		})
	}
}

// impacts counts who falls out of scope, or comes into it, where filters change.
func (p *planner) impacts(ctx context.Context, changes []mappings.Change, first map[Section]int) error {
	for kind, section := range map[string]Section{mappings.User: SectionUsers, mappings.Group: SectionGroups} {
		filters := func(c mappings.Change) bool { return c.Object == kind && c.Kind == mappings.ChangedFilter }
		if !slices.ContainsFunc(changes, filters) {
			continue
		}
		change, err := provisioning.ScopeImpact{
			Graph: p.Graph, App: p.app, Object: kind, Before: p.schema.before.Bytes(), After: p.schema.after.Bytes(),
		}.Do(ctx)
		switch {
		case err != nil && !local(err):
			return err
		case err != nil:
			p.warn(fmt.Sprintf("%s: who falls out of scope cannot be told: %v", section, err))
		default:
			p.impact(kind, section, change, first)
		}
	}
	return nil
}

func (p *planner) impact(kind string, section Section, change provisioning.ScopeChange, first map[Section]int) {
	if n := len(change.Leaving); n > 0 {
		what := fmt.Sprintf("%s fall out of scope and are deprovisioned", several(n, kind))
		if change.SkipDeletions {
			what = fmt.Sprintf("%s fall out of scope, and stay in the application as they are", several(n, kind))
		}
		p.mark(first, section, Risk{Name: RiskLeavingScope, What: what, People: n})
		if limit := p.threshold(); limit > 0 && n >= limit && !change.SkipDeletions {
			p.mark(first, section, beyond(limit))
		}
	}
	if n := len(change.Entering); n > 0 {
		p.mark(first, section, Risk{Name: RiskEnteringScope, What: fmt.Sprintf("%s come into scope", several(n, kind)), People: n})
	}
	for _, u := range change.Undecided {
		p.warn(fmt.Sprintf("%s: of %s it cannot be told whether they are in scope: %s", section, several(u.Count, kind), u.Reason))
	}
}

// beyond is that more leave than are deleted unasked.
func beyond(limit int) Risk {
	return Risk{Name: RiskThreshold, What: fmt.Sprintf("that is beyond the threshold of %d deletions, at which the service stops and asks", limit)}
}

func several(n int, kind string) string {
	if n == 1 {
		return "1 " + kind
	}
	return fmt.Sprintf("%d %ss", n, kind)
}

// threshold is the number of deletions at which the service stops, once the
// plan is applied; 0 when it does not.
func (p *planner) threshold() int {
	if p.b.Provisioning != nil && p.b.Provisioning.DeleteThreshold != nil {
		return int(*p.b.Provisioning.DeleteThreshold)
	}
	settings := provisioning.SettingsOf(p.secrets)
	if !settings.DeleteThresholdEnabled {
		return 0
	}
	return settings.DeleteThreshold
}
