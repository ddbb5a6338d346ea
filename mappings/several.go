package mappings

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph"
)

// A PlanFunc makes an edit out of what is asked for and what there is: see
// [Update].
type PlanFunc = func(context.Context, Place) (Edit, error)

// Several makes one edit of several plans. Each sees the schema as those before
// it leave it, so that a mapping may go to an attribute that is added with it;
// and what the service is asked, it is asked once for all of them.
func Several(plans ...PlanFunc) PlanFunc {
	return func(ctx context.Context, at Place) (Edit, error) {
		copied, err := Parse(slices.Clone(at.Schema.Bytes()))
		if err != nil {
			return nil, err
		}
		at.Schema, at.asked = copied, &asked{}
		var edits []Edit
		for _, plan := range plans {
			edit, err := plan(ctx, at)
			if err == nil {
				err = edit(at.Schema)
			}
			if err != nil {
				return nil, err
			}
			edits = append(edits, edit)
		}
		return func(s *Schema) error {
			for _, edit := range edits {
				if err := edit(s); err != nil {
					return err
				}
			}
			return nil
		}, nil
	}
}

// Planned is the plan of an edit that takes the schema alone.
func Planned(edit Edit) PlanFunc {
	return func(context.Context, Place) (Edit, error) { return edit, nil }
}

// asked remembers answers of the service while an edit is planned.
type asked struct {
	extensions []graph.ExtensionProperty
	operators  []graph.FilterOperator
}

// extensionsFor returns the extension properties that a missing source may be.
// The service is asked when not all are among the [Place.Extensions].
func (p Place) extensionsFor(ctx context.Context, missing []string, appID string) ([]graph.ExtensionProperty, error) {
	known := func(name string) bool {
		return slices.ContainsFunc(p.Extensions, func(e graph.ExtensionProperty) bool { return isNamed(e, name, appID) })
	}
	if !slices.ContainsFunc(missing, func(name string) bool { return !known(name) }) {
		return p.Extensions, nil
	}
	if p.asked != nil && p.asked.extensions != nil {
		return p.asked.extensions, nil
	}
	all, err := p.Graph.AvailableExtensions(ctx)
	if err != nil {
		return nil, err
	}
	all = slices.Concat(p.Extensions, all)
	if p.asked != nil {
		p.asked.extensions = all
	}
	return all, nil
}

func (p Place) operators(ctx context.Context) ([]graph.FilterOperator, error) {
	if p.asked != nil && p.asked.operators != nil {
		return p.asked.operators, nil
	}
	all, err := p.Graph.FilterOperators(ctx, p.Job)
	if err == nil && p.asked != nil {
		p.asked.operators = all
	}
	return all, err
}
