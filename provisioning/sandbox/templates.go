package sandbox

import (
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// customTemplate is the gallery's template for applications that are not in it.
// https://learn.microsoft.com/graph/api/applicationtemplate-instantiate
const customTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"

const customHomePage = "https://account.activedirectory.windowsazure.com:444/applications/default.aspx?metadata=customappsso|ISV9.1|primary|z"

// A galleryTemplate is one application of the gallery.
type galleryTemplate struct {
	id, name, publisher, homePage, description string
	categories, signOn, provisioning           []string
	connector                                  string // id of its synchronization template
}

// gallery is small: the non-gallery template, three applications that can be
// provisioned, of which one is a directory of itself, and one that cannot.
func gallery() []galleryTemplate {
	sync := []string{"sync"}
	return []galleryTemplate{
		{id: customTemplate, name: "Custom", homePage: customHomePage, signOn: []string{"password", "saml", "external"}, provisioning: sync, connector: "scim"},
		{
			id: odata.IDOf("template/Workgrid"), name: "Workgrid", publisher: "Workgrid Software", homePage: "https://www.workgrid.com/",
			description: "A digital workplace assistant.", categories: []string{"productivity", "collaboration"}, signOn: []string{"saml"}, provisioning: sync, connector: "workgrid",
		},
		{
			id: odata.IDOf("template/Workteam"), name: "Workteam", publisher: "Workteam", homePage: "https://workte.am/",
			description: "Goals, feedback and reviews.", categories: []string{"humanResources"}, signOn: []string{"saml", "password"}, provisioning: sync, connector: "workteam",
		},
		{
			id: odata.IDOf("template/Fabrikam Notes"), name: "Fabrikam Notes", publisher: "Fabrikam", homePage: "https://notes.fabrikam.com/",
			description: "Notes for teams. Signs people in, does not provision them.", categories: []string{"productivity"}, signOn: []string{"saml"}, provisioning: []string{},
		},
	}
}

func templateOf(id string) (galleryTemplate, bool) {
	for _, g := range gallery() {
		if strings.EqualFold(g.id, id) {
			return g, true
		}
	}
	return galleryTemplate{}, false
}

func templateResource() odata.Resource {
	return odata.Resource{
		Kind: "microsoft.graph.applicationTemplate", Label: "ApplicationTemplate",
		Properties: strings.Fields(`categories deprecationDate description displayName endpoints homePageUrl id isEntraIntegrated lastModifiedDateTime
			logoUrl publisher riskFactors riskScore supportedProvisioningTypes supportedSingleSignOnModes`),
		Filters: map[string][]string{"displayName": {"eq", "contains", "startswith"}, "categories": {"any", "contains"}},
		Orders:  []string{"displayName"}, Skips: true,
	}
}

func (g galleryTemplate) view() odata.Object {
	return odata.Object{
		"id": g.id, "displayName": g.name, "homePageUrl": none(g.homePage), "supportedSingleSignOnModes": g.signOn,
		"supportedProvisioningTypes": g.provisioning, "logoUrl": nil, "categories": append([]string{}, g.categories...),
		"publisher": none(g.publisher), "description": g.description, "endpoints": []string{}, "isEntraIntegrated": len(g.provisioning) > 0,
		"lastModifiedDateTime": nil, "deprecationDate": nil, "riskFactors": nil, "riskScore": nil,
	}
}

func listTemplates(c *odata.Call, _ *state) *odata.Answer {
	var items []odata.Object
	for _, g := range gallery() {
		items = append(items, g.view())
	}
	return templateResource().List(c, "applicationTemplates", items)
}

func getTemplate(c *odata.Call, _ *state) *odata.Answer {
	g, found := templateOf(c.Param("template"))
	if !found {
		return odata.NotFound(c.Param("template"))
	}
	return templateResource().One(c, "applicationTemplates", g.view())
}

// instantiate makes an application and its service principal. Names need not
// be unique.
// https://learn.microsoft.com/graph/api/applicationtemplate-instantiate
func (t *Tenant) instantiate(c *odata.Call, s *state) *odata.Answer {
	g, found := templateOf(c.Param("template"))
	if !found {
		return odata.NotFound(c.Param("template"))
	}
	var body struct {
		Name       string `json:"displayName"`
		Management string `json:"serviceManagementReference"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	if strings.TrimSpace(body.Name) == "" {
		return odata.BadRequest("Invalid value specified for property 'displayName' of resource 'Application'.")
	}
	a := g.newApp(s, body.Name)
	a.Created, a.Management = c.Now, body.Management
	s.Apps = append(s.Apps, a)
	t.lag(s, lagApp(a.ID))
	t.lag(s, lagSP(a.SP))
	t.lag(s, lagSync(a.SP))
	return odata.Created(odata.Object{
		"@odata.context":   c.Context("microsoft.graph.applicationServicePrincipal"),
		"application":      a.application(),
		"servicePrincipal": a.principalView(s),
	})
}

func (g galleryTemplate) newApp(s *state, name string) *app {
	return &app{
		ID: s.newID(), AppID: s.newID(), SP: s.newID(), DisplayName: name, Template: g.id,
		Custom: g.id == customTemplate, HomePage: g.homePage, Roles: g.roles(),
	}
}

// roles are those that a new application has. The ids of the non-gallery
// template's are documented; others have their own.
func (g galleryTemplate) roles() []appRole {
	user, access := "18d14569-c3bd-439b-9a66-3a2aee01d14f", "b9632174-c057-4f7e-951b-be3adc52bfe6"
	if g.id != customTemplate {
		user, access = odata.IDOf(g.id+"/User"), odata.IDOf(g.id+"/msiam_access")
	}
	role := func(id, name string) appRole {
		return appRole{AllowedMemberTypes: []string{"User"}, Description: &name, DisplayName: name, ID: id, IsEnabled: true, Origin: "Application"}
	}
	return []appRole{role(user, "User"), role(access, "msiam_access")}
}
