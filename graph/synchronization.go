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
	return list[Job](ctx, c, OpReadJobs, synchronization(servicePrincipalID, "jobs"))
}

// GetJob reads a job with its status.
func (c *Client) GetJob(ctx context.Context, job JobRef) (Job, error) {
	return get[Job](ctx, c, OpReadJobs, job.at())
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
	if err == nil && !c.dryRun {
		c.remember(servicePrincipalID)
	}
	return job, err
}

// DeleteJob stops a job and drops all that it remembers. Accounts in the
// application stay.
func (c *Client) DeleteJob(ctx context.Context, job JobRef) error {
	return c.send(ctx, OpDeleteJob, http.MethodDelete, job.at(), nil)
}

// StartJob starts a job, or lets it go on from where it stopped, and lifts its
// quarantine. When the answer is lost, the job is looked at. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-start.
func (c *Client) StartJob(ctx context.Context, job JobRef) error {
	return c.turn(ctx, OpStartJob, job, "start", func(now Job) bool { return now.Running() && now.Status.Code != "Quarantine" })
}

// PauseJob stops a job. A cycle that is running ends first. When the answer is
// lost, the job is looked at.
func (c *Client) PauseJob(ctx context.Context, job JobRef) error {
	return c.turn(ctx, OpPauseJob, job, "pause", func(now Job) bool { return !now.Running() })
}

func (c *Client) turn(ctx context.Context, op Operation, job JobRef, action string, done func(Job) bool) error {
	_, err := createOnce(ctx, func() (Job, error) {
		return Job{}, c.send(ctx, op, http.MethodPost, job.at(action), nil)
	}, func() (Job, bool, error) {
		now, err := c.GetJob(ctx, job)
		return now, done(now), err
	})
	return err
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
