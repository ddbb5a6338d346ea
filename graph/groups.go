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
	if isGUID(nameOrID) {
		group, err := get[Group](ctx, c, OpReadGroups, with(at("groups", nameOrID), "$select", groupProperties))
		if !IsNotFound(err) {
			return group, err
		}
	}
	found, err := list[Group](ctx, c, OpReadGroups, with("/groups",
		"$filter", "displayName eq "+literal(nameOrID), "$select", groupProperties))
	if err != nil {
		return Group{}, err
	}
	return one(ctx, c, "group", nameOrID, found, Group.match, "groups")
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
	type object struct {
		Member
		Type string `json:"@odata.type"`
	}
	found, err := list[object](ctx, c, OpReadGroups, with(at("groups", groupID, "members"),
		"$select", "id,displayName,userPrincipalName", "$top", largestPage))
	if err != nil {
		return nil, err
	}
	members := make([]Member, len(found))
	for i, o := range found {
		members[i] = o.Member
		members[i].Type = strings.TrimPrefix(o.Type, "#microsoft.graph.")
	}
	return members, nil
}
