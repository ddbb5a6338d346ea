package planning

import (
	"context"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// people looks up the users whom the file names.
func (r reader) people(ctx context.Context) error {
	names := map[string]bool{}
	selects := map[string]bool{}
	if r.wants(blueprint.SectionAssignments) {
		for _, a := range r.b.Assignments.Users {
			names[a.Name] = true
		}
	}
	if r.wants(blueprint.SectionValues) {
		for user, values := range r.b.Values {
			names[user] = true
			for name := range values {
				full := r.fullName(name)
				selects[full] = slices.ContainsFunc(r.Extensions, func(e applications.ExtensionProperty) bool { return e.Name == full })
			}
		}
	}
	maps.DeleteFunc(selects, func(_ string, there bool) bool { return !there })
	sorted := slices.Sorted(maps.Keys(names))
	if len(sorted) == 0 {
		return nil
	}
	properties := slices.Sorted(maps.Keys(selects))
	if len(sorted) <= fewPeople {
		return r.lookUp(ctx, sorted, properties)
	}
	parts := slices.Chunk(sorted, (len(sorted)+lookUps-1)/lookUps)
	return parallel.Each(ctx, slices.Collect(parts), func(ctx context.Context, names []string) error {
		return r.lookUp(ctx, names, properties)
	})
}

// lookUps is how many parts of a long list of users are looked up in parallel.
const lookUps = 4

// fewPeople are found with one request.
const fewPeople = 20

func (r reader) lookUp(ctx context.Context, names, selects []string) error {
	found, errs := directory.FindUsers(ctx, r.Graph, names, selects...)
	for i, name := range names {
		if errs[i] == nil {
			r.Mu.Lock()
			r.users[name] = found[i]
			r.Mu.Unlock()
		} else if err := r.lack(name, errs[i], blueprint.SectionAssignments, blueprint.SectionValues); err != nil {
			return err
		}
	}
	return nil
}

// fullName completes the short name of a property.
func (k *State) fullName(name string) string {
	if _, own := extattr.Short(k.App.AppID, name); own {
		return name
	}
	return extattr.FullName(k.App.AppID, name)
}

// teams looks up the groups whom the file names.
func (r reader) teams(ctx context.Context) error {
	if !r.wants(blueprint.SectionAssignments) || len(r.b.Assignments.Groups) == 0 {
		return nil
	}
	names := make([]string, len(r.b.Assignments.Groups))
	for i, a := range r.b.Assignments.Groups {
		names[i] = a.Name
	}
	found, errs := directory.FindGroups(ctx, r.Graph, names)
	for i, name := range names {
		if errs[i] == nil {
			r.groups[name] = found[i]
		} else if err := r.lack(name, errs[i], blueprint.SectionAssignments); err != nil {
			return err
		}
	}
	return nil
}

// lack notes a name that nobody has; all of them are told together.
func (r reader) lack(name string, err error, sections ...blueprint.Section) error {
	if !graph.IsNotFound(err) {
		return r.fail(err, sections...)
	}
	r.Mu.Lock()
	defer r.Mu.Unlock()
	r.missing = append(r.missing, provisioning.Failure{Name: name, Err: err})
	return nil
}

// IsID reports whether a name is written as an object id.
func IsID(name string) bool {
	const pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(name) != len(pattern) {
		return false
	}
	for i, r := range name {
		hex := r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
		if (pattern[i] == '-') != (r == '-') || pattern[i] == 'x' && !hex {
			return false
		}
	}
	return true
}
