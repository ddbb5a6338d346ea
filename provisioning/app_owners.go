package provisioning

import (
	"slices"

	"github.com/scimctl/scimctl/graph"
)

// An AppOwner may change an application. An application that works with the
// permission Application.ReadWrite.OwnedBy has to own both of its objects.
type AppOwner struct {
	ID                 string `json:"id"`
	Name               string `json:"name,omitempty"` // user principal name, or name of an application; "" when it may not be read
	Type               string `json:"type"`           // User or Application
	OfApplication      bool   `json:"ofApplication"`
	OfServicePrincipal bool   `json:"ofServicePrincipal"`
}

// ownersView joins the owners of the application and of its service principal.
func ownersView(ofApplication, ofServicePrincipal []graph.Owner) []AppOwner {
	owners := []AppOwner{}
	find := func(o graph.Owner) *AppOwner {
		at := slices.IndexFunc(owners, func(have AppOwner) bool { return have.ID == o.ID })
		if at < 0 {
			owner := AppOwner{ID: o.ID, Name: o.Name, Type: "Application"}
			if o.User {
				owner.Type = "User"
			}
			at = len(owners)
			owners = append(owners, owner)
		}
		return &owners[at]
	}
	for _, o := range ofApplication {
		find(o).OfApplication = true
	}
	for _, o := range ofServicePrincipal {
		find(o).OfServicePrincipal = true
	}
	return owners
}
