package sandbox

import (
	"strings"
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
			id: idOf("template/Workgrid"), name: "Workgrid", publisher: "Workgrid Software", homePage: "https://www.workgrid.com/",
			description: "A digital workplace assistant.", categories: []string{"productivity", "collaboration"}, signOn: []string{"saml"}, provisioning: sync, connector: "workgrid",
		},
		{
			id: idOf("template/Workteam"), name: "Workteam", publisher: "Workteam", homePage: "https://workte.am/",
			description: "Goals, feedback and reviews.", categories: []string{"humanResources"}, signOn: []string{"saml", "password"}, provisioning: sync, connector: "workteam",
		},
		{
			id: idOf("template/Fabrikam Notes"), name: "Fabrikam Notes", publisher: "Fabrikam", homePage: "https://notes.fabrikam.com/",
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

func templateResource() resource {
	return resource{
		kind: "microsoft.graph.applicationTemplate", label: "ApplicationTemplate",
		properties: strings.Fields(`categories deprecationDate description displayName endpoints homePageUrl id isEntraIntegrated lastModifiedDateTime
			logoUrl publisher riskFactors riskScore supportedProvisioningTypes supportedSingleSignOnModes`),
		filters: map[string][]string{"displayName": {"eq", "contains", "startswith"}, "categories": {"any", "contains"}},
		orders:  []string{"displayName"}, skips: true,
	}
}

func (g galleryTemplate) view() object {
	return object{
		"id": g.id, "displayName": g.name, "homePageUrl": none(g.homePage), "supportedSingleSignOnModes": g.signOn,
		"supportedProvisioningTypes": g.provisioning, "logoUrl": nil, "categories": append([]string{}, g.categories...),
		"publisher": none(g.publisher), "description": g.description, "endpoints": []string{}, "isEntraIntegrated": len(g.provisioning) > 0,
		"lastModifiedDateTime": nil, "deprecationDate": nil, "riskFactors": nil, "riskScore": nil,
	}
}

func listTemplates(c *call, s *state) *answer {
	var items []object
	for _, g := range gallery() {
		items = append(items, g.view())
	}
	return templateResource().list(c, s, "applicationTemplates", items)
}

func getTemplate(c *call, _ *state) *answer {
	g, found := templateOf(c.param("template"))
	if !found {
		return notFound(c.param("template"))
	}
	return templateResource().one(c, "applicationTemplates", g.view())
}

// instantiate makes an application and its service principal. Names need not
// be unique.
// https://learn.microsoft.com/graph/api/applicationtemplate-instantiate
func (t *Tenant) instantiate(c *call, s *state) *answer {
	g, found := templateOf(c.param("template"))
	if !found {
		return notFound(c.param("template"))
	}
	var body struct {
		Name       string `json:"displayName"`
		Management string `json:"serviceManagementReference"`
	}
	if a := c.decode(&body); a != nil {
		return a
	}
	if strings.TrimSpace(body.Name) == "" {
		return badRequest("Invalid value specified for property 'displayName' of resource 'Application'.")
	}
	a := g.newApp(s, body.Name)
	a.Created, a.Management = c.now, body.Management
	s.Apps = append(s.Apps, a)
	t.lag(s, lagApp(a.ID))
	t.lag(s, lagSP(a.SP))
	t.lag(s, lagSync(a.SP))
	return created(object{
		"@odata.context":   c.context("microsoft.graph.applicationServicePrincipal"),
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
		user, access = idOf(g.id+"/User"), idOf(g.id+"/msiam_access")
	}
	role := func(id, name string) appRole {
		return appRole{AllowedMemberTypes: []string{"User"}, Description: &name, DisplayName: name, ID: id, IsEnabled: true, Origin: "Application"}
	}
	return []appRole{role(user, "User"), role(access, "msiam_access")}
}
