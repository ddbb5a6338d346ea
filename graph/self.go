package graph

import (
	"context"
)

// Me reads the person who is signed in. For an application Graph has nobody
// there and answers with an [*Error].
func (c *Client) Me(ctx context.Context) (User, error) {
	return get[User](ctx, c, OpReadSelf, with("/me", "$select", "id,displayName,userPrincipalName"))
}

// OwnDirectoryRoles lists the names of the directory roles that the person who
// is signed in holds now, also through groups. A role that has to be activated
// first is not among them. Asking for roles alone would be an advanced query,
// whose index lags behind:
// https://learn.microsoft.com/graph/api/user-list-transitivememberof.
func (c *Client) OwnDirectoryRoles(ctx context.Context) ([]string, error) {
	found, err := list[struct {
		entity
		Type        string `json:"@odata.type"`
		DisplayName string `json:"displayName"`
	}](ctx, c, OpReadSelf, with("/me/transitiveMemberOf", "$select", "id,displayName", "$top", largestPage))
	roles := []string{}
	for _, m := range found {
		if m.Type == "#microsoft.graph.directoryRole" {
			roles = append(roles, m.DisplayName)
		}
	}
	return roles, err
}
