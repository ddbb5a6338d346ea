package provisioning

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/synchronization"
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

// Describe is an application as results show it.
func Describe(app applications.App) App {
	return App{
		Name: app.Name, AppID: app.AppID, ApplicationID: app.ApplicationID,
		ServicePrincipalID: app.ServicePrincipalID, TemplateID: app.TemplateID,
	}
}

// PerReading is how many objects one request reads: see [directory.UsersByID].
const PerReading = 300

// A Target is an application and the job that provisions it.
type Target struct {
	App applications.App
	Job synchronization.Job
}

// Ref is the job as Graph's calls want it.
func (t Target) Ref() synchronization.JobRef {
	return synchronization.JobRef{ServicePrincipalID: t.App.ServicePrincipalID, JobID: t.Job.ID}
}

// FindJob finds an application by name or id, and its job: the only one, or
// the one with the given job or template id. The errors are those of
// [synchronization.FindJob].
func FindJob(ctx context.Context, client *graph.Client, app, job string) (Target, error) {
	found, err := applications.Find(ctx, client, app)
	if err != nil {
		return Target{}, err
	}
	return JobOf(ctx, client, found, job)
}

// JobOf is [FindJob] for an application that was found before.
func JobOf(ctx context.Context, client *graph.Client, app applications.App, job string) (Target, error) {
	found, err := synchronization.FindJob(ctx, client, app, job)
	return Target{App: app, Job: found}, err
}
