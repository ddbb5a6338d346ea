package planning

import (
	"context"
	"errors"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning/apps"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// A reader fills what is known.
type reader struct {
	Make
	*State
	b blueprint.Blueprint
}

// wants reports whether any of these sections is planned and named.
func (r reader) wants(sections ...blueprint.Section) bool {
	return slices.ContainsFunc(sections, func(s blueprint.Section) bool { return r.Selection.Holds(s) && names(r.b, s) })
}

// application looks for the application; that there is none is no error when
// it may be made.
func (r reader) application(ctx context.Context) (err error) {
	name := r.b.Application.Name
	found, err := applications.Named(ctx, r.Graph, name)
	if err != nil {
		return err
	}
	switch {
	case len(found) == 1 && found[0].ApplicationID != "" && found[0].ServicePrincipalID != "":
		r.App = found[0]
	case len(found) == 0 && !IsID(name) && r.b.Application.MayCreate() && r.Selection.Holds(blueprint.SectionApplication):
		return nil
	default:
		if r.App, err = applications.FindRegistration(ctx, r.Graph, name); err != nil {
			return err
		}
	}
	if r.Exists = r.App.ServicePrincipalID != ""; !r.Exists {
		return &graph.NotFoundError{Kind: "service principal of the application", Name: name}
	}
	return nil
}

// template looks the template up that the application should be made from.
func (r reader) template(ctx context.Context) (err error) {
	if r.b.Application.Template == "" || !r.Selection.Holds(blueprint.SectionApplication) {
		return nil
	}
	r.State.template, err = apps.Create{Graph: r.Graph, Template: r.b.Application.Template}.FindTemplate(ctx)
	return r.fail(err, blueprint.SectionApplication)
}

// job reads the job, and then what only a job has.
func (r reader) job(ctx context.Context) error {
	if !r.wants(blueprint.SectionProvisioning, blueprint.SectionCredentials, blueprint.SectionUsers, blueprint.SectionGroups) {
		return nil
	}
	err := parallel.Do(ctx, r.readJobs, r.readSecrets)
	if err != nil || r.Job == nil {
		return err
	}
	return parallel.Do(ctx, r.readSchema, r.trySaved, r.readBeginning)
}

func (r reader) readJobs(ctx context.Context) (err error) {
	if r.Jobs, err = synchronization.AwaitJobs(ctx, r.Graph, r.App); err != nil {
		return r.fail(err, blueprint.SectionProvisioning, blueprint.SectionCredentials, blueprint.SectionUsers, blueprint.SectionGroups)
	}
	wanted := ""
	if r.b.Provisioning != nil {
		wanted = r.b.Provisioning.Template
	}
	job, err := synchronization.PickJob(r.App, r.Jobs, wanted)
	_, none := errors.AsType[*synchronization.NoJobError](err)
	switch {
	case err == nil:
		r.Job = &job
	case none || wanted != "" && graph.IsNotFound(err):
	default:
		return r.fail(err, blueprint.SectionProvisioning, blueprint.SectionCredentials, blueprint.SectionUsers, blueprint.SectionGroups)
	}
	return nil
}

func (r reader) readSecrets(ctx context.Context) error {
	if !r.wants(blueprint.SectionProvisioning, blueprint.SectionCredentials) {
		return nil
	}
	err := applications.WhenReady(ctx, r.Graph, r.App, "the settings of "+r.App.Name+" can be read", func(ctx context.Context) (err error) {
		r.Secrets, err = synchronization.Secrets(ctx, r.Graph, r.App.ServicePrincipalID)
		return err
	})
	return r.fail(err, blueprint.SectionProvisioning, blueprint.SectionCredentials)
}

func (r reader) readSchema(ctx context.Context) (err error) {
	if !r.wants(blueprint.SectionUsers, blueprint.SectionGroups) {
		return nil
	}
	r.Schema, err = schema.Read(ctx, r.Graph, r.App, r.Target().Ref())
	return r.fail(err, blueprint.SectionUsers, blueprint.SectionGroups)
}

// readBeginning reads what the job began with, where attributes that were added
// since are to go.
func (r reader) readBeginning(ctx context.Context) error {
	prunes := r.wants(blueprint.SectionUsers) && r.b.Users.Prune || r.wants(blueprint.SectionGroups) && r.b.Groups.Prune
	if !prunes {
		return nil
	}
	text, err := synchronization.TemplateSchema(ctx, r.Graph, r.App.ServicePrincipalID, r.Job.TemplateID)
	if err == nil {
		r.Begins, err = schema.Parse(text)
	}
	return r.fail(err, blueprint.SectionUsers, blueprint.SectionGroups)
}

// trySaved has the service try what it keeps to sign in with.
func (r reader) trySaved(ctx context.Context) error {
	saved := credentials.SignedInBy(r.Secrets)
	if !r.wants(blueprint.SectionCredentials) || saved.Kind == "" {
		return nil
	}
	r.tried = credentials.TrySaved(ctx, r.Graph, r.Target(), saved.URL)
	r.wasTried = true
	if ctx.Err() != nil {
		return r.tried
	}
	return nil
}

func (r reader) readExtensions(ctx context.Context) (err error) {
	r.Extensions, err = applications.ListExtensions(ctx, r.Graph, r.App.ApplicationID)
	return err
}

func (r reader) extensions(ctx context.Context) error {
	if !r.wants(blueprint.SectionExtensions, blueprint.SectionValues) {
		return nil
	}
	if r.App.ApplicationID == "" {
		return r.fail(&graph.NotFoundError{Kind: "application registration in this tenant", Name: r.App.Name}, blueprint.SectionExtensions, blueprint.SectionValues)
	}
	err := applications.WhenReady(ctx, r.Graph, r.App, "the extension properties of "+r.App.Name+" can be read", r.readExtensions)
	return r.fail(err, blueprint.SectionExtensions, blueprint.SectionValues)
}

func (r reader) assignments(ctx context.Context) (err error) {
	if r.wants(blueprint.SectionAssignments) {
		r.rows, err = assignment.Rows(ctx, r.Graph, r.App)
	}
	return r.fail(err, blueprint.SectionAssignments)
}
