package mappings

import (
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/mappings/schema"
)

// sources returns the attributes that a mapping reads, and the mapping with
// their full names. An expression that only the service can parse keeps its
// names.
func (p planner) sources(ix schema.Indexed, w wish) (schema.Mapping, []schema.Attribute, error) {
	names, err := w.reads()
	if err != nil {
		return w.Mapping, nil, err
	}
	var list []schema.Attribute
	full := map[string]string{}
	for _, name := range names {
		attribute, err := p.source(ix, name)
		if unknown, ok := errors.AsType[*schema.UnknownAttributeError](err); ok {
			unknown.Target, unknown.Expression, unknown.Position = w.Target, w.Source, w.PlaceOf(name)
		}
		if err != nil {
			return w.Mapping, nil, err
		}
		list = append(list, attribute)
		full[name] = attribute.Name
	}
	m := w.Mapping
	if w.fault == nil {
		m, err = m.Renamed(full)
	}
	return m, list, err
}

// reads returns the names of the source attributes that the mapping reads. Of
// an expression that only the service can parse these are known once it has.
func (w wish) reads() ([]string, error) {
	if w.fault == nil {
		return w.Reads()
	}
	if w.answer == nil {
		return nil, nil
	}
	return w.answer.attributes(), nil
}

// onList finds a source on the attribute list, by its name or as an extension
// of the application.
func (p planner) onList(ix schema.Indexed, name string) (schema.Attribute, bool) {
	if attribute, ok := ix.AttributeOf(schema.Source, name); ok {
		return attribute, true
	}
	return ix.AttributeOf(schema.Source, extattr.FullName(p.appID, name))
}

// source finds a source on the list or among the extensions.
func (p planner) source(ix schema.Indexed, name string) (schema.Attribute, error) {
	attribute, ok := p.onList(ix, name)
	if !ok {
		i := slices.IndexFunc(p.extensions, func(e applications.ExtensionProperty) bool {
			return isNamed(e, name, p.appID) && slices.Contains(e.TargetObjects, ix.SourceName())
		})
		switch {
		case isExpression(name):
			return attribute, failure.New(failure.Invalid, "no source attribute can be named %s: this is an expression", schema.Quote(name)).
				Try(remedy.Advise("--expression says that it is one, in a file the kind expression; a filter compares attributes alone"))
		case i >= 0:
			e := p.extensions[i]
			attribute = schema.Attribute{Name: e.Name, Type: attributeType(e.DataType), Multivalued: e.IsMultiValued}
		case p.newSource:
			return schema.Attribute{Name: name}, nil
		default:
			return attribute, &schema.UnknownAttributeError{Side: schema.Source, Name: name, Near: p.nearSources(ix, name)}
		}
	}
	if attribute.Multivalued && strings.HasPrefix(attribute.Name, "extension_") {
		return attribute, &schema.RefusedError{Action: "map from " + attribute.Name, Reason: "provisioning does not take extensions with several values"}
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
func isNamed(e applications.ExtensionProperty, name, appID string) bool {
	return e.Name == name || e.Name == extattr.FullName(appID, name)
}

// nearSources looks among short names as well, which people write.
func (p planner) nearSources(ix schema.Indexed, name string) []string {
	names := ix.AttributeNames(schema.Source)
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

// target returns the attribute that the mapping writes: one that is listed, or
// a new one of the type of its source. Names that are neither listed nor meant
// to be new are an *UnknownAttributeError.
func (p planner) target(ix schema.Indexed, m schema.Mapping, sources []schema.Attribute, known func() vocabulary) (schema.Attribute, error) {
	attribute := schema.Attribute{Name: m.Target}
	if ix.Listed[schema.Target][m.Target] != nil || p.newTarget {
		return typed(attribute, m, sources), nil
	}
	if !strings.HasPrefix(m.Target, "urn:") {
		return attribute, &schema.UnknownAttributeError{Side: schema.Target, Name: m.Target, Near: near.Names(m.Target, known().names())}
	}
	if meant := known().mistakenFor(m.Target); len(meant) > 0 {
		return attribute, &schema.UnknownAttributeError{Side: schema.Target, Name: m.Target, Near: meant}
	}
	return typed(attribute, m, sources), nil
}

// typed gives a target the type of the source that flows into it unchanged. A
// custom attribute cannot be a reference.
func typed(target schema.Attribute, m schema.Mapping, sources []schema.Attribute) schema.Attribute {
	target.Type = "String"
	if m.Kind == schema.Direct && len(sources) > 0 && sources[0].Type != "" && sources[0].Type != "Reference" {
		target.Type = sources[0].Type
	}
	return target
}
