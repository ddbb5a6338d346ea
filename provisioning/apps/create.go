// Package apps finds, creates and shows applications, and lists those that are
// provisioned.
package apps

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
)

// Create makes an enterprise application that can be provisioned. It has to
// come from a template: an application that is merely registered gets no
// provisioning (https://learn.microsoft.com/graph/application-provisioning-configuration-api).
type Create struct {
	Graph    *graph.Client
	Name     string // Entra allows several of one name; CreateApp does not
	Template string // of the gallery, by name or id; "" makes a non-gallery application
}

// Created is the application as it is now.
type Created struct {
	provisioning.App
	TemplateName string `json:"applicationTemplateName,omitempty"`
	Already      bool   `json:"already"` // it was there, made from the same template
}

// A ConflictError says that something of the wanted name exists otherwise.
type ConflictError struct {
	Kind string // application, role, …
	Name string
	Have string // what it is
	Want string // what it should be
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("the %s %s exists already, but is %s instead of %s", e.Kind, e.Name, e.Have, e.Want)
}

// Do creates the application unless it is there, and returns when application,
// service principal and provisioning templates answer. It fails with a
// [ConflictError] when an application of that name was made from another
// template, and with a conflict.
func (c Create) Do(ctx context.Context) (Created, error) {
	var existing *applications.App
	var template applications.Template
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) { existing, err = c.existing(ctx); return err },
		func(ctx context.Context) (err error) { template, err = c.template(ctx); return err },
	)
	if err != nil {
		return Created{}, err
	}
	if existing != nil {
		return c.same(ctx, *existing, template)
	}
	app, err := c.make(ctx, template)
	if c.Graph.DryRun() && err == nil {
		return Created{App: provisioning.App{Name: c.Name, TemplateID: template.ID}, TemplateName: template.DisplayName}, nil
	}
	if app.AppID == "" {
		return Created{}, err
	}
	return Created{App: provisioning.Describe(app), TemplateName: template.DisplayName}, err
}

// make makes the application and waits until it answers.
func (c Create) make(ctx context.Context, template applications.Template) (applications.App, error) {
	app, err := applications.Instantiate(ctx, c.Graph, template.ID, c.Name)
	if err != nil || c.Graph.DryRun() {
		return app, err
	}
	return app, c.ready(ctx, app)
}

// FindTemplate finds the template. One that cannot be provisioned is a
// conflict.
func (c Create) FindTemplate(ctx context.Context) (applications.Template, error) {
	return c.template(ctx)
}

// MakeOf does what [Create.Do] does with a template that is known, and
// returns the application with its roles.
func (c Create) MakeOf(ctx context.Context, template applications.Template) (applications.App, error) {
	existing, err := c.existing(ctx)
	switch {
	case err != nil:
		return applications.App{}, err
	case existing != nil:
		return *existing, SameTemplate(*existing, template)
	}
	return c.make(ctx, template)
}

// SameTemplate is nil when an application was made from the template, else a
// [ConflictError].
func SameTemplate(app applications.App, template applications.Template) error {
	if strings.EqualFold(app.TemplateID, template.ID) {
		return nil
	}
	return &ConflictError{
		Kind: "application", Name: app.Name,
		Have: madeFrom(app.TemplateID), Want: fmt.Sprintf("from %s (%s)", template.DisplayName, template.ID),
	}
}

func (c Create) existing(ctx context.Context) (*applications.App, error) {
	named, err := applications.Named(ctx, c.Graph, c.Name)
	switch {
	case err != nil || len(named) == 0:
		return nil, err
	case len(named) == 1 && whole(named[0]):
		return &named[0], nil
	}
	app, err := applications.FindRegistration(ctx, c.Graph, c.Name)
	return &app, err
}

// whole reports whether both objects of an application are there.
func whole(app applications.App) bool { return app.ApplicationID != "" && app.ServicePrincipalID != "" }

func (c Create) template(ctx context.Context) (applications.Template, error) {
	custom := c.Graph.Cloud().CustomTemplateID
	if c.Template == "" || strings.EqualFold(c.Template, custom) || strings.EqualFold(c.Template, customName) {
		return applications.Template{ID: custom, DisplayName: customName}, nil
	}
	template, err := applications.FindTemplate(ctx, c.Graph, c.Template)
	if err == nil && template.ID != custom && !template.Provisions() {
		err = failure.New(failure.Conflict, "applications made from the gallery template %s cannot be provisioned", template.DisplayName).
			Try(remedy.Run("create a non-gallery application, which can be provisioned", "app create", "NAME"))
	}
	return template, err
}

func (c Create) same(ctx context.Context, app applications.App, template applications.Template) (Created, error) {
	if err := SameTemplate(app, template); err != nil {
		return Created{App: provisioning.Describe(app)}, err
	}
	if app.ServicePrincipalID == "" { // deleted by itself; nothing can be provisioned without it
		return Created{App: provisioning.Describe(app)}, &graph.NotFoundError{Kind: "service principal of the application", Name: app.Name}
	}
	err := c.provisions(ctx, app)
	return Created{App: provisioning.Describe(app), TemplateName: template.DisplayName, Already: true}, err
}

func madeFrom(templateID string) string {
	if templateID == "" {
		return "registered without a template"
	}
	return "made from the template " + templateID
}

// ready waits for an application that was just made: first its name is found,
// so that the next command finds it too, and the provisioning service lags
// behind that.
func (c Create) ready(ctx context.Context, app applications.App) error {
	err := c.Graph.Wait(ctx, app.Name+" is found by its name", func(ctx context.Context) (bool, error) {
		named, err := applications.Named(ctx, c.Graph, app.Name)
		return slices.ContainsFunc(named, whole), err
	})
	if err != nil {
		return err
	}
	return c.provisions(ctx, app)
}

func (c Create) provisions(ctx context.Context, app applications.App) error {
	return applications.WhenReady(ctx, c.Graph, app, app.Name+" can be provisioned", func(ctx context.Context) error {
		_, err := synchronization.ListTemplates(ctx, c.Graph, app.ServicePrincipalID)
		return err
	})
}
