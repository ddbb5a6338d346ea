package mappings

import (
	"context"
	"errors"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
)

// An AddFilter adds a scoping filter. One that is alike stays as it is;
// another of that name is a conflict, unless it is to be replaced.
//
// An attribute may be the short name of a directory extension of the
// application. One that the attribute list lacks is put there when it is an
// extension that Microsoft Entra ID offers; all others are an
// *[schema.UnknownAttributeError].
//
// https://learn.microsoft.com/en-us/entra/identity/app-provisioning/define-conditional-rules-for-provisioning-user-accounts
type AddFilter struct {
	Object    string // User or Group; "" is User
	Name      string
	Where     []string // clauses, all of which have to hold: see [schema.ParseClause]
	Replace   bool     // take the place of a filter of that name
	NewSource bool     // put any attribute on the list
}

// Plan reads the job's operators, checks the clauses against them and against
// the attribute list, and returns the edit. It is what [Update] asks for. What
// the filter may do that was not meant is a warning.
func (a AddFilter) Plan(ctx context.Context, at Place) (Edit, error) {
	adder := filterAdder{
		planner: planner{object: schema.Or(a.Object, schema.User), newSource: a.NewSource, appID: at.App.AppID},
		filter:  schema.Filter{Name: strings.TrimSpace(a.Name)}, replace: a.Replace,
	}
	o, err := at.Schema.Object(adder.object)
	if err != nil {
		return nil, err
	}
	switch {
	case adder.filter.Name == "":
		return nil, &schema.RefusedError{Action: "add a filter", Reason: "it needs a name"}
	case len(a.Where) == 0:
		return nil, &schema.RefusedError{Action: "add the filter " + adder.filter.Name, Reason: "everybody passes a filter without a clause"}
	}
	if adder.operators, err = at.operators(ctx); err != nil {
		return nil, err
	}
	if err := adder.parse(a.Where); err != nil {
		return nil, err
	}
	if err := adder.lookUp(ctx, at, schema.Index(o)); err != nil {
		return nil, err
	}
	return adder.edit, nil
}

// A filterAdder is an [AddFilter] with what it needs to know.
type filterAdder struct {
	planner
	filter    schema.Filter
	operators []synchronization.FilterOperator
	replace   bool
}

func (a *filterAdder) parse(where []string) error {
	for _, text := range where {
		c, err := schema.ParseClause(text, a.operators)
		if err != nil {
			return err
		}
		if reason := schema.Unfilterable(c.Attribute); reason != "" {
			return &schema.RefusedError{Action: "filter on " + c.Attribute, Reason: reason}
		}
		a.filter.Clauses = append(a.filter.Clauses, c)
	}
	return nil
}

// lookUp reads the extensions when the attribute list lacks an attribute, and
// warns of what the filter does.
func (a *filterAdder) lookUp(ctx context.Context, at Place, ix schema.Indexed) (err error) {
	var missing []string
	for _, c := range a.filter.Clauses {
		if _, ok := a.onList(ix, c.Attribute); !ok {
			missing = append(missing, c.Attribute)
		}
	}
	if len(missing) > 0 {
		if a.extensions, err = at.extensionsFor(ctx, missing, a.appID); err != nil {
			return err
		}
	}
	f, _, err := a.resolved(ix)
	if err != nil {
		return err
	}
	if have, ok := ix.Filter(f.Name); !ok || !have.Alike(f) {
		for _, caveat := range ix.Caveats(f) {
			at.warn("%s", caveat)
		}
	}
	return nil
}

func (a filterAdder) edit(s *schema.Schema) error {
	o, err := s.Object(a.object)
	if err != nil {
		return err
	}
	ix := schema.Index(o)
	f, attributes, err := a.resolved(ix)
	if err != nil {
		return err
	}
	for _, attribute := range attributes {
		if err := ix.AddAttribute(schema.Source, attribute); err != nil {
			return err
		}
	}
	if a.replace {
		return o.SetFilter(f)
	}
	return o.AddFilter(f)
}

// resolved is the filter with the full names of attributes, which alone the
// service knows, and these attributes.
func (a filterAdder) resolved(ix schema.Indexed) (schema.Filter, []schema.Attribute, error) {
	f := schema.Filter{Name: a.filter.Name}
	var attributes []schema.Attribute
	for _, c := range a.filter.Clauses {
		attribute, err := a.attribute(ix, c)
		if err != nil {
			return f, nil, err
		}
		c.Attribute = attribute.Name
		attributes = append(attributes, attribute)
		f.Clauses = append(f.Clauses, c)
	}
	return f, attributes, schema.Coherent(f.Clauses)
}

// attribute is what the clause compares, if the service can.
func (a filterAdder) attribute(ix schema.Indexed, c schema.Clause) (schema.Attribute, error) {
	attribute, err := a.source(ix, c.Attribute)
	if refused, ok := errors.AsType[*schema.RefusedError](err); ok {
		return attribute, &schema.RefusedError{Action: "filter on " + c.Attribute, Reason: refused.Reason}
	}
	if err != nil {
		return attribute, err
	}
	return attribute, schema.Permits(c, attribute, a.operators)
}

// A RemoveFilters takes scoping filters away. A name that there is not is not
// an error, unless it is likely a misspelling of one that there is: that is a
// *[graph.NotFoundError].
type RemoveFilters struct {
	Object string // User or Group; "" is User
	Names  []string
}

// Plan looks for misspelt names, and returns the edit. It is what [Update] asks
// for.
func (r RemoveFilters) Plan(_ context.Context, at Place) (Edit, error) {
	kind := schema.Or(r.Object, schema.User)
	o, err := at.Schema.Object(kind)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, f := range o.Filters() {
		known = append(known, f.Name)
	}
	if err := misspelt("scoping filter", r.Names, known); err != nil {
		return nil, err
	}
	return func(s *schema.Schema) error {
		o, err := s.Object(kind)
		if err != nil {
			return err
		}
		for _, name := range r.Names {
			o.RemoveFilter(name)
		}
		return nil
	}, nil
}

// misspelt is an error about the first name that none has, and that is likely a
// misspelling of one that is known: what is to be removed would stay.
func misspelt(kind string, names, known []string) error {
	there := map[string]bool{}
	for _, name := range known {
		there[name] = true
	}
	vocabulary := vocabularyOf(known)
	for _, name := range names {
		if there[name] {
			continue
		}
		if meant := vocabulary.mistakenFor(name); len(meant) > 0 {
			return &graph.NotFoundError{Kind: kind, Name: name, Near: near.Names(name, meant)}
		}
	}
	return nil
}
