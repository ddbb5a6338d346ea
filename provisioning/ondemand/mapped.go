package ondemand

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

// mapped is what provisioning on demand needs of a job's schema.
type mapped struct {
	ruleID     string
	objectName string           // as the service calls it: User, Group
	mappings   []schema.Mapping // in the schema's order
	sources    []string         // attributes of Entra that flow, sorted
	references map[string]bool  // sources that lead to another object, such as manager
}

func readMapped(ctx context.Context, client *graph.Client, t provisioning.Target, kind string) (mapped, error) {
	schema, err := schema.Read(ctx, client, t.App, t.Ref())
	if err != nil {
		return mapped{}, err
	}
	object, err := schema.Object(kind)
	if err != nil {
		return mapped{}, err
	}
	m := mapped{ruleID: object.RuleID(), objectName: object.SourceName(), mappings: object.Mappings(), references: map[string]bool{}}
	for _, attribute := range object.SourceAttributes() {
		m.references[attribute.Name] = attribute.Type == "Reference"
	}
	for _, mapping := range m.mappings {
		m.sources = append(m.sources, evaluate.SourcesOf(mapping)...)
	}
	slices.Sort(m.sources)
	m.sources = slices.Compact(m.sources)
	return m, nil
}

// properties are those of Graph's user that hold the sources, beside the basic
// ones.
func (m mapped) properties() []string {
	var names []string
	for _, source := range m.sources {
		if property := evaluate.GraphProperty(source); property != "" {
			names = append(names, property)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// notExported lists the targets of direct mappings whose source has a value,
// and that a run did not send. What it imported counts, else what Graph has.
func (m mapped) notExported(r Result, user directory.User) []string {
	missing := []string{}
	imported := r.imported()
	for _, mapping := range m.mappings {
		if mapping.Kind != schema.Direct || indexChange(r.Changes, mapping.Target) >= 0 {
			continue
		}
		value, shown := imported[mapping.Source]
		if !shown {
			value, _ = evaluate.SourceValue(user, mapping.Source)
		}
		if value != "" && !r.held(mapping.Target) {
			missing = append(missing, mapping.Target)
		}
	}
	return missing
}

// onlyReferences reports whether nothing but references was left out. Those
// are sent when the other account is there, not by running again.
func (m mapped) onlyReferences(targets []string) bool {
	for _, mapping := range m.mappings {
		if slices.Contains(targets, mapping.Target) && !m.references[mapping.Source] {
			return false
		}
	}
	return true
}

// held reports whether the application showed a value for an attribute when it
// was read, or was sent one.
func (r Result) held(attribute string) bool {
	for _, step := range r.Steps {
		if (step.Type == "Matching" || step.Type == "Export") && step.Details[attribute] != "" {
			return true
		}
	}
	return false
}
