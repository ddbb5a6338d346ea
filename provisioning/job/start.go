package job

import (
	"context"
	"fmt"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// MakeJob gives an application that is known a provisioning job.
type MakeJob struct {
	Graph      *graph.Client
	App        applications.App
	TemplateID string // as for [Create]
}

// Do makes the job, which does nothing until it is started. One that somebody
// else made in the meantime is as good.
func (m MakeJob) Do(ctx context.Context) (provisioning.Target, error) {
	template, err := m.Template(ctx)
	if err != nil {
		return provisioning.Target{}, err
	}
	job, _, err := Create{Graph: m.Graph}.create(ctx, m.App, template)
	return provisioning.Target{App: m.App, Job: job}, err
}

// Template is the id of the template that the job would be made from. The error
// to know is [UnknownTemplateError].
func (m MakeJob) Template(ctx context.Context) (string, error) {
	s := Create{Graph: m.Graph, TemplateID: m.TemplateID}
	templates, err := s.templates(ctx, m.App)
	if err != nil {
		return "", err
	}
	return s.pick(m.App, templates)
}

// StartKnown starts a job that is known, and returns when it is active.
func StartKnown(ctx context.Context, client *graph.Client, t provisioning.Target) error {
	_, err := start(ctx, client, t, nil)
	return err
}

// StopKnown pauses a job that is known, and returns when it is not active.
func StopKnown(ctx context.Context, client *graph.Client, t provisioning.Target) error {
	if err := synchronization.PauseJob(ctx, client, t.Ref()); err != nil {
		return err
	}
	_, err := awaitStopped(ctx, client, t)
	return err
}

// Start lets the service run the job, about every 40 minutes. It also lifts a
// quarantine.
type Start struct {
	Graph    *graph.Client
	App, Job string               // Job as for [provisioning.FindJob]
	Confirm  provisioning.Confirm // asked before the first start of a job, which reaches everyone in scope
}

// Run is a job after its state was changed, or found to be right.
type Run struct {
	App              provisioning.App `json:"app"`
	Job              View             `json:"job"`
	Already          bool             `json:"already"`                    // nothing had to be done
	FirstStart       bool             `json:"firstStart,omitempty"`       // no cycle has ended before
	LiftedQuarantine bool             `json:"liftedQuarantine,omitempty"` // the job was in quarantine, and is not any more
}

func runOf(t provisioning.Target) Run {
	return Run{App: provisioning.Describe(t.App), Job: ViewOf(t.Job)}
}

// Do starts the job and returns when it is active. A job that is active and
// not in quarantine is left alone. One without credentials is not started: a
// [credentials.NoCredentialsError]. One that is in quarantine afterwards is a
// [QuarantineError].
func (s Start) Do(ctx context.Context) (Run, error) {
	t, err := provisioning.FindJob(ctx, s.Graph, s.App, s.Job)
	if err != nil {
		return Run{}, err
	}
	if t.Job.Running() && !t.Job.Quarantined() {
		done := runOf(t)
		done.Already = true
		return done, nil
	}
	return start(ctx, s.Graph, t, s.Confirm)
}

func start(ctx context.Context, client *graph.Client, t provisioning.Target, confirm provisioning.Confirm) (Run, error) {
	first := t.Job.NeverRan() && !t.Job.Running()
	if !first {
		if err := hasCredentials(ctx, client, t.App); err != nil {
			return runOf(t), err
		}
	} else {
		err := provisioning.Ask(ctx, client, confirm, func() (provisioning.Risk, error) { return firstStart(ctx, client, t) })
		if err != nil {
			return runOf(t), err
		}
	}
	if err := synchronization.StartJob(ctx, client, t.Ref()); err != nil {
		return runOf(t), err
	}
	done, err := started(ctx, client, t)
	done.FirstStart = first
	return done, err
}

// hasCredentials is an error for a job that would go straight into quarantine.
func hasCredentials(ctx context.Context, client *graph.Client, app applications.App) error {
	current, err := credentials.ReadSecrets(ctx, client, app)
	if err == nil && !current.HoldCredentials() {
		err = &credentials.NoCredentialsError{App: app.Name}
	}
	return err
}

// started waits until a job that was just started is active. A quarantine that
// holds, or whose cause lasts so that it is back by then, is a
// [QuarantineError].
func started(ctx context.Context, client *graph.Client, t provisioning.Target) (done Run, err error) {
	lifted := t.Job.Quarantined()
	t.Job, err = awaitJob(ctx, client, t, "provisioning of "+t.App.Name+" is active", synchronization.Job.Running)
	done = runOf(t)
	done.LiftedQuarantine = lifted && (client.DryRun() || !t.Job.Quarantined())
	if err == nil && !client.DryRun() {
		err = ReportOf(t).Check()
	}
	return done, err
}

// firstStart says whom a first cycle reaches. The job has counted nobody yet, so
// those in scope are counted: everyone, or who is assigned and who is a direct
// member of a group that is.
func firstStart(ctx context.Context, client *graph.Client, t provisioning.Target) (provisioning.Risk, error) {
	var current credentials.Secrets
	var rows []applications.Assignment
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			current, err = credentials.ReadSecrets(ctx, client, t.App)
			return err
		},
		func(ctx context.Context) (err error) {
			rows, err = assignment.Rows(ctx, client, t.App)
			return err
		},
	)
	switch {
	case err != nil:
		return provisioning.Risk{}, err
	case !current.HoldCredentials():
		return provisioning.Risk{}, &credentials.NoCredentialsError{App: t.App.Name} // it would go straight into quarantine
	}
	r, err := peopleInScope(ctx, client, current.Scope(), rows)
	if graph.IsRefusal(err) { // it is not what the start itself needs
		r.What, r.People, err = r.What+" (how many, may not be counted)", 0, nil
	}
	r.What = fmt.Sprintf("start provisioning of %s for the first time: %s", t.App.Name, r.What)
	return r, err
}

func peopleInScope(ctx context.Context, client *graph.Client, scope credentials.Scope, rows []applications.Assignment) (r provisioning.Risk, err error) {
	if scope == credentials.ScopeAll {
		r.What = "every user of the tenant is provisioned"
		r.People, err = directory.CountUsers(ctx, client)
		return r, err
	}
	r.What = "everyone assigned is provisioned"
	if len(assignment.PrincipalsOf(rows, "Group")) > 0 {
		r.What += ", and so are the direct members of assigned groups"
	}
	reach, err := assignment.ReachOf(ctx, client, rows)
	r.People, r.AtMost = reach.Users, reach.AtMost
	return r, err
}

// awaitJob reads the job until it is as it should be, and returns it as last
// seen. A dry run has changed nothing and reads nothing.
func awaitJob(ctx context.Context, client *graph.Client, t provisioning.Target, what string, is func(synchronization.Job) bool) (synchronization.Job, error) {
	job := t.Job
	if client.DryRun() {
		return job, nil
	}
	err := client.Wait(ctx, what, func(ctx context.Context) (bool, error) {
		now, err := synchronization.GetJob(ctx, client, t.Ref())
		if err != nil {
			return false, err
		}
		job = now
		return is(job), nil
	})
	return job, err
}
