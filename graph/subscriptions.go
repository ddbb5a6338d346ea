package graph

import (
	"context"
)

// Service plans of Entra ID, by the names that Graph gives them. See
// https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference.
const (
	PlanP1 = "AAD_PREMIUM"    // group assignment, longer logs
	PlanP2 = "AAD_PREMIUM_P2" // all of P1 too
)

// ServicePlans lists the names of the service plans that the tenant can use
// now, each once: those that are not switched off, of subscriptions that are
// enabled or about to end. See https://learn.microsoft.com/graph/api/subscribedsku-list.
func (c *Client) ServicePlans(ctx context.Context) ([]string, error) {
	found, err := list[struct {
		CapabilityStatus string `json:"capabilityStatus"` // Enabled, Warning, Suspended, Deleted, LockedOut
		ServicePlans     []struct {
			Name   string `json:"servicePlanName"`
			Status string `json:"provisioningStatus"` // Success, Disabled, PendingInput, …
		} `json:"servicePlans"`
	}](ctx, c, OpReadSubscriptions, with("/subscribedSkus", "$select", "capabilityStatus,servicePlans"))
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
