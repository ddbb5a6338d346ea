package graph

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/graph/parallel"
)

// An AppTemplate is an application of the gallery. See
// https://learn.microsoft.com/graph/api/resources/applicationtemplate.
type AppTemplate struct {
	ID                         string   `json:"id"`
	DisplayName                string   `json:"displayName"`
	Publisher                  string   `json:"publisher"`
	Description                string   `json:"description"`
	Categories                 []string `json:"categories"`
	SupportedProvisioningTypes []string `json:"supportedProvisioningTypes"`
	SupportedSingleSignOnModes []string `json:"supportedSingleSignOnModes"`
}

// Provisions reports whether the application has a provisioning connector.
func (t AppTemplate) Provisions() bool { return slices.Contains(t.SupportedProvisioningTypes, "sync") }

// ListAppTemplates lists the applications of the gallery whose name contains
// search; "" lists the whole gallery, which has thousands.
func (c *Client) ListAppTemplates(ctx context.Context, search string) ([]AppTemplate, error) {
	filter := ""
	if search != "" {
		filter = "contains(displayName," + literal(search) + ")"
	}
	return list[AppTemplate](ctx, c, OpReadTemplates, with("/applicationTemplates", "$filter", filter))
}

// FindAppTemplate finds an application of the gallery by its exact name or id.
func (c *Client) FindAppTemplate(ctx context.Context, nameOrID string) (AppTemplate, error) {
	if isGUID(nameOrID) {
		t, err := get[AppTemplate](ctx, c, OpReadTemplates, at("applicationTemplates", nameOrID))
		if !IsNotFound(err) {
			return t, err
		}
	}
	found, err := list[AppTemplate](ctx, c, OpReadTemplates, with("/applicationTemplates",
		"$filter", "displayName eq "+literal(nameOrID)))
	if err != nil {
		return AppTemplate{}, err
	}
	t, err := one(ctx, c, "application template", nameOrID, found, AppTemplate.match, "")
	if missing, ok := errors.AsType[*NotFoundError](err); ok && nameOrID != "" {
		missing.Near = c.nearTemplates(ctx, nameOrID)
	}
	return t, err
}

// nearTemplates looks through the gallery by a part of a name, which is what
// the gallery can be searched for.
func (c *Client) nearTemplates(ctx context.Context, name string) []string {
	letters := []rune(name)
	candidates, err := c.ListAppTemplates(ctx, string(letters[:min(len(letters), nearLetters)]))
	if err != nil {
		return nil
	}
	names := make([]string, len(candidates))
	for i, t := range candidates {
		names[i] = t.DisplayName
	}
	return near.Names(name, names)
}

func (t AppTemplate) match() Match {
	return Match{Name: t.DisplayName, ID: t.ID, Detail: t.Publisher}
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
func (c *Client) Instantiate(ctx context.Context, templateID, displayName string) (App, error) {
	began := time.Now()
	app, err := createOnce(ctx, func() (App, error) {
		made, err := post[instance](ctx, c, OpInstantiate, at("applicationTemplates", templateID, "instantiate"),
			map[string]string{"displayName": displayName})
		return newApp(made.ServicePrincipal, made.Application), err
	}, func() (App, bool, error) {
		return c.findInstance(ctx, templateID, displayName, began)
	})
	if err == nil && !c.DryRun() {
		rememberMade(c, app.ServicePrincipalID, app.ApplicationID, app.AppID)
	}
	return app, err
}

const (
	patience  = 20 * time.Second // for an application to show up after its answer was lost
	clockSkew = 2 * time.Minute
)

// findInstance looks for an application that was made a moment ago. It takes a
// while to be listed, and its service principal a little longer.
func (c *Client) findInstance(ctx context.Context, templateID, name string, began time.Time) (App, bool, error) {
	path := with("/applications", "$filter", "displayName eq "+literal(name), "$select", applicationProperties+",createdDateTime")
	for pause := time.Second; ; pause *= 2 {
		found, err := list[application](ctx, c, OpReadApps, path)
		if err != nil {
			return App{}, false, err
		}
		fresh := slices.DeleteFunc(found, func(a application) bool {
			return a.TemplateID != templateID || a.Created.Before(began.Add(-clockSkew))
		})
		if len(fresh) == 1 {
			app, err := c.complete(ctx, newApp(servicePrincipal{}, fresh[0]))
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
