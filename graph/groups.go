package graph

import (
	"context"
	"encoding/json"
	"strings"
)

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
	g.Values, err = rest(data, groupProperties)
	return err
}

// FindGroup finds a group by its exact display name or object id.
func (c *Client) FindGroup(ctx context.Context, nameOrID string) (Group, error) {
	groups, errs := c.FindGroups(ctx, []string{nameOrID})
	return groups[0], errs[0]
}

// FindGroups does for several names what [Client.FindGroup] does for one,
// twenty in one request. Each has an error of its own, nil when the group was
// found.
func (c *Client) FindGroups(ctx context.Context, namesOrIDs []string) (groups []Group, errs []error) {
	groups, errs = c.groupsAt(ctx, namesOrIDs)
	var open []int
	var paths []string
	for i, name := range namesOrIDs {
		if IsNotFound(errs[i]) {
			open = append(open, i)
			paths = append(paths, with("/groups", "$filter", "displayName eq "+literal(name), "$select", groupProperties))
		}
	}
	found, failed := listEach[Group](ctx, c, OpReadGroups, paths)
	for n, i := range open {
		if errs[i] = failed[n]; errs[i] == nil {
			groups[i], errs[i] = one(ctx, c, "group", namesOrIDs[i], found[n], Group.match, "groups")
		}
	}
	return groups, errs
}

// groupsAt reads the groups whose id is given; what is no id is not found.
func (c *Client) groupsAt(ctx context.Context, ids []string) (groups []Group, errs []error) {
	groups, errs = make([]Group, len(ids)), make([]error, len(ids))
	var open []int
	var paths []string
	for i, id := range ids {
		errs[i] = &NotFoundError{Kind: "group", Name: id}
		if isGUID(id) {
			open, paths = append(open, i), append(paths, with(at("groups", id), "$select", groupProperties))
		}
	}
	found, failed := readEach[Group](ctx, c, OpReadGroups, paths, nil)
	for n, i := range open {
		groups[i], errs[i] = found[n], failed[n]
	}
	return groups, errs
}

func (g Group) match() Match {
	return Match{Name: g.DisplayName, ID: g.ID, Detail: strings.Join(g.GroupTypes, ", ")}
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
func (c *Client) ListMembers(ctx context.Context, groupID string) ([]Member, error) {
	lists, err := c.MembersOf(ctx, []string{groupID})
	if err != nil {
		return nil, err
	}
	return lists[0], nil
}

// MembersOf lists the direct members of each of several groups, twenty groups
// in one request.
func (c *Client) MembersOf(ctx context.Context, groupIDs []string) ([][]Member, error) {
	return c.members(ctx, groupIDs, "members")
}

// MembersWithin does what [Client.MembersOf] does as long as that takes fewer
// than a number of further pages of 999 members; all tells whether it did.
func (c *Client) MembersWithin(ctx context.Context, groupIDs []string, pages int) (lists [][]Member, all bool, err error) {
	all = true
	lists, err = c.membersUpTo(ctx, groupIDs, func() bool {
		pages--
		all = all && pages >= 0
		return all
	}, "members")
	return lists, all, err
}

// NestedGroups lists the groups among the direct members of each of several
// groups.
func (c *Client) NestedGroups(ctx context.Context, groupIDs []string) ([][]Member, error) {
	return c.members(ctx, groupIDs, "members", "microsoft.graph.group")
}

// AllUsersOf lists the users among the direct members of each of several
// groups and those of the groups within, however deep. See
// https://learn.microsoft.com/graph/api/group-list-transitivemembers.
func (c *Client) AllUsersOf(ctx context.Context, groupIDs []string) ([][]Member, error) {
	return c.members(ctx, groupIDs, "transitiveMembers", "microsoft.graph.user")
}

// members reads members of groups; a last segment that names a type leaves the
// others out, and Type may be "" then.
func (c *Client) members(ctx context.Context, groupIDs []string, segments ...string) ([][]Member, error) {
	return c.membersUpTo(ctx, groupIDs, func() bool { return true }, segments...)
}

// membersUpTo asks more before each page that follows a first one.
func (c *Client) membersUpTo(ctx context.Context, groupIDs []string, more func() bool, segments ...string) ([][]Member, error) {
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
		paths[i] = with(at(append([]string{"groups", id}, segments...)...), "$select", chosen, "$top", largestPage)
	}
	found, errs := listEachWhile[object](ctx, c, OpReadGroups, paths, more)
	lists := make([][]Member, len(groupIDs))
	for i, objects := range found {
		lists[i] = make([]Member, len(objects))
		for n, o := range objects {
			lists[i][n] = o.Member
			lists[i][n].Type = strings.TrimPrefix(o.Type, "#microsoft.graph.")
		}
	}
	return lists, firstOf(errs)
}

// CountMembers counts the direct members of each of several groups, of
// whatever type. The counts come from an index that lags a little behind:
// https://learn.microsoft.com/graph/aad-advanced-queries.
func (c *Client) CountMembers(ctx context.Context, groupIDs []string) ([]int, error) {
	paths := make([]string, len(groupIDs))
	for i, id := range groupIDs {
		paths[i] = with(at("groups", id, "members"), "$count", "true", "$top", "1", "$select", "id")
	}
	answers, errs := readEach[counted](ctx, c, OpReadGroups, paths, map[string]string{"ConsistencyLevel": "eventual"})
	if err := firstOf(errs); err != nil {
		return nil, err
	}
	counts := make([]int, len(groupIDs))
	for i, answer := range answers {
		counts[i] = *answer.Count
	}
	return counts, nil
}
