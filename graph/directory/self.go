package directory

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// Me reads the person who is signed in. For an application Graph has nobody
// there and answers with an [*graph.Error].
func Me(ctx context.Context, c *graph.Client) (User, error) {
	return graph.Get[User](ctx, c, graph.OpReadSelf, odata.Query("/me", "$select", "id,displayName,userPrincipalName"))
}

// OwnDirectoryRoles lists the names of the directory roles that the person who
// is signed in holds now, also through groups. A role that has to be activated
// first is not among them. Asking for roles alone would be an advanced query,
// whose index lags behind:
// https://learn.microsoft.com/graph/api/user-list-transitivememberof.
func OwnDirectoryRoles(ctx context.Context, c *graph.Client) ([]string, error) {
	found, err := graph.List[struct {
		graph.Entity
		Type        string `json:"@odata.type"`
		DisplayName string `json:"displayName"`
	}](ctx, c, graph.OpReadSelf, odata.Query("/me/transitiveMemberOf", "$select", "id,displayName", "$top", graph.LargestPage))
	roles := []string{}
	for _, m := range found {
		if m.Type == "#microsoft.graph.directoryRole" {
			roles = append(roles, m.DisplayName)
		}
	}
	return roles, err
}

// Service plans of Entra ID, by the names that Graph gives them. See
// https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference.
const (
	PlanP1 = "AAD_PREMIUM"    // group assignment, longer logs
	PlanP2 = "AAD_PREMIUM_P2" // all of P1 too
)

// ServicePlans lists the names of the service plans that the tenant can use
// now, each once: those that are not switched off, of subscriptions that are
// enabled or about to end. See https://learn.microsoft.com/graph/api/subscribedsku-list.
func ServicePlans(ctx context.Context, c *graph.Client) ([]string, error) {
	found, err := graph.List[struct {
		CapabilityStatus string `json:"capabilityStatus"` // Enabled, Warning, Suspended, Deleted, LockedOut
		ServicePlans     []struct {
			Name   string `json:"servicePlanName"`
			Status string `json:"provisioningStatus"` // Success, Disabled, PendingInput, …
		} `json:"servicePlans"`
	}](ctx, c, graph.OpReadSubscriptions, odata.Query("/subscribedSkus", "$select", "capabilityStatus,servicePlans"))
	plans, seen := []string{}, map[string]bool{}
	for _, sku := range found {
		if sku.CapabilityStatus != "Enabled" && sku.CapabilityStatus != "Warning" {
			continue
		}
		for _, plan := range sku.ServicePlans {
			if plan.Status != "Disabled" && !seen[plan.Name] {
				seen[plan.Name] = true
				plans = append(plans, plan.Name)
			}
		}
	}
	return plans, err
}
