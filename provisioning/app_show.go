package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
)

// ShowApp tells everything about one application that provisioning depends on.
type ShowApp struct {
	Graph *graph.Client
	App   string // name or id
}

// AppDetails is an application with its roles and its provisioning.
type AppDetails struct {
	App
	TemplateName  string           `json:"applicationTemplateName,omitempty"`
	Gallery       bool             `json:"gallery"`       // made from a gallery template
	Provisions    bool             `json:"provisions"`    // whether it can be provisioned at all
	SyncTemplates []string         `json:"syncTemplates"` // the provisioning templates that a job can be made from
	Roles         []AppRole        `json:"roles"`
	Jobs          []AppJobDetail   `json:"jobs"`
	TenantURL     string           `json:"tenantUrl,omitempty"` // of its query the names alone
	Secrets       []SavedKey       `json:"secrets"`             // what is saved, never a value
	Settings      Settings         `json:"settings"`
	Assignments   AssignmentCounts `json:"assignments"`
	Extensions    []string         `json:"extensionProperties"` // full names
	Owners        []AppOwner       `json:"owners"`
	Refused       []Refusal        `json:"notReadable"`
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

// An AppJobDetail is a provisioning job with what it does.
type AppJobDetail struct {
	AppJob
	Objects []AppObject `json:"objects"`
}

// An AppObject says what a job does with users or groups.
type AppObject struct {
	Kind    string   `json:"kind"` // user, group
	Enabled bool     `json:"enabled"`
	Actions []string `json:"actions"` // some of create, update, delete
}

// AssignmentCounts tell how many are assigned to an application.
type AssignmentCounts struct {
	Users  int `json:"users"`
	Groups int `json:"groups"`
	Others int `json:"others"` // applications
}

// A Refusal is a part that Graph did not let the caller read.
type Refusal struct {
	Part   string `json:"part"`
	Reason string `json:"reason"`
}

// Do reads the application, and then side by side all that belongs to it; only
// the schemas wait for the jobs. What is beside application, templates and jobs
// is left out when the caller may not read it, and told of in Refused.
func (s ShowApp) Do(ctx context.Context) (AppDetails, error) {
	app, err := s.Graph.FindRegistration(ctx, s.App)
	if err != nil {
		return AppDetails{}, err
	}
	details := AppDetails{
		App: describe(app), Roles: describeRoles(app), SyncTemplates: []string{}, Jobs: []AppJobDetail{},
		Extensions: []string{}, Refused: []Refusal{},
	}
	details.Gallery = app.TemplateID != "" && app.TemplateID != s.Graph.Cloud().CustomTemplateID
	more := &appParts{ShowApp: s, app: app}
	err = parallel.Do(ctx,
		func(ctx context.Context) error { return s.template(ctx, app, &details) },
		func(ctx context.Context) error { return s.syncTemplates(ctx, app, &details) },
		func(ctx context.Context) error { return s.jobs(ctx, app, more, &details) },
		more.part("settings", more.secrets), more.part("assignments", more.assignments), more.part("extension properties", more.extensions),
		more.part("owners of the application", more.appOwners), more.part("owners of the service principal", more.principalOwners),
	)
	details.Provisions = len(details.SyncTemplates) > 0
	more.fill(&details)
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

// jobs reads the jobs, then their schemas.
func (s ShowApp) jobs(ctx context.Context, app graph.App, more *appParts, details *AppDetails) error {
	var jobs []graph.Job
	err := s.whenReady(ctx, app, func(ctx context.Context) (err error) {
		jobs, err = s.Graph.ListJobs(ctx, app.ServicePrincipalID)
		return err
	})
	if err != nil {
		return err
	}
	details.Jobs, err = parallel.Map(ctx, jobs, func(ctx context.Context, job graph.Job) (AppJobDetail, error) {
		detail := AppJobDetail{AppJob: jobView(job), Objects: []AppObject{}}
		err := more.part("schema of "+job.ID, func(ctx context.Context) (err error) {
			detail.Objects, err = s.objects(ctx, app, job)
			return err
		})(ctx)
		return detail, err
	})
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
