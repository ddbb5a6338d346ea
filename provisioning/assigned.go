package provisioning

import (
	"context"
	"maps"
	"slices"
	"sync/atomic"

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
	return slices.Sorted(maps.Keys(each(principalsOf(rows, "User"), members))), nil
}

// A Reach is how many users assignments bring in, each counted once.
type Reach struct {
	Users  int
	AtMost bool // an upper bound: the groups are too large to be compared
}

// mostMemberPages bounds how many further pages of members are read for twenty
// groups, so that a question does not take hundreds of requests.
const mostMemberPages = 20

// ReachOf counts the users who are assigned and the users among the direct
// members of groups that are, each once. Other principals do not count: nothing
// provisions them. Of large groups the members are only counted.
func ReachOf(ctx context.Context, client *graph.Client, rows []graph.Assignment) (Reach, error) {
	var partial atomic.Bool
	groups := principalsOf(rows, "Group")
	members, err := ofGroups(ctx, client, groups, func(ctx context.Context, some []string) ([][]graph.Member, error) {
		lists, all, err := client.MembersWithin(ctx, some, mostMemberPages)
		if !all {
			partial.Store(true)
		}
		return lists, err
	})
	users := principalsOf(rows, "User")
	if err != nil {
		return Reach{Users: len(users)}, err
	}
	if !partial.Load() {
		return Reach{Users: len(each(users, members))}, nil
	}
	reach := Reach{Users: len(users), AtMost: true}
	counts, err := ofGroups(ctx, client, groups, client.CountMembers)
	for _, n := range counts {
		reach.Users += n
	}
	return reach, err
}

// each are the ids of users and of the users among members, each once.
func each(users []string, members map[string][]graph.Member) map[string]bool {
	ids := map[string]bool{}
	for _, id := range users {
		ids[id] = true
	}
	for _, list := range members {
		for _, m := range usersAmong(list) {
			ids[m.ID] = true
		}
	}
	return ids
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
