package job

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// Create gives an application its provisioning job, with the scope "assigned
// users and groups only" said explicitly. The portal does the same when the
// provisioning mode is set to Automatic.
type Create struct {
	Graph      *graph.Client
	App        string
	TemplateID string // of the application's provisioning templates; "" picks the right one
}

// Created is what [Create] found or made.
type Created struct {
	App     provisioning.App  `json:"app"`
	Job     View              `json:"job"`
	Scope   credentials.Scope `json:"scope"`
	Already bool              `json:"already"` // nothing had to be made or set
}

// An UnknownTemplateError says that an application has no such provisioning
// template, or several of which none is the right one by itself.
type UnknownTemplateError struct {
	App       string
	Template  string // as asked for; "" when none was
	Available []string
}

func (e *UnknownTemplateError) Error() string {
	have := bounds.Names(e.Available)
	switch {
	case have == "":
		return fmt.Sprintf("%s cannot be provisioned: it has no provisioning template", e.App)
	case e.Template == "":
		return fmt.Sprintf("%s has several provisioning templates: %s", e.App, have)
	}
	return fmt.Sprintf("%s has no provisioning template %q: it has %s", e.App, e.Template, have)
}

// Do finds or makes the job. A job that exists keeps its scope; a new one is
// given that of assigned users and groups.
func (s Create) Do(ctx context.Context) (Created, error) {
	app, err := applications.Find(ctx, s.Graph, s.App)
	if err != nil {
		return Created{}, err
	}
	job, made, err := s.job(ctx, app)
	if err != nil {
		return Created{App: provisioning.Describe(app)}, err
	}
	scope, set, err := s.scope(ctx, provisioning.Target{App: app, Job: job}, made)
	done := Created{
		App:   provisioning.Describe(app),
		Job:   ViewOf(job),
		Scope: scope, Already: !made && !set,
	}
	return done, err
}

func (s Create) job(ctx context.Context, app applications.App) (job synchronization.Job, made bool, err error) {
	var jobs []synchronization.Job
	var templates []synchronization.Template
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			jobs, err = synchronization.AwaitJobs(ctx, s.Graph, app)
			return err
		},
		func(ctx context.Context) (err error) { templates, err = s.templates(ctx, app); return err },
	)
	if err != nil {
		return synchronization.Job{}, false, err
	}
	if s.TemplateID == "" && len(jobs) == 1 {
		return jobs[0], false, nil
	}
	template, err := s.pick(app, templates)
	if err != nil {
		return synchronization.Job{}, false, err
	}
	ofTemplate := func(j synchronization.Job) bool { return j.TemplateID == template }
	if i := slices.IndexFunc(jobs, ofTemplate); i >= 0 {
		return jobs[i], false, nil
	}
	return s.create(ctx, app, template)
}

func (s Create) templates(ctx context.Context, app applications.App) (templates []synchronization.Template, err error) {
	err = applications.WhenReady(ctx, s.Graph, app, app.Name+" can be provisioned", func(ctx context.Context) error {
		templates, err = synchronization.ListTemplates(ctx, s.Graph, app.ServicePrincipalID)
		return err
	})
	return templates, err
}

// create makes the job. When somebody else was faster, theirs is the job.
func (s Create) create(ctx context.Context, app applications.App, template string) (job synchronization.Job, made bool, err error) {
	err = applications.WhenReady(ctx, s.Graph, app, "a job can be made for "+app.Name, func(ctx context.Context) error {
		job, err = synchronization.CreateJob(ctx, s.Graph, app.ServicePrincipalID, template)
		return err
	})
	if err == nil && !s.Graph.DryRun() {
		err = s.verify(ctx, provisioning.Target{App: app, Job: job})
	}
	if !graph.IsAlreadyExists(err) {
		if s.Graph.DryRun() {
			job.TemplateID = template
		}
		return job, err == nil, err
	}
	theirs, findErr := provisioning.JobOf(ctx, s.Graph, app, template)
	if findErr != nil {
		return synchronization.Job{}, false, err
	}
	return theirs.Job, false, nil
}

// verify reads the job that was just made.
func (s Create) verify(ctx context.Context, t provisioning.Target) error {
	return s.Graph.WaitVisible(ctx, "the provisioning job of "+t.App.Name+" is visible", func(ctx context.Context) (bool, error) {
		_, err := synchronization.GetJob(ctx, s.Graph, t.Ref())
		if graph.IsNotReady(err) {
			return false, nil
		}
		return err == nil, err
	})
}

// nonGallery is the provisioning template of today's non-gallery application;
// the older customappsso beside it behaves as in 2018.
const nonGallery = "scim"

func (s Create) pick(app applications.App, templates []synchronization.Template) (string, error) {
	wanted := s.TemplateID
	if wanted == "" && strings.EqualFold(app.TemplateID, s.Graph.Cloud().CustomTemplateID) {
		wanted = nonGallery
	}
	unknown := &UnknownTemplateError{App: app.Name, Template: s.TemplateID}
	byDefault := ""
	for _, template := range templates {
		if strings.EqualFold(template.ID, wanted) {
			return template.ID, nil
		}
		if template.Default && byDefault == "" {
			byDefault = template.ID
		}
		unknown.Available = append(unknown.Available, template.ID)
	}
	switch {
	case s.TemplateID == "" && len(templates) == 1:
		return templates[0].ID, nil
	case s.TemplateID == "" && byDefault != "":
		return byDefault, nil
	}
	return "", unknown
}

// scope says "assigned only" explicitly where nothing is said, and for a job
// that was just made.
func (s Create) scope(ctx context.Context, t provisioning.Target, made bool) (_ credentials.Scope, set bool, _ error) {
	current, err := credentials.ReadSecrets(ctx, s.Graph, t.App)
	if err != nil {
		return "", false, err
	}
	if now := current.Scope(); now == credentials.ScopeAssigned || now != "" && !made {
		return now, false, nil
	}
	err = credentials.SaveSecrets(ctx, s.Graph, t, func(credentials.Secrets) []synchronization.KeyValue {
		return []synchronization.KeyValue{{Key: credentials.KeySyncAll, Value: "false"}}
	})
	return credentials.ScopeAssigned, err == nil, err
}
