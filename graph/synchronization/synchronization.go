// Package synchronization reads and writes the provisioning of applications: jobs, schemas, secrets.
package synchronization

import (
	"context"
	"net/http"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

func pathOf(servicePrincipalID string, more ...string) string {
	return odata.Path(append([]string{"servicePrincipals", servicePrincipalID, "synchronization"}, more...)...)
}

// at is the path of a job, or of something below it. Job ids are opaque.
func (j JobRef) at(more ...string) string {
	return pathOf(j.ServicePrincipalID, append([]string{"jobs", j.JobID}, more...)...)
}

// ListTemplates lists what a provisioning job of an application can be
// made from.
func ListTemplates(ctx context.Context, c *graph.Client, servicePrincipalID string) ([]Template, error) {
	return graph.List[Template](ctx, c, graph.OpReadSyncTemplates, pathOf(servicePrincipalID, "templates"))
}

// ListJobs lists the provisioning jobs of an application.
func ListJobs(ctx context.Context, c *graph.Client, servicePrincipalID string) ([]Job, error) {
	jobs, err := graph.List[Job](ctx, c, graph.OpReadJobs, pathOf(servicePrincipalID, "jobs"))
	for i := range jobs {
		tellJob(c, JobRef{ServicePrincipalID: servicePrincipalID, JobID: jobs[i].ID}, &jobs[i])
	}
	return jobs, err
}

// GetJob reads a job with its status.
func GetJob(ctx context.Context, c *graph.Client, job JobRef) (Job, error) {
	now, err := graph.Get[Job](ctx, c, graph.OpReadJobs, job.at())
	if err == nil {
		tellJob(c, job, &now)
	}
	return now, err
}

// CreateJob makes a job from a template. It does nothing until it is started.
// When the answer is lost, the job is looked for.
func CreateJob(ctx context.Context, c *graph.Client, servicePrincipalID, templateID string) (Job, error) {
	job, err := graph.CreateOnce(ctx, func() (Job, error) {
		return graph.Post[Job](ctx, c, graph.OpCreateJob, pathOf(servicePrincipalID, "jobs"), map[string]string{"templateId": templateID})
	}, func() (Job, bool, error) {
		all, err := ListJobs(ctx, c, servicePrincipalID)
		return graph.PickCreated(all, err, func(j Job) bool { return j.TemplateID == templateID })
	})
	if err == nil && !c.DryRun() {
		applications.RememberMade(c, servicePrincipalID)
	}
	return job, err
}

// StartJob starts a job, or lets it go on from where it stopped, and lifts its
// quarantine. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start.
func StartJob(ctx context.Context, c *graph.Client, job JobRef) error {
	return changeJob(ctx, c, graph.OpStartJob, http.MethodPost, job, job.at("start"))
}

// PauseJob stops a job. A cycle that is running ends first.
func PauseJob(ctx context.Context, c *graph.Client, job JobRef) error {
	return changeJob(ctx, c, graph.OpPauseJob, http.MethodPost, job, job.at("pause"))
}

// DeleteJob stops a job and drops all that it remembers. Accounts in the
// application stay.
func DeleteJob(ctx context.Context, c *graph.Client, job JobRef) error {
	return changeJob(ctx, c, graph.OpDeleteJob, http.MethodDelete, job, job.at())
}

func changeJob(ctx context.Context, c *graph.Client, op graph.Operation, method string, job JobRef, path string) error {
	err := c.Send(ctx, op, method, path, nil)
	if err == nil && !c.DryRun() {
		tellJob(c, job, nil)
	}
	return err
}

// An observer gets the jobs that a client reads and changes.
type observer struct{ told func(JobRef, *Job) }

func observerOf(c *graph.Client) *observer {
	return graph.Kept(c, func() *observer { return &observer{} })
}

// Observe calls told with each job that the client reads from now on, and with
// nil for one that it starts, stops or deletes.
func Observe(c *graph.Client, told func(JobRef, *Job)) { observerOf(c).told = told }

func tellJob(c *graph.Client, ref JobRef, job *Job) {
	if o := observerOf(c); o.told != nil {
		o.told(ref, job)
	}
}

// RestartJob lets a job start over. The scope names what is forgotten, such as
// "Watermark, Escrows"; "" leaves it to the service, as the portal's button
// does. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart.
func RestartJob(ctx context.Context, c *graph.Client, job JobRef, scope string) error {
	body := map[string]any{}
	if scope != "" {
		body["criteria"] = map[string]string{"resetScope": scope}
	}
	return c.Send(ctx, graph.OpRestartJob, http.MethodPost, job.at("restart"), body)
}
