package planning

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// wantedExtensions are the properties that the file lists.
func wantedExtensions(e *blueprint.Extensions) ([]extattr.Extension, error) {
	if e == nil {
		return nil, nil
	}
	var all []extattr.Extension
	for _, property := range e.Properties {
		one, err := extattr.Known(property.Name, property.Type, property.Target, property.MultiValued)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// extensions are made when they are missing, and with prune deleted when they
// are not listed.
func (p *planner) extensions(context.Context) error {
	wanted, err := wantedExtensions(p.b.Extensions)
	if err != nil {
		return err
	}
	missing := wanted
	if p.Exists {
		if missing, err = extattr.Missing(p.App, wanted, p.Extensions); err != nil {
			return err
		}
	}
	for _, e := range missing {
		p.step(blueprint.SectionExtensions, e.Name, WriteExtensions, Step{
			Subject: "extension property " + e.Name, New: shape(e.DataType, e.TargetObjects, e.MultiValued), WaitsFor: "values can be written",
		})
	}
	if p.b.Extensions.Prune {
		return p.unlisted(wanted)
	}
	return nil
}

// unlisted plans the deletion of properties that the file does not list.
func (p *planner) unlisted(wanted []extattr.Extension) error {
	for _, e := range p.surplus(wanted) {
		if e.IsSyncedFromOnPremises {
			return extattr.Synced(e.Name)
		}
		short, _ := extattr.Short(p.App.AppID, e.Name)
		p.step(blueprint.SectionExtensions, "remove/"+short, WriteRemoval, Step{
			Verb: Remove, Subject: "extension property " + short, Old: shape(e.DataType, e.TargetObjects, e.IsMultiValued),
			Risks: []Risk{{Name: RiskDeletion, What: "the extension property " + short + " is deleted, and what users have of it can be read no longer"}},
		})
	}
	return nil
}

// surplus are the properties that the application has beside those wanted.
func (k *State) surplus(wanted []extattr.Extension) []applications.ExtensionProperty {
	all := slices.DeleteFunc(slices.Clone(k.Extensions), func(e applications.ExtensionProperty) bool {
		return slices.ContainsFunc(wanted, func(w extattr.Extension) bool { return k.fullName(w.Name) == e.Name })
	})
	slices.SortStableFunc(all, func(a, b applications.ExtensionProperty) int { return cmp.Compare(a.Name, b.Name) })
	return all
}

// shape is a property in words.
func shape(dataType string, targets []string, several bool) string {
	text := dataType + " for " + strings.Join(targets, ", ")
	if several {
		return "multi-valued " + text
	}
	return text
}

// soon are the properties that there are, and those that the file lists, as if
// they were there.
func (k *State) soon(b blueprint.Blueprint) []applications.ExtensionProperty {
	all := slices.Clone(k.Extensions)
	wanted, err := wantedExtensions(b.Extensions)
	if err != nil {
		return all
	}
	for _, w := range wanted {
		full := k.fullName(w.Name)
		if !slices.ContainsFunc(all, func(e applications.ExtensionProperty) bool { return e.Name == full }) {
			all = append(all, applications.ExtensionProperty{Name: full, DataType: w.DataType, TargetObjects: w.TargetObjects, IsMultiValued: w.MultiValued})
		}
	}
	return all
}

// values are written when users do not have them.
func (p *planner) values(context.Context) error {
	if err := p.lacking(users(p.b.Values)); err != nil {
		return err
	}
	have := extattr.From(p.App.AppID, p.soon(p.b))
	for _, name := range users(p.b.Values) {
		changes, err := extattr.Differing(p.App, have, p.State.users[name], p.b.Values[name])
		if err != nil {
			return err
		}
		for _, c := range changes {
			p.step(blueprint.SectionValues, name+"/"+c.Name, WriteValues, Step{Subject: name + ": " + c.Name, Old: c.Old, New: c.New})
		}
	}
	return nil
}

// users are those who are named, sorted.
func users(v blueprint.Values) []string {
	names := make([]string, 0, len(v))
	for name := range v {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
