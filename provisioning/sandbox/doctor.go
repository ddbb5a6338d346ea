package sandbox

import (
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// administrator is who every token speaks for.
const administrator = "elsie"

// selfRoutes tell who works in the tenant, what they own and what the tenant
// has subscribed to.
func (t *Tenant) selfRoutes() []route {
	return []route{
		on(get, "me", withMe(getUser)),
		on(get, "me/transitiveMemberOf", withMe(ownMemberships)),
		on(get, "applications/{app}/owners", withApplication(listOwners)),
		on(get, "servicePrincipals/{sp}/owners", withServicePrincipal(listOwners)),
		on(get, "subscribedSkus", listSubscriptions),
	}
}

func withMe(f func(*odata.Call, *state, *user) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		u := s.user(userID(administrator))
		if u == nil {
			return odata.NotFound(userID(administrator))
		}
		return f(c, s, u)
	}
}

// ownMemberships are the groups of the administrator, and one role.
// https://learn.microsoft.com/graph/api/user-list-transitivememberof
func ownMemberships(c *odata.Call, s *state, u *user) *odata.Answer {
	items := []odata.Object{{
		"@odata.type": "#microsoft.graph.directoryRole", "id": odata.IDOf("role/Cloud Application Administrator"), "deletedDateTime": nil,
		"displayName": "Cloud Application Administrator", "roleTemplateId": "158c047a-c907-4556-b7ef-446551a6b5f7",
		"description": "Can create and manage all aspects of app registrations and enterprise apps except App Proxy.",
	}}
	for _, g := range s.Groups {
		for _, member := range transitive(s, g) {
			if member == u.ID {
				item := s.groupView(g)
				item["@odata.type"] = "#microsoft.graph.group"
				items = append(items, item)
			}
		}
	}
	r := groupResource()
	r.Properties = append(r.Properties, "roleTemplateId")
	return r.List(c, "directoryObjects", items)
}

// listOwners shows the administrator as owner of what is the tenant's own: who
// makes an application owns it.
// https://learn.microsoft.com/graph/api/application-list-owners
func listOwners(c *odata.Call, s *state, a *app) *odata.Answer {
	var items []odata.Object
	if u := s.user(userID(administrator)); u != nil && a.Owner == "" {
		item := s.view(u)
		item["@odata.type"] = "#microsoft.graph.user"
		items = append(items, item)
	}
	r := userResource()
	return r.List(c, "directoryObjects", items)
}

// listSubscriptions shows Entra ID P2, which holds P1.
// https://learn.microsoft.com/graph/api/subscribedsku-list
func listSubscriptions(c *odata.Call, s *state) *odata.Answer {
	plan := func(id, name string) odata.Object {
		return odata.Object{"servicePlanId": id, "servicePlanName": name, "provisioningStatus": "Success", "appliesTo": "User"}
	}
	const sku = "84a661c4-e949-4bd2-a560-ed7766fcaf2b"
	r := odata.Resource{
		Kind: "microsoft.graph.subscribedSku", Label: "SubscribedSku",
		Properties: strings.Fields("accountId accountName appliesTo capabilityStatus consumedUnits id prepaidUnits servicePlans skuId skuPartNumber subscriptionIds"),
	}
	return r.List(c, "subscribedSkus", []odata.Object{{
		"id": s.TenantID + "_" + sku, "accountId": s.TenantID, "accountName": "Contoso", "appliesTo": "User", "capabilityStatus": "Enabled",
		"consumedUnits": len(s.Users), "prepaidUnits": odata.Object{"enabled": 100, "lockedOut": 0, "suspended": 0, "warning": 0},
		"servicePlans": []odata.Object{
			plan("41781fb2-bc02-4b7c-bd55-b576c07bb09d", "AAD_PREMIUM"),
			plan("eec0eb4f-6444-4f95-aba0-50c24d67f998", "AAD_PREMIUM_P2"),
		},
		"skuId": sku, "skuPartNumber": "AAD_PREMIUM_P2", "subscriptionIds": []string{odata.IDOf("subscription/P2")},
	}})
}
