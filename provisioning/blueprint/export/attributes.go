package export

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/mappings/diff"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// attributes are those that the job did not begin with, but for those that a
// mapping brings with it.
func (x *exporter) attributes(o *blueprint.Object, now schema.Object, began *schema.Object) {
	if began == nil {
		return
	}
	mapped, read := map[string]bool{}, ""
	for _, m := range now.Mappings() {
		mapped[m.Target] = true
		read += "\n[" + m.Source + "]" + m.Source
	}
	comesAlong := func(a schema.Attribute) bool {
		return strings.HasPrefix(a.Name, "urn:") && mapped[a.Name] && isPlain(a)
	}
	target := added(now.TargetAttributes(), began.TargetAttributes(), comesAlong)
	source := added(now.SourceAttributes(), began.SourceAttributes(), func(a schema.Attribute) bool {
		return strings.HasPrefix(a.Name, "extension_") && strings.Contains(read, "["+a.Name+"]") && x.isListed(a.Name)
	})
	for i := range source {
		source[i].Name = x.short(now, source[i].Name)
	}
	if len(source)+len(target) > 0 {
		o.Attributes = &blueprint.Attributes{Source: source, Target: target}
	}
}

func (x *exporter) isListed(name string) bool {
	_, own := extattr.Short(x.App.AppID, name)
	return own
}

func isPlain(a schema.Attribute) bool {
	return strings.EqualFold(a.Type, "String") && !a.Required && !a.Multivalued && !a.CaseExact
}

// added are the attributes that another list lacks, or has otherwise.
func added(now, began []schema.Attribute, comesAlong func(schema.Attribute) bool) []blueprint.Attribute {
	first := map[string]schema.Attribute{}
	for _, a := range began {
		first[a.Name] = a
	}
	var list []blueprint.Attribute
	for _, a := range now {
		was, there := first[a.Name]
		if there && sameAttribute(was, a) || !there && comesAlong(a) {
			continue
		}
		one := blueprint.Attribute{Name: a.Name, Required: a.Required, Multivalued: a.Multivalued, CaseExact: a.CaseExact, References: a.References}
		if !strings.EqualFold(a.Type, "String") {
			one.Type = a.Type
		}
		list = append(list, one)
	}
	return list
}

func sameAttribute(a, b schema.Attribute) bool {
	return strings.EqualFold(a.Type, b.Type) && a.Required == b.Required && a.Multivalued == b.Multivalued && a.CaseExact == b.CaseExact &&
		slices.Equal(slices.Sorted(slices.Values(a.References)), slices.Sorted(slices.Values(b.References)))
}

func (x *exporter) filters(o *blueprint.Object, now schema.Object) {
	count := map[string]int{}
	for _, f := range now.Filters() {
		count[f.Name]++
	}
	for _, f := range now.Filters() {
		if f.Name == "" || count[f.Name] > 1 || len(f.Clauses) == 0 {
			x.warn("the filter %q of %ss does not go into a file: it takes a name of its own, and clauses", f.Name, now.Kind())
			continue
		}
		var where []string
		for _, c := range f.Clauses {
			c.Attribute = x.short(now, c.Attribute)
			where = append(where, c.String())
		}
		o.Filters[f.Name] = where
	}
}

// onlyWhatHolds leaves out what the file would not give back as it is, and says
// so: a schema can hold what no command of scimctl makes.
func (x *exporter) onlyWhatHolds(ctx context.Context, kind string, o *blueprint.Object) {
	if x.holds(ctx, kind, o) == nil {
		return
	}
	drop := func(what, name string, one *blueprint.Object, leave func()) {
		if err := x.holds(ctx, kind, one); err != nil && ctx.Err() == nil {
			x.warn("%s %s of %ss was left out: %v", what, name, kind, err)
			leave()
		}
	}
	for _, target := range slices.Sorted(maps.Keys(o.Mappings)) {
		drop("the mapping", target, &blueprint.Object{Mappings: map[string]blueprint.Mapping{target: o.Mappings[target]}}, func() { delete(o.Mappings, target) })
	}
	for _, name := range slices.Sorted(maps.Keys(o.Filters)) {
		drop("the filter", name, &blueprint.Object{Filters: map[string][]string{name: o.Filters[name]}}, func() { delete(o.Filters, name) })
	}
	if o.Attributes != nil {
		o.Attributes.Source = x.holding(ctx, kind, schema.Source, o.Attributes.Source)
		o.Attributes.Target = x.holding(ctx, kind, schema.Target, o.Attributes.Target)
	}
	drop("the removal of mappings", strings.Join(o.Remove, ", "), &blueprint.Object{Remove: o.Remove}, func() { o.Remove = nil })
}

func (x *exporter) holding(ctx context.Context, kind string, side schema.Side, list []blueprint.Attribute) []blueprint.Attribute {
	return slices.DeleteFunc(list, func(a blueprint.Attribute) bool {
		one := &blueprint.Attributes{Target: []blueprint.Attribute{a}}
		if side == schema.Source {
			one = &blueprint.Attributes{Source: []blueprint.Attribute{a}}
		}
		err := x.holds(ctx, kind, &blueprint.Object{Attributes: one})
		if err != nil {
			x.warn("the %s attribute %s of %ss was left out: %v", side, a.Name, kind, err)
		}
		return err != nil
	})
}

// holds is nil when what the file would say is so.
func (x *exporter) holds(ctx context.Context, kind string, o *blueprint.Object) error {
	at := mappings.Place{Graph: x.opts.Graph, App: x.App, Job: x.Target().Ref(), Schema: x.Schema, Extensions: x.Extensions}
	edit, err := mappings.Several(x.PlansFor(kind, o)...)(ctx, at)
	if err != nil {
		return err
	}
	after, err := schema.Parse(slices.Clone(x.Schema.Bytes()))
	if err == nil {
		err = edit(after)
	}
	if err != nil {
		return err
	}
	if changes := diff.Diff(x.Schema, after); len(changes) > 0 {
		return fmt.Errorf("a file would change %s", changes[0])
	}
	return nil
}
