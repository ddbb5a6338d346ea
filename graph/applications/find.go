package applications

import (
	"cmp"
	"context"
	"net/http"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
	"github.com/scimctl/scimctl/graph/parallel"
)

// Find finds an enterprise application by its exact display name, its
// appId, or the object id of the application or of the service principal. It
// asks once. Nothing is a [*graph.NotFoundError], more than one an
// [*graph.AmbiguousError]; an application without a service principal is not found.
func Find(ctx context.Context, c *graph.Client, nameOrID string) (App, error) {
	if odata.IsGUID(nameOrID) {
		app, err := appByID(ctx, c, nameOrID, false)
		if app.AppID != "" || !graph.IsNotFound(err) {
			return app, err
		}
	}
	found, err := principalsNamed(ctx, c, nameOrID)
	if err != nil {
		return App{}, err
	}
	sp, err := graph.Choose(ctx, c, "application", nameOrID, found, servicePrincipal.match, "servicePrincipals")
	return newApp(sp, application{}), err
}

// FindRegistration finds an application as [Find] does, and its
// object id with it. It asks for application and service principal side by
// side. Either id is "" when there is no such object in this tenant.
func FindRegistration(ctx context.Context, c *graph.Client, nameOrID string) (App, error) {
	if odata.IsGUID(nameOrID) {
		app, err := appByID(ctx, c, nameOrID, true)
		if !graph.IsNotFound(err) {
			return app, err
		}
	}
	found, err := Named(ctx, c, nameOrID)
	if err != nil {
		return App{}, err
	}
	app, err := graph.Choose(ctx, c, "application", nameOrID, found, App.match, "servicePrincipals")
	if err != nil {
		return App{}, err
	}
	return complete(ctx, c, app)
}

// Named lists the applications with exactly this display name, whatever its
// case: none is no error. Either object id is "" when no object of that kind has
// the name.
func Named(ctx context.Context, c *graph.Client, name string) ([]App, error) {
	var principals []servicePrincipal
	var registrations []application
	err := parallel.Do(ctx, func(ctx context.Context) (err error) {
		principals, err = principalsNamed(ctx, c, name)
		return err
	}, func(ctx context.Context) (err error) {
		registrations, err = graph.List[application](ctx, c, graph.OpReadApps, odata.Query("/applications",
			"$filter", "displayName eq "+odata.Literal(name), "$select", applicationProperties))
		return err
	})
	return join(principals, registrations), err
}

// Near lists names of applications that come close to one, nearest first. It
// is help only: when they cannot be read there are none.
func Near(ctx context.Context, c *graph.Client, name string) []string {
	return c.Near(ctx, "servicePrincipals", name)
}

// principalsNamed lists the service principals of a name.
func principalsNamed(ctx context.Context, c *graph.Client, name string) ([]servicePrincipal, error) {
	return graph.List[servicePrincipal](ctx, c, graph.OpReadApps, odata.Query("/servicePrincipals",
		"$filter", "displayName eq "+odata.Literal(name), "$select", principalProperties))
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
func complete(ctx context.Context, c *graph.Client, app App) (App, error) {
	switch {
	case app.ApplicationID == "":
		reg, err := graph.Get[application](ctx, c, graph.OpReadApps, odata.Query(byAppID("applications", app.AppID), "$select", applicationProperties))
		if err != nil && !graph.IsNotFound(err) {
			return App{}, err
		}
		app.ApplicationID = reg.ID
	case app.ServicePrincipalID == "":
		sp, err := graph.Get[servicePrincipal](ctx, c, graph.OpReadApps, odata.Query(byAppID("servicePrincipals", app.AppID), "$select", principalProperties))
		if graph.IsNotFound(err) {
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
// comes with a [*graph.NotFoundError].
func appByID(ctx context.Context, c *graph.Client, id string, registration bool) (App, error) {
	look := func(path, properties string) graph.BatchRequest {
		return graph.BatchRequest{Op: graph.OpReadApps, Method: http.MethodGet, Path: odata.Query(path, "$select", properties)}
	}
	answers, err := c.Batch(ctx, []graph.BatchRequest{
		look(odata.Path("servicePrincipals", id), principalProperties),
		look(byAppID("servicePrincipals", id), principalProperties),
		look(odata.Path("applications", id), applicationProperties),
		look(byAppID("applications", id), applicationProperties),
	})
	if err != nil {
		return App{}, err
	}
	var sp servicePrincipal
	var reg application
	asked := graph.Request{Op: graph.OpReadApps, Method: http.MethodGet}
	for i, a := range answers {
		switch {
		case a.Err != nil:
		case i < 2:
			sp, err = graph.Decode[servicePrincipal](asked, a.Body)
		default:
			reg, err = graph.Decode[application](asked, a.Body)
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
		app, err = complete(ctx, c, app)
	}
	if err == nil && !registration && app.ServicePrincipalID == "" {
		err = &graph.NotFoundError{Kind: "service principal of the application", Name: app.Name}
	}
	return app, err
}

// whyNone is a refusal when there was one: it says more than that nothing was
// found.
func whyNone(answers []graph.BatchResponse, id string) error {
	for _, a := range answers {
		if a.Err != nil && !graph.IsNotFound(a.Err) && a.Status != http.StatusBadRequest {
			return a.Err
		}
	}
	return &graph.NotFoundError{Kind: "application", Name: id}
}

func (sp servicePrincipal) match() graph.Match {
	return graph.Match{Name: sp.DisplayName, ID: sp.ID, Detail: "appId " + sp.AppID}
}

func (a App) match() graph.Match {
	return graph.Match{Name: a.Name, ID: cmp.Or(a.ServicePrincipalID, a.ApplicationID), Detail: "appId " + a.AppID}
}
