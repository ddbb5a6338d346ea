package directory

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// Missing names the member without which an answer has no content.
func (g Group) Missing() string { return graph.RequireID(g.ID) }

// Missing names the member without which an answer has no content.
func (m Member) Missing() string { return graph.RequireID(m.ID) }

// counted is an answer that is read for its count alone.
type counted struct {
	Count *int `json:"@odata.count"`
}

// Missing names the member without which an answer has no content.
func (c counted) Missing() string {
	if c.Count == nil {
		return "@odata.count"
	}
	return ""
}

// A Group is a group of the tenant. See
// https://learn.microsoft.com/graph/api/resources/group.
type Group struct {
	ID              string   `json:"id"`
	DisplayName     string   `json:"displayName"`
	SecurityEnabled bool     `json:"securityEnabled"` // only such groups can be assigned
	GroupTypes      []string `json:"groupTypes"`      // DynamicMembership, Unified
	// Values holds what else was selected and is set, as [User.Values] does.
	Values map[string]any `json:"-"`
}

const groupProperties = "id,displayName,securityEnabled,groupTypes"

// UnmarshalJSON keeps what has no field in Values.
func (g *Group) UnmarshalJSON(data []byte) (err error) {
	type fields Group
	if err := json.Unmarshal(data, (*fields)(g)); err != nil {
		return err
	}
	g.Values, err = odata.Members(data, groupProperties)
	return err
}

// FindGroup finds a group by its exact display name or object id.
func FindGroup(ctx context.Context, c *graph.Client, nameOrID string) (Group, error) {
	groups, errs := FindGroups(ctx, c, []string{nameOrID})
	return groups[0], errs[0]
}

// FindGroups does for several names what [FindGroup] does for one,
// twenty in one request. Each has an error of its own, nil when the group was
// found.
func FindGroups(ctx context.Context, c *graph.Client, namesOrIDs []string) (groups []Group, errs []error) {
	groups, errs = groupsAt(ctx, c, namesOrIDs)
	var open []int
	var paths []string
	for i, name := range namesOrIDs {
		if graph.IsNotFound(errs[i]) {
			open = append(open, i)
			paths = append(paths, odata.Query("/groups", "$filter", "displayName eq "+odata.Literal(name), "$select", groupProperties))
		}
	}
	found, failed := graph.ListEach[Group](ctx, c, graph.OpReadGroups, paths)
	for n, i := range open {
		if errs[i] = failed[n]; errs[i] == nil {
			groups[i], errs[i] = graph.Choose(ctx, c, "group", namesOrIDs[i], found[n], Group.match, "groups")
		}
	}
	return groups, errs
}

// groupsAt reads the groups whose id is given; what is no id is not found.
func groupsAt(ctx context.Context, c *graph.Client, ids []string) (groups []Group, errs []error) {
	groups, errs = make([]Group, len(ids)), make([]error, len(ids))
	var open []int
	var paths []string
	for i, id := range ids {
		errs[i] = &graph.NotFoundError{Kind: "group", Name: id}
		if odata.IsGUID(id) {
			open, paths = append(open, i), append(paths, odata.Query(odata.Path("groups", id), "$select", groupProperties))
		}
	}
	found, failed := graph.ReadEach[Group](ctx, c, graph.OpReadGroups, paths, nil)
	for n, i := range open {
		groups[i], errs[i] = found[n], failed[n]
	}
	return groups, errs
}

func (g Group) match() graph.Match {
	return graph.Match{Name: g.DisplayName, ID: g.ID, Detail: strings.Join(g.GroupTypes, ", ")}
}

// A Member is a direct member of a group.
type Member struct {
	ID                string `json:"id"`
	Type              string `json:"type"` // user, group, or the name of another type
	DisplayName       string `json:"displayName"`
	UserPrincipalName string `json:"userPrincipalName"` // "" for others than users
}

// ListMembers lists the direct members of a group, which are all that
// provisioning looks at: it does not go into groups within groups.
func ListMembers(ctx context.Context, c *graph.Client, groupID string) ([]Member, error) {
	lists, err := MembersOf(ctx, c, []string{groupID})
	if err != nil {
		return nil, err
	}
	return lists[0], nil
}

// MembersOf lists the direct members of each of several groups, twenty groups
// in one request.
func MembersOf(ctx context.Context, c *graph.Client, groupIDs []string) ([][]Member, error) {
	return members(ctx, c, groupIDs, "members")
}

// MembersWithin does what [MembersOf] does as long as that takes fewer
// than a number of further pages of 999 members; all tells whether it did.
func MembersWithin(ctx context.Context, c *graph.Client, groupIDs []string, pages int) (lists [][]Member, all bool, err error) {
	all = true
	lists, err = membersUpTo(ctx, c, groupIDs, func() bool {
		pages--
		all = all && pages >= 0
		return all
	}, "members")
	return lists, all, err
}

// NestedGroups lists the groups among the direct members of each of several
// groups.
func NestedGroups(ctx context.Context, c *graph.Client, groupIDs []string) ([][]Member, error) {
	return members(ctx, c, groupIDs, "members", "microsoft.graph.group")
}

// AllUsersOf lists the users among the direct members of each of several
// groups and those of the groups within, however deep. See
// https://learn.microsoft.com/graph/api/group-list-transitivemembers.
func AllUsersOf(ctx context.Context, c *graph.Client, groupIDs []string) ([][]Member, error) {
	return members(ctx, c, groupIDs, "transitiveMembers", "microsoft.graph.user")
}

// members reads members of groups; a last segment that names a type leaves the
// others out, and Type may be "" then.
func members(ctx context.Context, c *graph.Client, groupIDs []string, segments ...string) ([][]Member, error) {
	return membersUpTo(ctx, c, groupIDs, func() bool { return true }, segments...)
}

// membersUpTo asks more before each page that follows a first one.
func membersUpTo(ctx context.Context, c *graph.Client, groupIDs []string, more func() bool, segments ...string) ([][]Member, error) {
	type object struct {
		Member
		Type string `json:"@odata.type"`
	}
	chosen := "id,displayName,userPrincipalName"
	if segments[len(segments)-1] == "microsoft.graph.group" { // which has no such property
		chosen = "id,displayName"
	}
	paths := make([]string, len(groupIDs))
	for i, id := range groupIDs {
		paths[i] = odata.Query(odata.Path(append([]string{"groups", id}, segments...)...), "$select", chosen, "$top", graph.LargestPage)
	}
	found, errs := graph.ListEachWhile[object](ctx, c, graph.OpReadGroups, paths, more)
	lists := make([][]Member, len(groupIDs))
	for i, objects := range found {
		lists[i] = make([]Member, len(objects))
		for n, o := range objects {
			lists[i][n] = o.Member
			lists[i][n].Type = strings.TrimPrefix(o.Type, "#microsoft.graph.")
		}
	}
	return lists, cmp.Or(errs...)
}

// CountMembers counts the direct members of each of several groups, of
// whatever type. The counts come from an index that lags a little behind:
// https://learn.microsoft.com/graph/aad-advanced-queries.
func CountMembers(ctx context.Context, c *graph.Client, groupIDs []string) ([]int, error) {
	paths := make([]string, len(groupIDs))
	for i, id := range groupIDs {
		paths[i] = odata.Query(odata.Path("groups", id, "members"), "$count", "true", "$top", "1", "$select", "id")
	}
	answers, errs := graph.ReadEach[counted](ctx, c, graph.OpReadGroups, paths, map[string]string{"ConsistencyLevel": "eventual"})
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	counts := make([]int, len(groupIDs))
	for i, answer := range answers {
		counts[i] = *answer.Count
	}
	return counts, nil
}

// Memberships lists the groups that a user is in, also through other groups:
// the direct ones are among them. Of each, SecurityEnabled tells whether it can
// assign. See https://learn.microsoft.com/graph/api/user-list-transitivememberof.
func Memberships(ctx context.Context, c *graph.Client, userID string) ([]Group, error) {
	type membership struct {
		graph.Entity
		DisplayName     string   `json:"displayName"`
		SecurityEnabled bool     `json:"securityEnabled"`
		GroupTypes      []string `json:"groupTypes"`
		Type            string   `json:"@odata.type"`
	}
	found, err := graph.List[membership](ctx, c, graph.OpReadGroups, odata.Query(odata.Path("users", userID, "transitiveMemberOf"),
		"$select", groupProperties, "$top", graph.LargestPage))
	if err != nil {
		return nil, err
	}
	groups := []Group{}
	for _, m := range found {
		if m.Type == "" || m.Type == "#microsoft.graph.group" { // the others are administrative units and directory roles
			groups = append(groups, Group{ID: m.ID, DisplayName: m.DisplayName, SecurityEnabled: m.SecurityEnabled, GroupTypes: m.GroupTypes})
		}
	}
	return groups, nil
}
