package graph

import (
	"context"
	"net/http"
)

func synchronization(servicePrincipalID string, more ...string) string {
	return at(append([]string{"servicePrincipals", servicePrincipalID, "synchronization"}, more...)...)
}

// at is the path of a job, or of something below it. Job ids are opaque.
func (j JobRef) at(more ...string) string {
	return synchronization(j.ServicePrincipalID, append([]string{"jobs", j.JobID}, more...)...)
}

// ListSyncTemplates lists what a provisioning job of an application can be
// made from.
func (c *Client) ListSyncTemplates(ctx context.Context, servicePrincipalID string) ([]SyncTemplate, error) {
	return list[SyncTemplate](ctx, c, OpReadSyncTemplates, synchronization(servicePrincipalID, "templates"))
}

// ListJobs lists the provisioning jobs of an application.
func (c *Client) ListJobs(ctx context.Context, servicePrincipalID string) ([]Job, error) {
	jobs, err := list[Job](ctx, c, OpReadJobs, synchronization(servicePrincipalID, "jobs"))
	for i := range jobs {
		c.tellJob(JobRef{ServicePrincipalID: servicePrincipalID, JobID: jobs[i].ID}, &jobs[i])
	}
	return jobs, err
}

// GetJob reads a job with its status.
func (c *Client) GetJob(ctx context.Context, job JobRef) (Job, error) {
	now, err := get[Job](ctx, c, OpReadJobs, job.at())
	if err == nil {
		c.tellJob(job, &now)
	}
	return now, err
}

// CreateJob makes a job from a template. It does nothing until it is started.
// When the answer is lost, the job is looked for.
func (c *Client) CreateJob(ctx context.Context, servicePrincipalID, templateID string) (Job, error) {
	job, err := createOnce(ctx, func() (Job, error) {
		return post[Job](ctx, c, OpCreateJob, synchronization(servicePrincipalID, "jobs"), map[string]string{"templateId": templateID})
	}, func() (Job, bool, error) {
		all, err := c.ListJobs(ctx, servicePrincipalID)
		return pick(all, err, func(j Job) bool { return j.TemplateID == templateID })
	})
	if err == nil && !c.DryRun() {
		rememberMade(c, servicePrincipalID)
	}
	return job, err
}

// StartJob starts a job, or lets it go on from where it stopped, and lifts its
// quarantine. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start.
func (c *Client) StartJob(ctx context.Context, job JobRef) error {
	return c.changeJob(ctx, OpStartJob, http.MethodPost, job, job.at("start"))
}

// PauseJob stops a job. A cycle that is running ends first.
func (c *Client) PauseJob(ctx context.Context, job JobRef) error {
	return c.changeJob(ctx, OpPauseJob, http.MethodPost, job, job.at("pause"))
}

// DeleteJob stops a job and drops all that it remembers. Accounts in the
// application stay.
func (c *Client) DeleteJob(ctx context.Context, job JobRef) error {
	return c.changeJob(ctx, OpDeleteJob, http.MethodDelete, job, job.at())
}

func (c *Client) changeJob(ctx context.Context, op Operation, method string, job JobRef, path string) error {
	err := c.send(ctx, op, method, path, nil)
	if err == nil && !c.DryRun() {
		c.tellJob(job, nil)
	}
	return err
}

// observer is who is told of the jobs of a client.
type observer struct{ told func(JobRef, *Job) }

// Observe has told called with each job that the client reads from now on, and
// with nil for one that it starts, stops or deletes.
func Observe(c *Client, told func(JobRef, *Job)) {
	Kept(c, func() *observer { return &observer{} }).told = told
}

func (c *Client) tellJob(ref JobRef, job *Job) {
	if o := Kept(c, func() *observer { return &observer{} }); o.told != nil {
		o.told(ref, job)
	}
}

// RestartJob lets a job begin anew. The scope names what is forgotten, such as
// "Watermark, Escrows"; "" leaves it to the service, as the portal's button
// does. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-restart.
func (c *Client) RestartJob(ctx context.Context, job JobRef, scope string) error {
	body := map[string]any{}
	if scope != "" {
		body["criteria"] = map[string]string{"resetScope": scope}
	}
	return c.send(ctx, OpRestartJob, http.MethodPost, job.at("restart"), body)
}
