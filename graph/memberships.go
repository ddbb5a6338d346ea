package graph

import (
	"context"
)

// Memberships lists the groups that a user is in, also through other groups:
// the direct ones are among them. Of each, SecurityEnabled tells whether it can
// assign. See https://learn.microsoft.com/graph/api/user-list-transitivememberof.
func (c *Client) Memberships(ctx context.Context, userID string) ([]Group, error) {
	type membership struct {
		entity
		DisplayName     string   `json:"displayName"`
		SecurityEnabled bool     `json:"securityEnabled"`
		GroupTypes      []string `json:"groupTypes"`
		Type            string   `json:"@odata.type"`
	}
	found, err := list[membership](ctx, c, OpReadGroups, with(at("users", userID, "transitiveMemberOf"),
		"$select", groupProperties, "$top", largestPage))
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
