package planning

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// schemaPlan is what becomes of the schema.
type schemaPlan struct {
	before, after *schema.Schema // nil when there is no job yet
}

func (p *planner) users(ctx context.Context) error {
	return p.object(ctx, blueprint.SectionUsers, schema.User, p.b.Users)
}

func (p *planner) groups(ctx context.Context) error {
	return p.object(ctx, blueprint.SectionGroups, schema.Group, p.b.Groups)
}

// object plans what the file says of users or of groups.
func (p *planner) object(ctx context.Context, section blueprint.Section, kind string, o *blueprint.Object) error {
	if p.Job == nil {
		if !p.plan.has(WriteJob) {
			return &noJobYetError{App: p.plan.Application}
		}
		return p.newObject(section, kind, o)
	}
	if p.schema.before == nil {
		p.schema.before = p.Schema
		copied, err := schema.Parse(slices.Clone(p.Schema.Bytes()))
		if err != nil {
			return err
		}
		p.schema.after = copied
	}
	edit, err := mappings.Several(p.PlansFor(kind, o)...)(ctx, mappings.Place{
		Graph: p.Graph, App: p.App, Job: p.Target().Ref(), Schema: p.schema.after, Extensions: p.soon(p.b),
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

// PlansFor are the plans that make an object as the file says, in the order in
// which they depend on each other.
func (k *State) PlansFor(kind string, o *blueprint.Object) []mappings.PlanFunc {
	var plans []mappings.PlanFunc
	if o.Enabled != nil {
		plans = append(plans, mappings.Planned(mappings.SetEnabled(kind, *o.Enabled)))
	}
	if o.Actions != nil {
		plans = append(plans, mappings.Planned(mappings.SetActions(kind, o.Actions)))
	}
	if o.Attributes != nil {
		plans = append(plans, attributesOf(kind, schema.Source, o.Attributes.Source)...)
		plans = append(plans, attributesOf(kind, schema.Target, o.Attributes.Target)...)
	}
	if len(o.Mappings) > 0 {
		plans = append(plans, mappings.Set{Object: kind, Settings: mappingSettings(o)}.Plan)
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

// mappingSettings are the mappings of the file, by target.
func mappingSettings(o *blueprint.Object) []schema.Setting {
	var all []schema.Setting
	for _, target := range slices.Sorted(maps.Keys(o.Mappings)) {
		all = append(all, o.Mappings[target].Setting(target))
	}
	return all
}

func attributesOf(kind string, side schema.Side, list []blueprint.Attribute) []mappings.PlanFunc {
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
func (k *State) pruneOf(kind string, o *blueprint.Object) mappings.PlanFunc {
	return mappings.Planned(func(s *schema.Schema) error {
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
			return failure.New(failure.Conflict, "prune: %w", err).
				Try(remedy.Run("name it under mappings; to list all that exist", "export").Switch("full"))
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
func unquoted(targets []string, o *blueprint.Object) []string {
	return slices.DeleteFunc(targets, func(target string) bool {
		_, named := o.Mappings[strings.ReplaceAll(target, `"`, "'")]
		return named
	})
}

func (k *State) pruneAttributes(object schema.Object, o *blueprint.Object) error {
	if k.Begins == nil { // a new job has only what it begins with
		return nil
	}
	began, err := k.Begins.Object(object.Kind())
	if err != nil {
		return err
	}
	if o.Attributes == nil {
		o = &blueprint.Object{Attributes: &blueprint.Attributes{}}
	}
	return object.PruneAttributes(began, func(side schema.Side, name string) bool {
		list := o.Attributes.Target
		if side == schema.Source {
			list = o.Attributes.Source
		}
		return slices.ContainsFunc(list, func(a blueprint.Attribute) bool { return a.Name == name || k.fullName(a.Name) == name })
	})
}

// Unwrap tells of the job that is missing.
func (e *noJobYetError) Unwrap() error { return &synchronization.NoJobError{App: e.App} }

// newObject plans for a schema that does not exist yet. What the job begins
// with is not known, so that all is new.
func (p *planner) newObject(section blueprint.Section, _ string, o *blueprint.Object) error {
	if len(o.Mappings)+len(o.Filters) > 0 {
		p.warn(string(section) + ": whether its attributes exist can be looked up only once the job is there")
	}
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
	for _, s := range mappingSettings(o) {
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
