package mappings

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/scimctl/scimctl/graph"
)

// An Add maps attributes that are not mapped yet. What is mapped in the way
// that is asked for stays as it is; what is mapped otherwise is a
// *[MappingExistsError].
//
// A source may be the short name of a directory extension of the application.
// A source attribute that the attribute list lacks is put there when it is an
// extension that Microsoft Entra ID offers, a target attribute when it is a
// urn: name that is no misspelling of one on the list. All others are an
// *[UnknownAttributeError].
//
// https://learn.microsoft.com/en-us/graph/synchronization-configure-with-directory-extension-attributes
type Add struct {
	Object    string // User or Group; "" is User
	Mappings  []Mapping
	NewSource bool // put any source attribute on the list
	NewTarget bool // put any target attribute on the list
}

// Plan looks up what the schema cannot answer, and returns the edit. It is
// what [Update] asks for. It reads the extensions of the tenant only when a
// source is not on the attribute list, and asks the service for the stored form
// of expressions whose form is not documented.
func (a Add) Plan(ctx context.Context, at Place) (Edit, error) {
	adder := adder{Add: a, appID: at.App.AppID}
	if adder.Object == "" {
		adder.Object = User
	}
	adder.Mappings = nil
	for _, m := range a.Mappings {
		m, err := m.completed()
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(adder.Mappings, func(other Mapping) bool { return other.Target == m.Target && other != m }) {
			return nil, &InvalidMappingError{Target: m.Target, Reason: "it is asked for twice, and differently"}
		}
		adder.Mappings = append(adder.Mappings, m)
	}
	o, err := at.Schema.Object(adder.Object)
	if err != nil {
		return nil, err
	}
	if adder.lacksSource(o) {
		if adder.extensions, err = at.Graph.AvailableExtensions(ctx); err != nil {
			return nil, err
		}
	}
	err = adder.askService(ctx, at, o)
	return adder.edit, err
}

// An adder is an [Add] with what it needs to know.
type adder struct {
	Add
	appID      string
	extensions []graph.ExtensionProperty
	parsed     map[string]json.RawMessage // by expression, with full names: the service's form
}

// askService has expressions parsed whose stored form only the service knows.
func (a *adder) askService(ctx context.Context, at Place, o Object) error {
	a.parsed = map[string]json.RawMessage{}
	for _, m := range a.Mappings {
		if !m.storedByService() {
			continue
		}
		m, _, err := a.sources(o, m)
		if err != nil {
			return err
		}
		parsed, err := at.Graph.ParseExpression(ctx, at.Job, m.Source)
		if err != nil {
			return err
		}
		a.parsed[m.Source] = parsed
	}
	return nil
}

func (a adder) lacksSource(o Object) bool {
	return slices.ContainsFunc(a.Mappings, func(m Mapping) bool {
		names, _ := m.reads()
		return slices.ContainsFunc(names, func(name string) bool { _, ok := a.onList(o, name); return !ok })
	})
}

func (a adder) edit(s *Schema) ([]Change, error) {
	o, err := s.Object(a.Object)
	if err != nil {
		return nil, err
	}
	targets := o.attributeNames(Target) // before anything is added: new names are not misspellings of each other
	changes := []Change{}
	for _, m := range a.Mappings {
		added, err := a.add(o, m, targets)
		if err != nil {
			return nil, err
		}
		changes = append(changes, added...)
	}
	return changes, nil
}

func (a adder) add(o Object, m Mapping, targets []string) ([]Change, error) {
	m, sources, err := a.sources(o, m)
	if err != nil {
		return nil, err
	}
	if have, ok := o.Mapping(m.Target); ok && m.askedFor(have) {
		return nil, nil
	}
	var changes []Change
	for _, attribute := range sources {
		added, err := o.ensure(Source, attribute)
		if err != nil {
			return nil, err
		}
		changes = append(changes, added...)
	}
	target, err := a.target(m, sources, targets)
	if err != nil {
		return nil, err
	}
	if m.Apply == "" {
		m.Apply = Always
	}
	var form any
	if parsed, ok := a.parsed[m.Source]; ok {
		form = parsed
	}
	if err := o.addMapping(m, form); err != nil {
		return nil, err
	}
	added, err := o.ensure(Target, target)
	changes = append(changes, added...)
	return append(changes, Change{Object: o.kind, Kind: ChangedMapping, Name: m.Target, New: m.String(), leftOut: leftOutOnCreate(m.Target)}), err
}
