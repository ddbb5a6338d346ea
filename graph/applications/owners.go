package applications

import (
	"cmp"
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// An Owner may change an application: a user, or a service principal, of which
// Name is all that was readable. See
// https://learn.microsoft.com/graph/api/application-list-owners.
type Owner struct {
	ID   string
	Name string // user principal name, else display name; "" when the caller may not read it
	User bool   // and not an application
}

// OwnersOfApplication lists who owns an application, by its object id.
func OwnersOfApplication(ctx context.Context, c *graph.Client, applicationID string) ([]Owner, error) {
	return owners(ctx, c, odata.Path("applications", applicationID, "owners"))
}

// OwnersOfServicePrincipal lists who owns a service principal. Owners of the
// application need not be among them.
func OwnersOfServicePrincipal(ctx context.Context, c *graph.Client, servicePrincipalID string) ([]Owner, error) {
	return owners(ctx, c, odata.Path("servicePrincipals", servicePrincipalID, "owners"))
}

func owners(ctx context.Context, c *graph.Client, path string) ([]Owner, error) {
	found, err := graph.List[struct {
		Type string `json:"@odata.type"`
		graph.Entity
		UPN         string `json:"userPrincipalName"`
		DisplayName string `json:"displayName"`
	}](ctx, c, graph.OpReadOwners, path)
	owners := make([]Owner, len(found))
	for i, o := range found {
		owners[i] = Owner{ID: o.ID, Name: cmp.Or(o.UPN, o.DisplayName), User: o.Type == "#microsoft.graph.user"}
	}
	return owners, err
}
