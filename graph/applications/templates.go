package applications

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/parallel"
)

// Missing names the member without which an answer has no content.
func (t Template) Missing() string { return graph.RequireID(t.ID) }

// Missing requires both objects of a new application.
func (i instance) Missing() string {
	switch {
	case i.Application.ID == "":
		return "application.id"
	case i.ServicePrincipal.ID == "":
		return "servicePrincipal.id"
	}
	return ""
}

// An Template is an application of the gallery. See
// https://learn.microsoft.com/graph/api/resources/applicationtemplate.
type Template struct {
	ID                         string   `json:"id"`
	DisplayName                string   `json:"displayName"`
	Publisher                  string   `json:"publisher"`
	Description                string   `json:"description"`
	Categories                 []string `json:"categories"`
	SupportedProvisioningTypes []string `json:"supportedProvisioningTypes"`
	SupportedSingleSignOnModes []string `json:"supportedSingleSignOnModes"`
}

// Provisions reports whether the application has a provisioning connector.
func (t Template) Provisions() bool { return slices.Contains(t.SupportedProvisioningTypes, "sync") }

// ListTemplates lists the applications of the gallery whose name contains
// search; "" lists the whole gallery, which has thousands.
func ListTemplates(ctx context.Context, c *graph.Client, search string) ([]Template, error) {
	filter := ""
	if search != "" {
		filter = "contains(displayName," + odata.Literal(search) + ")"
	}
	return graph.List[Template](ctx, c, graph.OpReadTemplates, odata.Query("/applicationTemplates", "$filter", filter))
}

// FindTemplate finds an application of the gallery by its exact name or id.
func FindTemplate(ctx context.Context, c *graph.Client, nameOrID string) (Template, error) {
	if odata.IsGUID(nameOrID) {
		t, err := graph.Get[Template](ctx, c, graph.OpReadTemplates, odata.Path("applicationTemplates", nameOrID))
		if !graph.IsNotFound(err) {
			return t, err
		}
	}
	found, err := graph.List[Template](ctx, c, graph.OpReadTemplates, odata.Query("/applicationTemplates",
		"$filter", "displayName eq "+odata.Literal(nameOrID)))
	if err != nil {
		return Template{}, err
	}
	t, err := graph.Choose(ctx, c, "application template", nameOrID, found, Template.match, "")
	if missing, ok := errors.AsType[*graph.NotFoundError](err); ok && nameOrID != "" {
		missing.Near = nearTemplates(ctx, c, nameOrID)
	}
	return t, err
}

// nearTemplates looks through the gallery by a part of a name, which is what
// the gallery can be searched for.
func nearTemplates(ctx context.Context, c *graph.Client, name string) []string {
	candidates, err := ListTemplates(ctx, c, graph.Beginning(name))
	if err != nil {
		return nil
	}
	names := make([]string, len(candidates))
	for i, t := range candidates {
		names[i] = t.DisplayName
	}
	return near.Names(name, names)
}

func (t Template) match() graph.Match {
	return graph.Match{Name: t.DisplayName, ID: t.ID, Detail: t.Publisher}
}

// instance is what comes of a template: both objects of the new application.
type instance struct {
	Application      application      `json:"application"`
	ServicePrincipal servicePrincipal `json:"servicePrincipal"`
}

// Instantiate makes an application from a template. Names are not unique, so
// it is never asked for twice: when the answer is lost, the application that
// came of it is looked for, and when there is none the error stands. See
// https://learn.microsoft.com/graph/api/applicationtemplate-instantiate.
func Instantiate(ctx context.Context, c *graph.Client, templateID, displayName string) (App, error) {
	began := time.Now()
	app, err := graph.CreateOnce(ctx, func() (App, error) {
		made, err := graph.Post[instance](ctx, c, graph.OpInstantiate, odata.Path("applicationTemplates", templateID, "instantiate"),
			map[string]string{"displayName": displayName})
		return newApp(made.ServicePrincipal, made.Application), err
	}, func() (App, bool, error) {
		return findInstance(ctx, c, templateID, displayName, began)
	})
	if err == nil && !c.DryRun() {
		RememberMade(c, app.ServicePrincipalID, app.ApplicationID, app.AppID)
	}
	return app, err
}

const (
	patience  = 20 * time.Second // for an application to show up after its answer was lost
	clockSkew = 2 * time.Minute
)

// findInstance looks for an application that was made a moment ago. It takes a
// while to be listed, and its service principal a little longer.
func findInstance(ctx context.Context, c *graph.Client, templateID, name string, began time.Time) (App, bool, error) {
	path := odata.Query("/applications", "$filter", "displayName eq "+odata.Literal(name), "$select", applicationProperties+",createdDateTime")
	for pause := time.Second; ; pause *= 2 {
		found, err := graph.List[application](ctx, c, graph.OpReadApps, path)
		if err != nil {
			return App{}, false, err
		}
		fresh := slices.DeleteFunc(found, func(a application) bool {
			return a.TemplateID != templateID || a.Created.Before(began.Add(-clockSkew))
		})
		if len(fresh) == 1 {
			app, err := complete(ctx, c, newApp(servicePrincipal{}, fresh[0]))
			if err != nil || app.ServicePrincipalID != "" {
				return app, err == nil, err
			}
		}
		if len(fresh) > 1 || time.Since(began) > patience {
			return App{}, false, nil
		}
		if err := parallel.Sleep(ctx, pause); err != nil {
			return App{}, false, err
		}
	}
}
