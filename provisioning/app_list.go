package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// An App is an enterprise application as people need it: its name and each of
// its ids, because every call of Graph wants another one.
type App struct {
	Name               string `json:"name"`
	AppID              string `json:"appId"`                           // the client id
	ApplicationID      string `json:"applicationId,omitempty"`         // the object id of the application; "" when it is registered in another tenant
	ServicePrincipalID string `json:"servicePrincipalId,omitempty"`    // the object id of the enterprise application
	TemplateID         string `json:"applicationTemplateId,omitempty"` // of the gallery or of the non-gallery application; "" when it was registered by hand
}

func describe(app graph.App) App {
	return App{
		Name: app.Name, AppID: app.AppID, ApplicationID: app.ApplicationID,
		ServicePrincipalID: app.ServicePrincipalID, TemplateID: app.TemplateID,
	}
}

// ListApps lists enterprise applications.
type ListApps struct {
	Graph  *graph.Client
	Search string // part of the name, in any case; "" for all
}

// Do returns the applications, sorted by name.
func (l ListApps) Do(ctx context.Context) ([]App, error) {
	found, err := l.Graph.ListApps(ctx, l.Search)
	if err != nil {
		return nil, err
	}
	apps := make([]App, len(found))
	for i, app := range found {
		apps[i] = describe(app)
	}
	return apps, nil
}
