package check

import (
	"context"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
	"github.com/scimctl/scimctl/provisioning/evaluate"
)

// extensions looks at the extension properties that mappings and filters read,
// and at those of the application that nothing reads.
func (i *inspection) extensions(ctx context.Context) error {
	used := i.usedExtensions()
	var own, available []applications.ExtensionProperty
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) { own, err = i.ownExtensions(ctx); return err },
		func(ctx context.Context) (err error) {
			if len(used) > 0 {
				available, err = applications.AvailableExtensions(ctx, i.client)
			}
			return err
		},
	)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(used)) {
		i.extension(name, used[name], available)
	}
	for _, p := range own {
		if _, ok := used[p.Name]; !ok {
			short, _ := extattr.Short(i.App.AppID, p.Name)
			i.note(schemacheck.Finding{
				Severity: schemacheck.Info, Code: CodeExtensionUnmapped, Attribute: p.Name,
				Problem: "the application has this extension property, and nothing is mapped from it",
				Remedy:  remedy.List{remedy.Run("map it", "mapping add", "TARGET").Flag("from", short)},
			})
		}
	}
	return nil
}

// ownExtensions are those of the application. One that is not registered in
// this tenant has none here; nor has one so new that reading it by its id does
// not find it yet.
func (i *inspection) ownExtensions(ctx context.Context) ([]applications.ExtensionProperty, error) {
	app, err := applications.FindRegistration(ctx, i.client, i.App.AppID)
	if graph.IsNotFound(err) {
		return nil, nil
	}
	if err != nil || app.ApplicationID == "" {
		return nil, err
	}
	return applications.ListExtensions(ctx, i.client, app.ApplicationID)
}

// A use is where an extension property is read.
type use struct{ object, sourceName, target, filter string }

// usedExtensions are the extension properties that are read, each with the
// first place.
func (i *inspection) usedExtensions() map[string]use {
	used := map[string]use{}
	first := func(name string, at use) {
		if _, ok := used[name]; !ok && evaluate.IsExtension(name) {
			used[name] = at
		}
	}
	for _, o := range i.objects() {
		for _, m := range o.Mappings() {
			for _, name := range evaluate.SourcesOf(m) {
				first(name, use{object: o.Kind(), sourceName: o.SourceName(), target: m.Target})
			}
		}
		for _, f := range o.Filters() {
			for _, clause := range f.Clauses {
				first(clause.Attribute, use{object: o.Kind(), sourceName: o.SourceName(), filter: f.Name})
			}
		}
	}
	return used
}

func (i *inspection) extension(name string, at use, available []applications.ExtensionProperty) {
	f := schemacheck.Finding{Severity: schemacheck.Error, Code: CodeExtensionGone, Object: at.object, Target: at.target, Filter: at.filter, Attribute: name}
	n := slices.IndexFunc(available, func(p applications.ExtensionProperty) bool { return p.Name == name })
	switch {
	case n < 0:
		f.Problem = "the tenant does not offer the extension property " + name + ": it was deleted, or made just now"
		f.Remedy = remedy.List{remedy.Run("create it, or map another attribute", "ext create", evaluate.ShortName(name))}
	case !slices.Contains(available[n].TargetObjects, at.sourceName):
		f.Problem = "the extension property " + name + " is not for objects of the kind " + at.sourceName
		f.Remedy = remedy.List{remedy.Run("create one that is", "ext create", "NAME").Flag("target", at.sourceName)}
	case available[n].IsMultiValued:
		f.Severity, f.Code = schemacheck.Warning, schemacheck.CodeExtension
		f.Problem = "provisioning does not take extension properties with several values, such as " + name
		f.Remedy = remedy.List{remedy.Run("map one with a single value", "ext create", "NAME")}
	default:
		return
	}
	i.note(f)
}
