package provisioning

import (
	"context"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
)

// principalsOf are the ids of the principals of a type that are assigned
// themselves, each once and sorted.
func principalsOf(rows []graph.Assignment, kind string) []string {
	var ids []string
	for _, row := range rows {
		if row.PrincipalType == kind {
			ids = append(ids, row.PrincipalID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// AssignedUsers are the ids of the users who are assigned, or direct members of
// a group that is: the service goes no deeper.
// https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#scoping
func AssignedUsers(ctx context.Context, client *graph.Client, rows []graph.Assignment) ([]string, error) {
	members, err := ofGroups(ctx, client, principalsOf(rows, "Group"), client.MembersOf)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, id := range principalsOf(rows, "User") {
		ids[id] = true
	}
	for _, list := range members {
		for _, m := range usersAmong(list) {
			ids[m.ID] = true
		}
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// ofGroups asks for what belongs to groups, and returns it by their ids. A group
// that is deleted, but still assigned, is left out.
func ofGroups[R any](ctx context.Context, client *graph.Client, ids []string, ask func(context.Context, []string) ([]R, error)) (map[string]R, error) {
	found, err := parallel.Batches(ctx, perBatch, ids, ask)
	if graph.IsNotFound(err) {
		groups, failed := client.GroupsByID(ctx, ids)
		if ids, err = nil, failed; err == nil {
			for _, g := range groups {
				ids = append(ids, g.ID)
			}
			found, err = parallel.Batches(ctx, perBatch, ids, ask)
		}
	}
	if err != nil {
		return nil, err
	}
	of := map[string]R{}
	for i, id := range ids {
		of[id] = found[i]
	}
	return of, nil
}
