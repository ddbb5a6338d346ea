package graph

import (
	"cmp"
	"context"
)

// An Owner may change an application: a user, or a service principal, of which
// Name is all that was readable. See
// https://learn.microsoft.com/graph/api/application-list-owners.
type Owner struct {
	ID   string
	Name string // user principal name, else display name; "" when the caller may not read it
	User bool   // and not an application
}

// ApplicationOwners lists who owns an application, by its object id.
func (c *Client) ApplicationOwners(ctx context.Context, applicationID string) ([]Owner, error) {
	return c.owners(ctx, at("applications", applicationID, "owners"))
}

// ServicePrincipalOwners lists who owns a service principal. Owners of the
// application need not be among them.
func (c *Client) ServicePrincipalOwners(ctx context.Context, servicePrincipalID string) ([]Owner, error) {
	return c.owners(ctx, at("servicePrincipals", servicePrincipalID, "owners"))
}

func (c *Client) owners(ctx context.Context, path string) ([]Owner, error) {
	found, err := list[struct {
		Type string `json:"@odata.type"`
		entity
		UPN         string `json:"userPrincipalName"`
		DisplayName string `json:"displayName"`
	}](ctx, c, OpReadOwners, path)
	owners := make([]Owner, len(found))
	for i, o := range found {
		owners[i] = Owner{ID: o.ID, Name: cmp.Or(o.UPN, o.DisplayName), User: o.Type == "#microsoft.graph.user"}
	}
	return owners, err
}
