package extattr

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/near"
)

// An Extension is a directory extension property of an application.
type Extension struct {
	Name                 string   `json:"name"` // short
	FullName             string   `json:"fullName"`
	ID                   string   `json:"id,omitempty"`
	DataType             string   `json:"dataType"`
	TargetObjects        []string `json:"targetObjects"`
	MultiValued          bool     `json:"multiValued"`
	SyncedFromOnPremises bool     `json:"syncedFromOnPremises"`
}

func extension(appID string, p applications.ExtensionProperty) Extension {
	return Extension{
		Name: shortened(appID, p.Name), FullName: p.Name, ID: p.ID, DataType: p.DataType,
		TargetObjects: append([]string{}, p.TargetObjects...), MultiValued: p.IsMultiValued, SyncedFromOnPremises: p.IsSyncedFromOnPremises,
	}
}

// isFor says whether objects of that kind can have the property.
func (e Extension) isFor(object string) bool { return slices.Contains(e.TargetObjects, object) }

// The data types and target objects of properties, as Graph writes them.
var (
	dataTypes     = [...]string{"Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String"}
	targetObjects = [...]string{"User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"}
)

// spelled finds name among the allowed words in any case, since guides write
// "string" where Graph has "String".
func spelled(what, name string, allowed []string) (string, error) {
	i := slices.IndexFunc(allowed, func(s string) bool { return strings.EqualFold(s, name) })
	if i < 0 {
		return "", failure.New(failure.Invalid, "unknown %s %q: there are %s", what, name, strings.Join(allowed, ", "))
	}
	return allowed[i], nil
}

// List lists the properties of an application.
type List struct {
	Graph *graph.Client
	App   string // name or id
}

// Do reads the list, sorted by name.
func (l List) Do(ctx context.Context) ([]Extension, error) {
	_, list, err := read(ctx, l.Graph, l.App)
	return list, err
}

// read finds the application and lists its properties, sorted by name.
func read(ctx context.Context, client *graph.Client, name string) (applications.App, []Extension, error) {
	app, err := applications.FindRegistration(ctx, client, name)
	if err != nil {
		return app, nil, err
	}
	list, err := listOf(ctx, client, app)
	return app, list, err
}

func listOf(ctx context.Context, client *graph.Client, app applications.App) ([]Extension, error) {
	if app.ApplicationID == "" {
		return nil, &graph.NotFoundError{Kind: "application registration in this tenant", Name: app.Name}
	}
	var properties []applications.ExtensionProperty
	err := applications.WhenReady(ctx, client, app, "the extension properties of "+app.Name+" can be read", func(ctx context.Context) (err error) {
		properties, err = applications.ListExtensions(ctx, client, app.ApplicationID)
		return err
	})
	if err != nil {
		return nil, err
	}
	return extensions(app.AppID, properties), nil
}

// find looks a property up by its short or full name.
func find(list []Extension, appID, name string) (Extension, error) {
	full := fullName(appID, name)
	names := make([]string, len(list))
	for i, e := range list {
		if e.FullName == full {
			return e, nil
		}
		names[i] = e.Name
	}
	return Extension{}, &graph.NotFoundError{Kind: "extension property", Name: name, Near: near.Names(name, names)}
}
