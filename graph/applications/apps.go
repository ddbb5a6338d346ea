// Package applications finds and creates applications. It also reads and writes what
// hangs on them: templates, owners, assignments and directory extensions.
package applications

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
	"github.com/scimctl/scimctl/graph/parallel"
)

// An App is an enterprise application: what an application has in common with
// its service principal.
type App struct {
	Name               string
	AppID              string // the client id
	ServicePrincipalID string
	// ApplicationID is the object id of the application. It is "" when it was
	// not read, and when the application is registered in another tenant.
	ApplicationID string
	TemplateID    string // of the gallery's template that it was made from
	Roles         []AppRole
	Tags          []string
}

// An AppRole is a role that an application offers. See
// https://learn.microsoft.com/graph/api/resources/approle.
type AppRole struct {
	ID                 string   `json:"id"`
	DisplayName        string   `json:"displayName"`
	Value              string   `json:"value"`
	Description        string   `json:"description"`
	Origin             string   `json:"origin"`             // Application, ServicePrincipal
	AllowedMemberTypes []string `json:"allowedMemberTypes"` // User (groups too), Application
	IsEnabled          bool     `json:"isEnabled"`
}

// galleryTag marks what the portal lists as enterprise applications.
const galleryTag = "WindowsAzureActiveDirectoryIntegratedApp"

const principalProperties = "id,appId,displayName,applicationTemplateId,appRoles,tags"

const applicationProperties = "id,appId,displayName,applicationTemplateId"

// servicePrincipal and application are the two objects behind an [App].
type servicePrincipal struct {
	ID          string    `json:"id"`
	AppID       string    `json:"appId"`
	DisplayName string    `json:"displayName"`
	TemplateID  string    `json:"applicationTemplateId"`
	Roles       []AppRole `json:"appRoles"`
	Tags        []string  `json:"tags"`
}

type application struct {
	ID          string    `json:"id"`
	AppID       string    `json:"appId"`
	DisplayName string    `json:"displayName"`
	TemplateID  string    `json:"applicationTemplateId"`
	Created     time.Time `json:"createdDateTime"`
}

// newApp joins what is known of an application; either may be missing.
func newApp(sp servicePrincipal, reg application) App {
	return App{
		Name:               cmp.Or(sp.DisplayName, reg.DisplayName),
		AppID:              cmp.Or(sp.AppID, reg.AppID),
		ServicePrincipalID: sp.ID,
		ApplicationID:      reg.ID,
		TemplateID:         cmp.Or(sp.TemplateID, reg.TemplateID),
		Roles:              sp.Roles,
		Tags:               sp.Tags,
	}
}

// List lists the enterprise applications whose name contains search, in
// any case; "" lists all. They are sorted by name. The directory cannot look
// for a part of a name, so it is asked for all of them:
// https://learn.microsoft.com/graph/api/serviceprincipal-list.
func List(ctx context.Context, c *graph.Client, search string) ([]App, error) {
	var principals []servicePrincipal
	var registrations []application
	err := parallel.Do(ctx, func(ctx context.Context) (err error) {
		principals, err = graph.List[servicePrincipal](ctx, c, graph.OpReadApps, odata.Query("/servicePrincipals",
			"$filter", "tags/any(t:t eq "+odata.Literal(galleryTag)+")", "$select", principalProperties, "$top", graph.LargestPage))
		return err
	}, func(ctx context.Context) (err error) {
		registrations, err = graph.List[application](ctx, c, graph.OpReadApps, odata.Query("/applications",
			"$select", applicationProperties, "$top", graph.LargestPage))
		return err
	})
	if err != nil {
		return nil, err
	}
	byAppID := map[string]application{}
	for _, reg := range registrations {
		byAppID[reg.AppID] = reg
	}
	apps := []App{}
	for _, sp := range principals {
		if strings.Contains(strings.ToLower(sp.DisplayName), strings.ToLower(search)) {
			apps = append(apps, newApp(sp, byAppID[sp.AppID]))
		}
	}
	slices.SortStableFunc(apps, func(a, b App) int {
		return strings.Compare(strings.ToLower(a.Name)+a.AppID, strings.ToLower(b.Name)+b.AppID)
	})
	return apps, nil
}

// CreatedAt returns when an application was registered, asking once for each.
func CreatedAt(ctx context.Context, c *graph.Client, app App) (time.Time, error) {
	key := cmp.Or(app.ApplicationID, app.AppID)
	if key == "" {
		return time.Time{}, &graph.NotFoundError{Kind: "application", Name: app.Name}
	}
	known := ageOf(c)
	if created, ok := known.created(key); ok {
		return created, nil
	}
	path := byAppID("applications", app.AppID)
	if app.ApplicationID != "" {
		path = odata.Path("applications", app.ApplicationID)
	}
	reg, err := graph.Get[application](ctx, c, graph.OpReadApps, odata.Query(path, "$select", "id,createdDateTime"))
	if err != nil {
		return time.Time{}, err
	}
	known.add(key, reg.Created)
	return reg.Created, nil
}

// Missing names the member without which an answer has no content.
func (s servicePrincipal) Missing() string { return graph.RequireID(s.ID) }

// Missing names the member without which an answer has no content.
func (a application) Missing() string { return graph.RequireID(a.ID) }

// byAppID is the path of an application or service principal by its appId.
func byAppID(collection, appID string) string {
	return "/" + collection + "(appId=" + url.PathEscape(odata.Literal(appID)) + ")"
}

// Provisionable lists the enterprise applications that can have
// provisioning jobs, sorted by name: those that were made from a template, and
// those that are listed as enterprise applications, some of which are older
// than templates. ApplicationID and Roles are not read. It takes one request
// for 999 service principals; asking for some of them alone would be an
// advanced query, whose index lags behind:
// https://learn.microsoft.com/graph/aad-advanced-queries.
func Provisionable(ctx context.Context, c *graph.Client) ([]App, error) {
	principals, err := graph.List[servicePrincipal](ctx, c, graph.OpReadApps, odata.Query("/servicePrincipals",
		"$select", "id,appId,displayName,applicationTemplateId,tags", "$top", graph.LargestPage))
	if err != nil {
		return nil, err
	}
	apps := []App{}
	for _, sp := range principals {
		if sp.TemplateID != "" || slices.Contains(sp.Tags, galleryTag) {
			apps = append(apps, newApp(sp, application{}))
		}
	}
	slices.SortStableFunc(apps, func(a, b App) int {
		return strings.Compare(strings.ToLower(a.Name)+a.AppID, strings.ToLower(b.Name)+b.AppID)
	})
	return apps, nil
}
