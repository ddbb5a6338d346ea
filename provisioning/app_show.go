package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
)

// ShowApp tells everything about one application that provisioning depends on.
type ShowApp struct {
	Graph *graph.Client
	App   string // name or id
}

// AppDetails is an application with its roles and its provisioning.
type AppDetails struct {
	App
	TemplateName  string    `json:"applicationTemplateName,omitempty"`
	Gallery       bool      `json:"gallery"`       // made from a gallery template
	Provisions    bool      `json:"provisions"`    // whether it can be provisioned at all
	SyncTemplates []string  `json:"syncTemplates"` // the provisioning templates that a job can be made from
	Roles         []AppRole `json:"roles"`
	Jobs          []AppJob  `json:"jobs"`
}

// An AppRole is a role of an application.
type AppRole struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Value    string `json:"value,omitempty"`
	Enabled  bool   `json:"enabled"`
	ForUsers bool   `json:"forUsers"` // can be given to users and groups
}

// An AppJob is a provisioning job in short.
type AppJob struct {
	ID         string `json:"id"`
	TemplateID string `json:"templateId"`
	State      State  `json:"state"`
}

func jobView(job graph.Job) AppJob {
	return AppJob{ID: job.ID, TemplateID: job.TemplateID, State: stateOf(job)}
}

// Do reads the application, then its templates and jobs side by side.
func (s ShowApp) Do(ctx context.Context) (AppDetails, error) {
	app, err := s.Graph.FindRegistration(ctx, s.App)
	if err != nil {
		return AppDetails{}, err
	}
	details := AppDetails{App: describe(app), Roles: describeRoles(app), SyncTemplates: []string{}, Jobs: []AppJob{}}
	details.Gallery = app.TemplateID != "" && app.TemplateID != s.Graph.Cloud().CustomTemplateID
	err = together(ctx,
		func(ctx context.Context) error { return s.template(ctx, app, &details) },
		func(ctx context.Context) error { return s.syncTemplates(ctx, app, &details) },
		func(ctx context.Context) error { return s.jobs(ctx, app, &details) },
	)
	details.Provisions = len(details.SyncTemplates) > 0
	return details, err
}

func (s ShowApp) template(ctx context.Context, app graph.App, details *AppDetails) error {
	if app.TemplateID == "" {
		return nil
	}
	template, err := s.Graph.FindAppTemplate(ctx, app.TemplateID)
	if graph.IsNotFound(err) { // withdrawn from the gallery since
		return nil
	}
	details.TemplateName = template.DisplayName
	return err
}

// whenReady asks the provisioning service, which may not have heard of a new
// application. Of one that was registered by hand it never does, and answers
// as if it did not exist:
// https://learn.microsoft.com/graph/application-provisioning-configuration-api.
func (s ShowApp) whenReady(ctx context.Context, app graph.App, call func(context.Context) error) error {
	switch {
	case app.ServicePrincipalID == "":
		return nil
	case app.TemplateID != "":
		return s.Graph.WhenReady(ctx, app, "the provisioning service knows "+app.Name, call)
	}
	if err := call(ctx); !graph.IsNotReady(err) {
		return err
	}
	return nil
}

func (s ShowApp) syncTemplates(ctx context.Context, app graph.App, details *AppDetails) error {
	var templates []graph.SyncTemplate
	err := s.whenReady(ctx, app, func(ctx context.Context) (err error) {
		templates, err = s.Graph.ListSyncTemplates(ctx, app.ServicePrincipalID)
		return err
	})
	for _, template := range templates {
		details.SyncTemplates = append(details.SyncTemplates, template.ID)
	}
	return err
}

func (s ShowApp) jobs(ctx context.Context, app graph.App, details *AppDetails) error {
	var jobs []graph.Job
	err := s.whenReady(ctx, app, func(ctx context.Context) (err error) {
		jobs, err = s.Graph.ListJobs(ctx, app.ServicePrincipalID)
		return err
	})
	for _, job := range jobs {
		details.Jobs = append(details.Jobs, jobView(job))
	}
	return err
}

func describeRoles(app graph.App) []AppRole {
	roles := make([]AppRole, len(app.Roles))
	for i, role := range app.Roles {
		roles[i] = AppRole{
			ID: role.ID, Name: role.DisplayName, Value: role.Value,
			Enabled: role.IsEnabled, ForUsers: forUsers(role),
		}
	}
	return roles
}
