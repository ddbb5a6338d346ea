package assignment

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning"
)

// PrincipalsOf are the ids of the principals of a type that are assigned
// themselves, each once and sorted.
func PrincipalsOf(rows []applications.Assignment, kind string) []string {
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
func AssignedUsers(ctx context.Context, client *graph.Client, rows []applications.Assignment) ([]string, error) {
	members, err := ofGroups(ctx, client, PrincipalsOf(rows, "Group"), directory.MembersOf)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(each(PrincipalsOf(rows, "User"), members))), nil
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
func ReachOf(ctx context.Context, client *graph.Client, rows []applications.Assignment) (Reach, error) {
	var partial atomic.Bool
	groups := PrincipalsOf(rows, "Group")
	members, err := ofGroups(ctx, client, groups, func(ctx context.Context, client *graph.Client, some []string) ([][]directory.Member, error) {
		lists, all, err := directory.MembersWithin(ctx, client, some, mostMemberPages)
		if !all {
			partial.Store(true)
		}
		return lists, err
	})
	users := PrincipalsOf(rows, "User")
	if err != nil {
		return Reach{Users: len(users)}, err
	}
	if !partial.Load() {
		return Reach{Users: len(each(users, members))}, nil
	}
	reach := Reach{Users: len(users), AtMost: true}
	counts, err := ofGroups(ctx, client, groups, directory.CountMembers)
	for _, n := range counts {
		reach.Users += n
	}
	return reach, err
}

// each are the ids of users and of the users among members, each once.
func each(users []string, members map[string][]directory.Member) map[string]bool {
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
func ofGroups[R any](
	ctx context.Context, client *graph.Client, ids []string, ask func(context.Context, *graph.Client, []string) ([]R, error),
) (map[string]R, error) {
	found, err := inBatches(ctx, client, ids, ask)
	if graph.IsNotFound(err) {
		groups, failed := directory.GroupsByID(ctx, client, ids)
		if ids, err = nil, failed; err == nil {
			for _, g := range groups {
				ids = append(ids, g.ID)
			}
			found, err = inBatches(ctx, client, ids, ask)
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

// inBatches asks about objects in batches of requests.
func inBatches[R any](
	ctx context.Context, client *graph.Client, ids []string, ask func(context.Context, *graph.Client, []string) ([]R, error),
) ([]R, error) {
	return parallel.Batches(ctx, provisioning.PerBatch, ids, func(ctx context.Context, some []string) ([]R, error) {
		return ask(ctx, client, some)
	})
}

// An Assignment gives a user or a group a role of an application.
type Assignment struct {
	ID          string    `json:"id"`
	Principal   string    `json:"principal"` // display name
	PrincipalID string    `json:"principalId"`
	Type        string    `json:"type"` // User, Group or ServicePrincipal
	Role        string    `json:"role"` // display name
	RoleID      string    `json:"roleId"`
	Created     time.Time `json:"created,omitzero"`

	// Of [List] alone; neither is there for a principal who is deleted.
	UserPrincipalName string `json:"userPrincipalName,omitempty"` // of a user
	Members           *int   `json:"members,omitempty"`           // of a group: its direct members, of whatever type
}

// DescribeAssignments are assignments as results show them.
func DescribeAssignments(app applications.App, rows []applications.Assignment) []Assignment {
	list := make([]Assignment, len(rows))
	for i, row := range rows {
		list[i] = Assignment{
			ID: row.ID, Principal: row.PrincipalDisplayName, PrincipalID: row.PrincipalID, Type: row.PrincipalType,
			Role: RoleName(app, row.AppRoleID), RoleID: row.AppRoleID, Created: row.CreatedDateTime,
		}
	}
	return list
}

// List lists who is assigned to an application. Direct members of
// an assigned group count as assigned and have no row of their own.
type List struct {
	Graph *graph.Client
	App   string
}

// Do returns the rows, groups first, then by name. It takes three requests, and
// one more for every 999 rows, 300 users and 20 groups.
func (l List) Do(ctx context.Context) ([]Assignment, error) {
	app, err := applications.Find(ctx, l.Graph, l.App)
	if err != nil {
		return nil, err
	}
	rows, err := applications.ListAssignments(ctx, l.Graph, app.ServicePrincipalID)
	if err != nil {
		return nil, err
	}
	list := DescribeAssignments(app, rows)
	var names map[string]string
	var counts map[string]int
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			names, err = namesOf(ctx, l.Graph, PrincipalsOf(rows, "User"))
			return err
		},
		func(ctx context.Context) (err error) {
			counts, err = ofGroups(ctx, l.Graph, PrincipalsOf(rows, "Group"), directory.CountMembers)
			return err
		},
	)
	for i, row := range list {
		list[i].UserPrincipalName = names[row.PrincipalID]
		if n, there := counts[row.PrincipalID]; there { // a group that is deleted has none
			list[i].Members = &n
		}
	}
	slices.SortStableFunc(list, func(a, b Assignment) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type),
			cmp.Compare(strings.ToLower(a.Principal), strings.ToLower(b.Principal)), cmp.Compare(a.Role, b.Role))
	})
	return list, err
}

// namesOf are the names that users sign in with, by their ids: several people
// can have the same display name.
func namesOf(ctx context.Context, client *graph.Client, ids []string) (map[string]string, error) {
	users, err := directory.UsersByID(ctx, client, ids)
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.UserPrincipalName
	}
	return names, err
}

// Rows reads who is assigned to an application, also to one that was
// made just now.
func Rows(ctx context.Context, client *graph.Client, app applications.App) (rows []applications.Assignment, err error) {
	err = applications.WhenReady(ctx, client, app, "the assignments of "+app.Name+" can be read", func(ctx context.Context) error {
		rows, err = applications.ListAssignments(ctx, client, app.ServicePrincipalID)
		return err
	})
	return rows, err
}
