package mappings

import (
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/mappings/schema"
)

// An Edit changes a schema. It says what should hold, not what to do: on a
// schema where it holds already it changes nothing. So an edit can be made
// again on a newer document, and run once more to check that it was kept. What
// it changed is for [diff.Diff] to tell.
type Edit func(*schema.Schema) error

// SetEnabled is the edit that turns the provisioning of users or groups on or
// off. Turning off users is a *[schema.RefusedError].
func SetEnabled(kind string, on bool) Edit {
	return func(s *schema.Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		return o.SetEnabled(on)
	}
}

// ChangeActions is the edit that adds target object actions and takes some
// away; those that neither list names stay as they are.
func ChangeActions(kind string, enable, disable []string) Edit {
	return func(s *schema.Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		for _, name := range disable {
			if slices.Contains(enable, name) {
				return &schema.RefusedError{Action: "enable and disable " + name, Reason: "it is one or the other"}
			}
			if !slices.Contains(schema.ActionNames(), name) {
				return schema.UnknownAction(name)
			}
		}
		return o.SetActions(slices.DeleteFunc(slices.Concat(o.Actions(), enable), func(name string) bool { return slices.Contains(disable, name) }))
	}
}

// SetActions is the edit that makes these the target object actions.
func SetActions(kind string, names []string) Edit {
	return func(s *schema.Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		return o.SetActions(names)
	}
}

// warnOf tells what is odd about an expression that the service takes.
func (p Place) warnOf(m schema.Mapping, findings []expression.Finding, answer *parsedByService) {
	for _, f := range findings {
		if f.Severity == expression.Error {
			p.warn("the service takes the expression for %s, in which scimctl finds a fault: %v", m.Target, &schema.FaultyExpressionError{Finding: f})
		} else {
			p.warn("expression for %s: %s: %s", m.Target, f.Position, f.Problem)
		}
	}
	if answer.kind != schema.Expression || unspaced(answer.text) != unspaced(m.Source) {
		p.warn("the service reads the expression for %s as %s", m.Target, schema.Mapping{Kind: answer.kind, Source: answer.text})
	}
}

// warn tells the user something that is no error.
func (p Place) warn(format string, args ...any) {
	if p.Warn != nil {
		p.Warn(fmt.Sprintf(format, args...))
	}
}

// A PlanFunc makes an edit out of what is asked for and what there is: see
// [Update].
type PlanFunc = func(context.Context, Place) (Edit, error)

// Several makes one edit of several plans. Each sees the schema as those before
// it leave it, so that a mapping may go to an attribute that is added with it;
// and what the service is asked, it is asked once for all of them.
func Several(plans ...PlanFunc) PlanFunc {
	return func(ctx context.Context, at Place) (Edit, error) {
		copied, err := schema.Parse(slices.Clone(at.Schema.Bytes()))
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
		return func(s *schema.Schema) error {
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
	extensions []applications.ExtensionProperty
	operators  []synchronization.FilterOperator
}

// extensionsFor returns the extension properties that a missing source may be.
// The service is asked when not all are among the [Place.Extensions].
func (p Place) extensionsFor(ctx context.Context, missing []string, appID string) ([]applications.ExtensionProperty, error) {
	known := func(name string) bool {
		return slices.ContainsFunc(p.Extensions, func(e applications.ExtensionProperty) bool { return isNamed(e, name, appID) })
	}
	if !slices.ContainsFunc(missing, func(name string) bool { return !known(name) }) {
		return p.Extensions, nil
	}
	if p.asked != nil && p.asked.extensions != nil {
		return p.asked.extensions, nil
	}
	all, err := applications.AvailableExtensions(ctx, p.Graph)
	if err != nil {
		return nil, err
	}
	all = slices.Concat(p.Extensions, all)
	if p.asked != nil {
		p.asked.extensions = all
	}
	return all, nil
}

func (p Place) operators(ctx context.Context) ([]synchronization.FilterOperator, error) {
	if p.asked != nil && p.asked.operators != nil {
		return p.asked.operators, nil
	}
	all, err := synchronization.FilterOperators(ctx, p.Graph, p.Job)
	if err == nil && p.asked != nil {
		p.asked.operators = all
	}
	return all, err
}

// A Place is where an edit is about to be made. The schema is for reading.
// Without Graph an [Add] and a [Set] go by the schema alone.
type Place struct {
	Graph  *graph.Client
	App    applications.App
	Job    synchronization.JobRef
	Schema *schema.Schema
	// Extensions are extension properties that are known to exist, or about to.
	// The service is asked only for others.
	Extensions []applications.ExtensionProperty
	asked      *asked // what the service has answered already; may be nil
	// Warn takes what the user should know that is no error. It may be nil.
	Warn func(string)
}
