package provisioning

import (
	"fmt"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// A Caution is something about credentials that works and may go wrong later.
type Caution struct {
	Code    CautionCode `json:"code"`
	Problem string      `json:"problem"`
	Remedy  remedy.List `json:"remedy,omitempty"`
	Hint    bool        `json:"hint"` // to be known, without a need to act
}

// A CautionCode names what a [Caution] is about. It stays the same.
type CautionCode string

// What there is to know of credentials.
const (
	CautionSize         CautionCode = "size"         // the service may not have the room
	CautionGalleryFlag  CautionCode = "galleryFlag"  // a flag on the URL that galleries' applications do not take
	CautionOnDemandFlag CautionCode = "onDemandFlag" // a flag on the URL that provision on demand passes over
	CautionNoFlag       CautionCode = "noFlag"       // the flag is missing where several roles may be sent
)

// storage is how much the service keeps of credentials and settings together:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-storage-limit.
const storage = 1024

// cautions looks at credentials together with what would be saved beside them.
// gallery says that a vendor's template made the application.
func cautions(app graph.App, gallery bool, whole secrets, with signIn) []Caution {
	found := []Caution{}
	total := 0
	for _, kv := range whole {
		total += len(kv.Value)
	}
	if total > storage {
		found = append(found, Caution{
			Code:    CautionSize,
			Problem: fmt.Sprintf("the token has %d bytes, with URL and settings %d: the service has room for about %d, which a certificate for single sign-on shares", len(with.secret()), total, storage),
			Remedy:  remedy.List{remedy.Advise("if saving fails, have a shorter token made, or use a second application for single sign-on")},
		})
	}
	return append(found, dialectCautions(app, gallery, with)...)
}

// dialectCautions are about aadOptscim062020, the flag with which the service
// follows the standard more closely. It is for non-gallery applications:
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-scim-compatibility.
func dialectCautions(app graph.App, gallery bool, with signIn) []Caution {
	_, dialect, err := scim.SplitTenantURL(with.url)
	switch {
	case err != nil:
		return nil
	case dialect == scim.Compliant && gallery:
		return []Caution{{
			Code: CautionGalleryFlag, Problem: "aadOptscim062020 on the URL is for non-gallery applications, and " + app.Name + " is from the gallery",
			Remedy: remedy.List{remedy.Advise("use the URL without it, unless the vendor asks for it")},
		}}
	case dialect == scim.Compliant:
		return []Caution{{
			Code: CautionOnDemandFlag, Hint: true,
			Problem: "provision on demand passes over aadOptscim062020: its requests are in the older dialect, those of a cycle in the newer",
		}}
	case !gallery && valuedRoles(app) > 1:
		return []Caution{{
			Code: CautionNoFlag, Hint: true,
			Problem: fmt.Sprintf("%s has %d roles, and without aadOptscim062020 an update sends roles as JSON in a text", app.Name, valuedRoles(app)),
			Remedy:  remedy.List{remedy.Advise("if the application cannot read that, save the URL with ?aadOptscim062020 at its end")},
		}}
	}
	return nil
}

// valuedRoles counts the roles that a user can be given and a mapping can send:
// those that every new application has carry no value.
func valuedRoles(app graph.App) int {
	n := 0
	for _, role := range app.Roles {
		if role.IsEnabled && forUsers(role) && role.Value != "" {
			n++
		}
	}
	return n
}
