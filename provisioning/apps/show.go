package apps

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/job"
)

// An Owner may change an application. An application that works with the
// permission Application.ReadWrite.OwnedBy has to own both of its objects.
type Owner struct {
	ID                 string `json:"id"`
	Name               string `json:"name,omitempty"` // user principal name, or name of an application; "" when it may not be read
	Type               string `json:"type"`           // User or Application
	OfApplication      bool   `json:"ofApplication"`
	OfServicePrincipal bool   `json:"ofServicePrincipal"`
}

// ownersView joins the owners of the application and of its service principal.
func ownersView(ofApplication, ofServicePrincipal []applications.Owner) []Owner {
	owners := []Owner{}
	find := func(o applications.Owner) *Owner {
		at := slices.IndexFunc(owners, func(have Owner) bool { return have.ID == o.ID })
		if at < 0 {
			owner := Owner{ID: o.ID, Name: o.Name, Type: "Application"}
			if o.User {
				owner.Type = "User"
			}
			at = len(owners)
			owners = append(owners, owner)
		}
		return &owners[at]
	}
	for _, o := range ofApplication {
		find(o).OfApplication = true
	}
	for _, o := range ofServicePrincipal {
		find(o).OfServicePrincipal = true
	}
	return owners
}

// AppParts are what an application is shown with when it can be read.
type AppParts struct {
	Show
	App applications.App

	saved       credentials.Secrets
	assigned    AssignmentCounts
	names       []string
	OfApp, OfSP []applications.Owner
	mu          sync.Mutex
	refused     []Refusal
}

// part makes a look-up that waits for a new application, and is no failure when
// Graph refuses it.
func (p *AppParts) part(name string, read func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := applications.WhenReady(ctx, p.Graph, p.App, "the "+name+" can be read", read)
		if !graph.IsRefusal(err) {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused = append(p.refused, Refusal{Part: name, Reason: err.Error()})
		return nil
	}
}

func (p *AppParts) secrets(ctx context.Context) error {
	return p.whenReady(ctx, p.App, func(ctx context.Context) (err error) {
		p.saved, err = synchronization.Secrets(ctx, p.Graph, p.App.ServicePrincipalID)
		return err
	})
}

func (p *AppParts) assignments(ctx context.Context) error {
	if p.App.ServicePrincipalID == "" {
		return nil
	}
	all, err := applications.ListAssignments(ctx, p.Graph, p.App.ServicePrincipalID)
	for _, a := range all {
		switch a.PrincipalType {
		case "User":
			p.assigned.Users++
		case "Group":
			p.assigned.Groups++
		default:
			p.assigned.Others++
		}
	}
	return err
}

func (p *AppParts) extensions(ctx context.Context) error {
	if p.App.ApplicationID == "" {
		return nil
	}
	found, err := applications.ListExtensions(ctx, p.Graph, p.App.ApplicationID)
	for _, e := range found {
		p.names = append(p.names, e.Name)
	}
	slices.Sort(p.names)
	return err
}

// AppOwners reads the owners of the application.
func (p *AppParts) AppOwners(ctx context.Context) (err error) {
	if p.App.ApplicationID != "" {
		p.OfApp, err = applications.OwnersOfApplication(ctx, p.Graph, p.App.ApplicationID)
	}
	return err
}

// PrincipalOwners reads the owners of the service principal.
func (p *AppParts) PrincipalOwners(ctx context.Context) (err error) {
	if p.App.ServicePrincipalID != "" {
		p.OfSP, err = applications.OwnersOfServicePrincipal(ctx, p.Graph, p.App.ServicePrincipalID)
	}
	return err
}

// objects reads what a job does with users and with groups.
func (s Show) objects(ctx context.Context, app applications.App, job synchronization.Job) ([]Object, error) {
	objects := []Object{}
	document, err := schema.Read(ctx, s.Graph, app, synchronization.JobRef{ServicePrincipalID: app.ServicePrincipalID, JobID: job.ID})
	if err != nil {
		return objects, err
	}
	for _, kind := range []string{schema.User, schema.Group} {
		if o, err := document.Object(kind); err == nil { // a template may have none for groups
			objects = append(objects, Object{Kind: kind, Enabled: o.Enabled(), Actions: o.Actions()})
		}
	}
	return objects, nil
}

// fill takes over what was read, in an order that does not depend on which
// answer came first.
func (p *AppParts) fill(details *Details) {
	details.TenantURL = credentials.ShownURL(p.saved.Get(credentials.KeyBaseAddress))
	details.Secrets = p.saved.Keys()
	details.Settings = p.saved.Settings()
	details.Assignments = p.assigned
	details.Extensions = append(details.Extensions, p.names...)
	details.Owners = ownersView(p.OfApp, p.OfSP)
	details.Refused = append(details.Refused, p.refused...)
	slices.SortStableFunc(details.Refused, func(a, b Refusal) int { return cmp.Compare(a.Part, b.Part) })
}

// Show tells everything about one application that provisioning depends on.
type Show struct {
	Graph *graph.Client
	App   string // name or id
}

// Details is an application with its roles and its provisioning.
type Details struct {
	provisioning.App
	TemplateName  string                 `json:"applicationTemplateName,omitempty"`
	Gallery       bool                   `json:"gallery"`       // made from a gallery template
	Provisions    bool                   `json:"provisions"`    // whether it can be provisioned at all
	SyncTemplates []string               `json:"syncTemplates"` // the provisioning templates that a job can be made from
	Roles         []Role                 `json:"roles"`
	Jobs          []JobDetails           `json:"jobs"`
	TenantURL     string                 `json:"tenantUrl,omitempty"` // of its query the names alone
	Secrets       []credentials.SavedKey `json:"secrets"`             // what is saved, never a value
	Settings      credentials.Settings   `json:"settings"`
	Assignments   AssignmentCounts       `json:"assignments"`
	Extensions    []string               `json:"extensionProperties"` // full names
	Owners        []Owner                `json:"owners"`
	Refused       []Refusal              `json:"notReadable"`
}

// An Role is a role of an application.
type Role struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Value    string `json:"value,omitempty"`
	Enabled  bool   `json:"enabled"`
	ForUsers bool   `json:"forUsers"` // can be given to users and groups
}

// An JobDetails is a provisioning job with what it does.
type JobDetails struct {
	job.View
	Objects []Object `json:"objects"`
}

// An Object says what a job does with users or groups.
type Object struct {
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
func (s Show) Do(ctx context.Context) (Details, error) {
	app, err := applications.FindRegistration(ctx, s.Graph, s.App)
	if err != nil {
		return Details{}, err
	}
	details := Details{
		App: provisioning.Describe(app), Roles: describeRoles(app), SyncTemplates: []string{}, Jobs: []JobDetails{},
		Extensions: []string{}, Refused: []Refusal{},
	}
	details.Gallery = app.TemplateID != "" && app.TemplateID != s.Graph.Cloud().CustomTemplateID
	more := &AppParts{Show: s, App: app}
	err = parallel.Do(ctx,
		func(ctx context.Context) error { return s.template(ctx, app, &details) },
		func(ctx context.Context) error { return s.syncTemplates(ctx, app, &details) },
		func(ctx context.Context) error { return s.jobs(ctx, app, more, &details) },
		more.part("settings", more.secrets), more.part("assignments", more.assignments), more.part("extension properties", more.extensions),
		more.part("owners of the application", more.AppOwners), more.part("owners of the service principal", more.PrincipalOwners),
	)
	details.Provisions = len(details.SyncTemplates) > 0
	more.fill(&details)
	return details, err
}

func (s Show) template(ctx context.Context, app applications.App, details *Details) error {
	if app.TemplateID == "" {
		return nil
	}
	template, err := applications.FindTemplate(ctx, s.Graph, app.TemplateID)
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
func (s Show) whenReady(ctx context.Context, app applications.App, call func(context.Context) error) error {
	switch {
	case app.ServicePrincipalID == "":
		return nil
	case app.TemplateID != "":
		return applications.WhenReady(ctx, s.Graph, app, "the provisioning service knows "+app.Name, call)
	}
	if err := call(ctx); !graph.IsNotReady(err) {
		return err
	}
	return nil
}

func (s Show) syncTemplates(ctx context.Context, app applications.App, details *Details) error {
	var templates []synchronization.Template
	err := s.whenReady(ctx, app, func(ctx context.Context) (err error) {
		templates, err = synchronization.ListTemplates(ctx, s.Graph, app.ServicePrincipalID)
		return err
	})
	for _, template := range templates {
		details.SyncTemplates = append(details.SyncTemplates, template.ID)
	}
	return err
}

// jobs reads the jobs, then their schemas.
func (s Show) jobs(ctx context.Context, app applications.App, more *AppParts, details *Details) error {
	var jobs []synchronization.Job
	err := s.whenReady(ctx, app, func(ctx context.Context) (err error) {
		jobs, err = synchronization.ListJobs(ctx, s.Graph, app.ServicePrincipalID)
		return err
	})
	if err != nil {
		return err
	}
	details.Jobs, err = parallel.Map(ctx, jobs, func(ctx context.Context, found synchronization.Job) (JobDetails, error) {
		detail := JobDetails{View: job.ViewOf(found), Objects: []Object{}}
		err := more.part("schema of "+found.ID, func(ctx context.Context) (err error) {
			detail.Objects, err = s.objects(ctx, app, found)
			return err
		})(ctx)
		return detail, err
	})
	return err
}

func describeRoles(app applications.App) []Role {
	roles := make([]Role, len(app.Roles))
	for i, role := range app.Roles {
		roles[i] = Role{
			ID: role.ID, Name: role.DisplayName, Value: role.Value,
			Enabled: role.IsEnabled, ForUsers: assignment.ForUsers(role),
		}
	}
	return roles
}
