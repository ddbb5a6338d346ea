package mappings

import (
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/expression"
)

// sources returns the attributes that the mapping reads, and the mapping with
// their full names.
func (a adder) sources(o Object, m Mapping) (Mapping, []Attribute, error) {
	names, err := m.reads()
	if err != nil {
		return m, nil, err
	}
	var list []Attribute
	full := map[string]string{}
	for _, name := range names {
		attribute, err := a.source(o, name)
		if err != nil {
			return m, nil, err
		}
		list = append(list, attribute)
		full[name] = attribute.Name
	}
	m, err = m.renamed(full)
	return m, list, err
}

// renamed gives the attributes that the mapping reads their full names, which
// alone the service knows. An expression in which none changes stays as it is
// written.
func (m Mapping) renamed(full map[string]string) (Mapping, error) {
	if m.Kind == Direct {
		m.Source = full[m.Source]
	}
	if m.Kind != Expression {
		return m, nil
	}
	e, err := m.parsed()
	if err != nil {
		return m, err
	}
	changed := false
	expression.Walk(e, func(n expression.Node) {
		if a, ok := n.(*expression.Attribute); ok && full[a.Name] != a.Name {
			a.Name, changed = full[a.Name], true
		}
	})
	if changed {
		m.Source = e.String()
	}
	return m, nil
}

// reads returns the names of the source attributes that the mapping reads.
func (m Mapping) reads() ([]string, error) {
	if m.Kind == None {
		return nil, nil
	}
	e, err := m.parsed()
	if err != nil {
		return nil, err
	}
	return expression.Attributes(e), nil
}

// onList finds a source on the attribute list, by its name or as an extension
// of the application.
func (a adder) onList(o Object, name string) (Attribute, bool) {
	if attribute, ok := o.attribute(Source, name); ok {
		return attribute, true
	}
	return o.attribute(Source, extattr.FullName(a.appID, name))
}

// source finds a source on the list or among the extensions.
func (a adder) source(o Object, name string) (Attribute, error) {
	attribute, ok := a.onList(o, name)
	if !ok {
		i := slices.IndexFunc(a.extensions, func(p graph.ExtensionProperty) bool {
			return (p.Name == name || p.Name == extattr.FullName(a.appID, name)) && slices.Contains(p.TargetObjects, o.SourceName())
		})
		switch {
		case i >= 0:
			p := a.extensions[i]
			attribute = Attribute{Name: p.Name, Type: attributeType(p.DataType), Multivalued: p.IsMultiValued}
		case a.NewSource:
			return Attribute{Name: name}, nil
		default:
			return attribute, &UnknownAttributeError{Side: Source, Name: name, Near: a.nearSources(o, name)}
		}
	}
	if attribute.Multivalued && strings.HasPrefix(attribute.Name, "extension_") {
		return attribute, &RefusedError{Action: "map from " + attribute.Name, Reason: "provisioning does not take extensions with several values"}
	}
	return attribute, nil
}

// nearSources looks among short names as well, which people write.
func (a adder) nearSources(o Object, name string) []string {
	names := o.attributeNames(Source)
	for _, p := range a.extensions {
		names = append(names, p.Name)
	}
	for i, full := range names {
		if short, ok := extattr.Short(a.appID, full); ok {
			names[i] = short
		}
	}
	slices.Sort(names)
	return near.Names(name, slices.Compact(names))
}

// attributeType turns an extension's data type into that of a schema, which
// has one for integers of any size.
func attributeType(dataType string) string {
	if dataType == "LargeInteger" {
		return "Integer"
	}
	return dataType
}

func (o Object) attributeNames(side Side) []string {
	var names []string
	for _, p := range o.list(side).elements() {
		names = append(names, p.value.field("name"))
	}
	return names
}

// ensure puts an attribute on a list unless it is there.
func (o Object) ensure(side Side, a Attribute) ([]Change, error) {
	if _, ok := o.attribute(side, a.Name); ok {
		return nil, nil
	}
	if err := o.AddAttribute(side, a); err != nil {
		return nil, err
	}
	kind := map[Side]ChangeKind{Source: ChangedSourceAttribute, Target: ChangedTargetAttribute}[side]
	a, _ = o.attribute(side, a.Name)
	return []Change{{Object: o.kind, Kind: kind, Name: a.Name, New: a.Type}}, nil
}
