package sandbox_test

import (
	"testing"

	"github.com/scimctl/scimctl/provisioning/sandbox"
)

func TestSomebodyWorksInTheTenantWithARole(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	me := s.must(200, "GET", "/me?$select=id,userPrincipalName", nil)
	if me.body["userPrincipalName"] != "elsie@contoso.com" || me.body["id"] == nil {
		t.Errorf("GET /me: %s", me.text)
	}
	member := s.must(200, "GET", "/me/transitiveMemberOf?$select=id,displayName", nil).list()
	if first := member[0]; first["@odata.type"] != "#microsoft.graph.directoryRole" || first["displayName"] != "Cloud Application Administrator" {
		t.Errorf("the first membership is %v", first)
	}
}

func TestWhatIsTheTenantsOwnHasAnOwner(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	mine := s.must(200, "GET", "/servicePrincipals/ec96549e-379c-5dcd-a91e-c50cb2200faf/owners", nil).list()
	if len(mine) != 1 {
		t.Errorf("Workato has the owners %v", mine)
	}
	theirs := s.must(200, "GET", "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/owners", nil).list()
	if len(theirs) != 0 {
		t.Errorf("Microsoft Graph has the owners %v", theirs)
	}
}

func TestSubscriptionsHaveServicePlans(t *testing.T) {
	t.Parallel()
	s := newTenant(t, sandbox.WithLag(0))
	skus := s.must(200, "GET", "/subscribedSkus?$select=capabilityStatus,servicePlans", nil).list()
	plans, _ := skus[0]["servicePlans"].([]any)
	if sku := skus[0]; sku["capabilityStatus"] != "Enabled" || len(plans) != 2 {
		t.Errorf("%v", sku)
	}
	s.must(400, "GET", "/subscribedSkus?$filter=appliesTo%20eq%20'User'", nil)
}
