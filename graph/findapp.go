package graph

import (
	"cmp"
	"context"
	"net/http"

	"github.com/scimctl/scimctl/graph/parallel"
)

// FindApp finds an enterprise application by its exact display name, its
// appId, or the object id of the application or of the service principal. It
// asks once. Nothing is a [*NotFoundError], more than one an
// [*AmbiguousError]; an application without a service principal is not found.
func (c *Client) FindApp(ctx context.Context, nameOrID string) (App, error) {
	if isGUID(nameOrID) {
		app, err := c.appByID(ctx, nameOrID, false)
		if app.AppID != "" || !IsNotFound(err) {
			return app, err
		}
	}
	found, err := c.principalsNamed(ctx, nameOrID)
	if err != nil {
		return App{}, err
	}
	sp, err := one(ctx, c, "application", nameOrID, found, servicePrincipal.match, "servicePrincipals")
	return newApp(sp, application{}), err
}

// FindRegistration finds an application as [Client.FindApp] does, and its
// object id with it. It asks for application and service principal side by
// side. Either id is "" when there is no such object in this tenant.
func (c *Client) FindRegistration(ctx context.Context, nameOrID string) (App, error) {
	if isGUID(nameOrID) {
		app, err := c.appByID(ctx, nameOrID, true)
		if !IsNotFound(err) {
			return app, err
		}
	}
	found, err := c.AppsNamed(ctx, nameOrID)
	if err != nil {
		return App{}, err
	}
	app, err := one(ctx, c, "application", nameOrID, found, App.match, "servicePrincipals")
	if err != nil {
		return App{}, err
	}
	return c.complete(ctx, app)
}

// AppsNamed lists the applications with exactly this display name, whatever its
// case: none is no error. Either object id is "" when no object of that kind has
// the name.
func (c *Client) AppsNamed(ctx context.Context, name string) ([]App, error) {
	var principals []servicePrincipal
	var registrations []application
	err := parallel.Do(ctx, func(ctx context.Context) (err error) {
		principals, err = c.principalsNamed(ctx, name)
		return err
	}, func(ctx context.Context) (err error) {
		registrations, err = list[application](ctx, c, OpReadApps, with("/applications",
			"$filter", "displayName eq "+literal(name), "$select", applicationProperties))
		return err
	})
	return join(principals, registrations), err
}

// AppsNear lists names of applications that come close to one, nearest first. It
// is help only: when they cannot be read there are none.
func (c *Client) AppsNear(ctx context.Context, name string) []string {
	return c.near(ctx, "servicePrincipals", name)
}

// principalsNamed lists the service principals of a name.
func (c *Client) principalsNamed(ctx context.Context, name string) ([]servicePrincipal, error) {
	return list[servicePrincipal](ctx, c, OpReadApps, with("/servicePrincipals",
		"$filter", "displayName eq "+literal(name), "$select", principalProperties))
}

// join makes applications of two lists, by appId.
func join(principals []servicePrincipal, registrations []application) []App {
	apps := []App{}
	seen := map[string]int{}
	for _, sp := range principals {
		seen[sp.AppID] = len(apps)
		apps = append(apps, newApp(sp, application{}))
	}
	for _, reg := range registrations {
		if i, ok := seen[reg.AppID]; ok {
			apps[i].ApplicationID = reg.ID
			continue
		}
		apps = append(apps, newApp(servicePrincipal{}, reg))
	}
	return apps
}

// complete reads what is missing of an application when its two objects have
// different names, or when there is only one.
func (c *Client) complete(ctx context.Context, app App) (App, error) {
	switch {
	case app.ApplicationID == "":
		reg, err := get[application](ctx, c, OpReadApps, with(byAppID("applications", app.AppID), "$select", applicationProperties))
		if err != nil && !IsNotFound(err) {
			return App{}, err
		}
		app.ApplicationID = reg.ID
	case app.ServicePrincipalID == "":
		sp, err := get[servicePrincipal](ctx, c, OpReadApps, with(byAppID("servicePrincipals", app.AppID), "$select", principalProperties))
		if IsNotFound(err) {
			return app, nil
		}
		if err != nil {
			return App{}, err
		}
		return newApp(sp, application{ID: app.ApplicationID, AppID: app.AppID}), nil
	}
	return app, nil
}

// appByID finds an application by any of its three ids, in one batch. The id
// of one object says nothing of the other, which is then asked for. Without a
// registration being wanted, an application that has no service principal
// comes with a [*NotFoundError].
func (c *Client) appByID(ctx context.Context, id string, registration bool) (App, error) {
	look := func(path, properties string) BatchRequest {
		return BatchRequest{Op: OpReadApps, Method: http.MethodGet, Path: with(path, "$select", properties)}
	}
	answers, err := c.Batch(ctx, []BatchRequest{
		look(at("servicePrincipals", id), principalProperties),
		look(byAppID("servicePrincipals", id), principalProperties),
		look(at("applications", id), applicationProperties),
		look(byAppID("applications", id), applicationProperties),
	})
	if err != nil {
		return App{}, err
	}
	var sp servicePrincipal
	var reg application
	asked := request{op: OpReadApps, method: http.MethodGet}
	for i, a := range answers {
		switch {
		case a.Err != nil:
		case i < 2:
			sp, err = decode[servicePrincipal](asked, a.Body)
		default:
			reg, err = decode[application](asked, a.Body)
		}
		if err != nil {
			return App{}, err
		}
	}
	app := newApp(sp, reg)
	if app.AppID == "" {
		return App{}, whyNone(answers, id)
	}
	if sp.ID == "" || registration {
		app, err = c.complete(ctx, app)
	}
	if err == nil && !registration && app.ServicePrincipalID == "" {
		err = &NotFoundError{Kind: "service principal of the application", Name: app.Name}
	}
	return app, err
}

// whyNone is a refusal when there was one: it says more than that nothing was
// found.
func whyNone(answers []BatchResponse, id string) error {
	for _, a := range answers {
		if a.Err != nil && !IsNotFound(a.Err) && a.Status != http.StatusBadRequest {
			return a.Err
		}
	}
	return &NotFoundError{Kind: "application", Name: id}
}

func (sp servicePrincipal) match() Match {
	return Match{Name: sp.DisplayName, ID: sp.ID, Detail: "appId " + sp.AppID}
}

func (a App) match() Match {
	return Match{Name: a.Name, ID: cmp.Or(a.ServicePrincipalID, a.ApplicationID), Detail: "appId " + a.AppID}
}
