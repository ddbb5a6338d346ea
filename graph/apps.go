package graph

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

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

const (
	// galleryTag marks what the portal lists as enterprise applications.
	galleryTag = "WindowsAzureActiveDirectoryIntegratedApp"

	principalProperties   = "id,appId,displayName,applicationTemplateId,appRoles,tags"
	applicationProperties = "id,appId,displayName,applicationTemplateId"
	largestPage           = "999"
)

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

// ListApps lists the enterprise applications whose name contains search, in
// any case; "" lists all. They are sorted by name. The directory cannot look
// for a part of a name, so it is asked for all of them:
// https://learn.microsoft.com/graph/api/serviceprincipal-list.
func (c *Client) ListApps(ctx context.Context, search string) ([]App, error) {
	var principals []servicePrincipal
	var registrations []application
	err := parallel.Do(ctx, func(ctx context.Context) (err error) {
		principals, err = list[servicePrincipal](ctx, c, OpReadApps, with("/servicePrincipals",
			"$filter", "tags/any(t:t eq "+literal(galleryTag)+")", "$select", principalProperties, "$top", largestPage))
		return err
	}, func(ctx context.Context) (err error) {
		registrations, err = list[application](ctx, c, OpReadApps, with("/applications",
			"$select", applicationProperties, "$top", largestPage))
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
func (c *Client) CreatedAt(ctx context.Context, app App) (time.Time, error) {
	key := cmp.Or(app.ApplicationID, app.AppID)
	if key == "" {
		return time.Time{}, &NotFoundError{Kind: "application", Name: app.Name}
	}
	known := ageOf(c)
	if created, ok := known.created(key); ok {
		return created, nil
	}
	path := byAppID("applications", app.AppID)
	if app.ApplicationID != "" {
		path = at("applications", app.ApplicationID)
	}
	reg, err := get[application](ctx, c, OpReadApps, with(path, "$select", "id,createdDateTime"))
	if err != nil {
		return time.Time{}, err
	}
	known.add(key, reg.Created)
	return reg.Created, nil
}
