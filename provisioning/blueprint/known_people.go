package blueprint

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
)

// people looks up the users whom the file names.
func (r reader) people(ctx context.Context) error {
	names := map[string]bool{}
	selects := map[string]bool{}
	if r.wants(SectionAssignments) {
		for _, a := range r.b.Assignments.Users {
			names[a.Name] = true
		}
	}
	if r.wants(SectionValues) {
		for user, values := range r.b.Values {
			names[user] = true
			for name := range values {
				full := r.fullName(name)
				selects[full] = slices.ContainsFunc(r.known.extensions, func(e applications.ExtensionProperty) bool { return e.Name == full })
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
			r.mu.Lock()
			r.users[name] = found[i]
			r.mu.Unlock()
		} else if err := r.lack(name, errs[i], SectionAssignments, SectionValues); err != nil {
			return err
		}
	}
	return nil
}

// fullName completes the short name of a property.
func (k *known) fullName(name string) string {
	if _, own := extattr.Short(k.app.AppID, name); own {
		return name
	}
	return extattr.FullName(k.app.AppID, name)
}

// teams looks up the groups whom the file names.
func (r reader) teams(ctx context.Context) error {
	if !r.wants(SectionAssignments) || len(r.b.Assignments.Groups) == 0 {
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
		} else if err := r.lack(name, errs[i], SectionAssignments); err != nil {
			return err
		}
	}
	return nil
}

// lack notes a name that nobody has; all of them are told together.
func (r reader) lack(name string, err error, sections ...Section) error {
	if !graph.IsNotFound(err) {
		return r.fail(err, sections...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missing = append(r.missing, provisioning.Failure{Name: name, Err: err})
	return nil
}

// isID reports whether a name is written as an object id.
func isID(name string) bool {
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
