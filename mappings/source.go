package mappings

import (
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/expression"
)

// sources returns the attributes that a mapping reads, and the mapping with
// their full names. An expression that only the service can parse keeps its
// names.
func (p planner) sources(ix indexed, w wish) (Mapping, []Attribute, error) {
	names, err := w.reads()
	if err != nil {
		return w.Mapping, nil, err
	}
	var list []Attribute
	full := map[string]string{}
	for _, name := range names {
		attribute, err := p.source(ix, name)
		if unknown, ok := errors.AsType[*UnknownAttributeError](err); ok {
			unknown.Target, unknown.Expression, unknown.Position = w.Target, w.Source, w.placeOf(name)
		}
		if err != nil {
			return w.Mapping, nil, err
		}
		list = append(list, attribute)
		full[name] = attribute.Name
	}
	m := w.Mapping
	if w.fault == nil {
		m, err = m.renamed(full)
	}
	return m, list, err
}

// placeOf is where an expression first names an attribute; zero in all other
// mappings.
func (m Mapping) placeOf(name string) (at expression.Position) {
	if m.Kind != Expression {
		return at
	}
	e, err := m.parsed()
	if err != nil {
		return at
	}
	expression.Walk(e, func(n expression.Node) {
		if a, ok := n.(*expression.Attribute); ok && a.Name == name && at.Column == 0 {
			at = a.At()
		}
	})
	return at
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

// reads returns the names of the source attributes that the mapping reads. Of
// an expression that only the service can parse these are known once it has.
func (w wish) reads() ([]string, error) {
	if w.fault == nil {
		return w.Mapping.reads()
	}
	if w.answer == nil {
		return nil, nil
	}
	return w.answer.attributes(), nil
}

func (m Mapping) reads() ([]string, error) {
	if m.Kind == None || m.Kind == "" {
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
func (p planner) onList(ix indexed, name string) (Attribute, bool) {
	if attribute, ok := ix.attributeOf(Source, name); ok {
		return attribute, true
	}
	return ix.attributeOf(Source, extattr.FullName(p.appID, name))
}

// source finds a source on the list or among the extensions.
func (p planner) source(ix indexed, name string) (Attribute, error) {
	attribute, ok := p.onList(ix, name)
	if !ok {
		i := slices.IndexFunc(p.extensions, func(e graph.ExtensionProperty) bool {
			return isNamed(e, name, p.appID) && slices.Contains(e.TargetObjects, ix.SourceName())
		})
		switch {
		case isExpression(name):
			return attribute, &NotANameError{Name: name}
		case i >= 0:
			e := p.extensions[i]
			attribute = Attribute{Name: e.Name, Type: attributeType(e.DataType), Multivalued: e.IsMultiValued}
		case p.newSource:
			return Attribute{Name: name}, nil
		default:
			return attribute, &UnknownAttributeError{Side: Source, Name: name, Near: p.nearSources(ix, name)}
		}
	}
	if attribute.Multivalued && strings.HasPrefix(attribute.Name, "extension_") {
		return attribute, &RefusedError{Action: "map from " + attribute.Name, Reason: "provisioning does not take extensions with several values"}
	}
	return attribute, nil
}

// isExpression says whether a text that stands where the name of a source is
// due is an expression: no attribute has such a name, new or not.
func isExpression(name string) bool {
	return strings.ContainsAny(name, "()") || strings.HasPrefix(name, "[") || strings.HasPrefix(name, `"`)
}

// isNamed says whether a property has the name, or the short name of one of the
// application's.
func isNamed(e graph.ExtensionProperty, name, appID string) bool {
	return e.Name == name || e.Name == extattr.FullName(appID, name)
}

// nearSources looks among short names as well, which people write.
func (p planner) nearSources(ix indexed, name string) []string {
	names := ix.attributeNames(Source)
	for _, e := range p.extensions {
		names = append(names, e.Name)
	}
	for i, full := range names {
		if short, ok := extattr.Short(p.appID, full); ok {
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
