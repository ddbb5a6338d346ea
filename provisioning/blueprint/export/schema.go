package export

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// objects are users and groups, as far as they are otherwise than the job
// began with.
func (x *exporter) objects(ctx context.Context) {
	if x.Schema == nil {
		return
	}
	for _, kind := range []string{schema.User, schema.Group} {
		now, err := x.Schema.Object(kind)
		if err != nil { // a template may have none for groups
			continue
		}
		o := x.object(now, x.beginning(kind))
		x.onlyWhatHolds(ctx, kind, o)
		if isEmpty(o) {
			continue
		}
		if kind == schema.User {
			x.b.Users = o
		} else {
			x.b.Groups = o
		}
	}
}

// beginning is the object as the job began with it; nil when that is not known.
func (x *exporter) beginning(kind string) *schema.Object {
	if x.Begins == nil {
		return nil
	}
	began, err := x.Begins.Object(kind)
	if err != nil {
		return nil
	}
	return &began
}

func isEmpty(o *blueprint.Object) bool {
	return o.Enabled == nil && o.Actions == nil && o.Attributes == nil && len(o.Mappings)+len(o.Remove)+len(o.Filters) == 0
}

func (x *exporter) object(now schema.Object, began *schema.Object) *blueprint.Object {
	o := &blueprint.Object{Mappings: map[string]blueprint.Mapping{}, Filters: map[string][]string{}}
	whole := x.opts.Full || began == nil
	if whole || began.Enabled() != now.Enabled() {
		o.Enabled = new(now.Enabled())
	}
	if whole || !slices.Equal(began.Actions(), now.Actions()) {
		o.Actions = now.Actions()
	}
	first := map[string]schema.Mapping{}
	if began != nil {
		for _, m := range began.Mappings() {
			first[m.Target] = m
		}
	}
	for _, m := range now.Mappings() {
		was, there := first[m.Target]
		switch {
		case whole:
			o.Mappings[m.Target] = with(x.mapping(now, m, was), m)
		case !there || was.String() != m.String() || was.Kind != m.Kind:
			o.Mappings[m.Target] = x.mapping(now, m, was)
		}
		delete(first, m.Target)
	}
	o.Remove = slices.Sorted(maps.Keys(first))
	x.attributes(o, now, began)
	x.filters(o, now)
	return o
}

// mapping is what the file says of a mapping, over one that the job began with.
func (x *exporter) mapping(now schema.Object, m, was schema.Mapping) blueprint.Mapping {
	var out blueprint.Mapping
	switch m.Kind {
	case schema.Direct:
		out.Source = new(x.short(now, m.Source))
	case schema.Expression:
		out.Expression = x.shortIn(now, m.Source)
	case schema.Constant:
		out.Constant = &m.Source
	case schema.None:
		out.Source = new("")
	}
	if m.Default != was.Default {
		out.Default = &m.Default
	}
	if m.Match != was.Match {
		out.Match = &m.Match
	}
	if m.Apply != was.Apply && (m.Apply != schema.Always || was.Apply != "") {
		out.Apply = m.Apply
	}
	switch m.Flow {
	case was.Flow:
	case schema.FlowAlways:
		out.Flow = schema.FlowAlways
	default:
		out.Flow = schema.FlowWhenChanged
	}
	return out
}

// with says also what a job may begin with, where a difference would otherwise
// not be seen.
func with(m blueprint.Mapping, whole schema.Mapping) blueprint.Mapping {
	if whole.Default != "" {
		m.Default = &whole.Default
	}
	if whole.Match > 0 {
		m.Match = &whole.Match
	}
	if whole.Apply != schema.Always {
		m.Apply = whole.Apply
	}
	if whole.Flow == schema.FlowAlways {
		m.Flow = whole.Flow
	}
	return m
}

// short is the short name of a property of the application, unless the
// attribute list has another attribute of that name.
func (x *exporter) short(now schema.Object, name string) string {
	short, own := extattr.Short(x.App.AppID, name)
	taken := func(a schema.Attribute) bool { return a.Name == short }
	if !own || slices.ContainsFunc(now.SourceAttributes(), taken) {
		return name
	}
	return short
}

// shortIn does the same inside of an expression, where names stand in brackets.
func (x *exporter) shortIn(now schema.Object, expression string) string {
	for _, e := range x.Extensions {
		expression = strings.ReplaceAll(expression, "["+e.Name+"]", "["+x.short(now, e.Name)+"]")
	}
	return expression
}
