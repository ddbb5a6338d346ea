package blueprint

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
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// A reader fills what is known.
type reader struct {
	Make
	*known
	b Blueprint
}

// wants reports whether any of these sections is planned and named.
func (r reader) wants(sections ...Section) bool {
	return slices.ContainsFunc(sections, func(s Section) bool { return r.Selection.holds(s) && r.b.names(s) })
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
		r.app = found[0]
	case len(found) == 0 && !isID(name) && r.b.Application.MayCreate() && r.Selection.holds(SectionApplication):
		return nil
	default:
		if r.app, err = applications.FindRegistration(ctx, r.Graph, name); err != nil {
			return err
		}
	}
	if r.exists = r.app.ServicePrincipalID != ""; !r.exists {
		return &graph.NotFoundError{Kind: "service principal of the application", Name: name}
	}
	return nil
}

// template looks the template up that the application should be made from.
func (r reader) template(ctx context.Context) (err error) {
	if r.b.Application.Template == "" || !r.Selection.holds(SectionApplication) {
		return nil
	}
	r.known.template, err = apps.Create{Graph: r.Graph, Template: r.b.Application.Template}.FindTemplate(ctx)
	return r.fail(err, SectionApplication)
}

// job reads the job, and then what only a job has.
func (r reader) job(ctx context.Context) error {
	if !r.wants(SectionProvisioning, SectionCredentials, SectionUsers, SectionGroups) {
		return nil
	}
	err := parallel.Do(ctx, r.readJobs, r.readSecrets)
	if err != nil || r.known.job == nil {
		return err
	}
	return parallel.Do(ctx, r.readSchema, r.trySaved, r.readBeginning)
}

func (r reader) readJobs(ctx context.Context) (err error) {
	if r.jobs, err = synchronization.AwaitJobs(ctx, r.Graph, r.app); err != nil {
		return r.fail(err, SectionProvisioning, SectionCredentials, SectionUsers, SectionGroups)
	}
	wanted := ""
	if r.b.Provisioning != nil {
		wanted = r.b.Provisioning.Template
	}
	job, err := synchronization.PickJob(r.app, r.jobs, wanted)
	_, none := errors.AsType[*synchronization.NoJobError](err)
	switch {
	case err == nil:
		r.known.job = &job
	case none || wanted != "" && graph.IsNotFound(err):
	default:
		return r.fail(err, SectionProvisioning, SectionCredentials, SectionUsers, SectionGroups)
	}
	return nil
}

func (r reader) readSecrets(ctx context.Context) error {
	if !r.wants(SectionProvisioning, SectionCredentials) {
		return nil
	}
	err := applications.WhenReady(ctx, r.Graph, r.app, "the settings of "+r.app.Name+" can be read", func(ctx context.Context) (err error) {
		r.secrets, err = synchronization.Secrets(ctx, r.Graph, r.app.ServicePrincipalID)
		return err
	})
	return r.fail(err, SectionProvisioning, SectionCredentials)
}

func (r reader) readSchema(ctx context.Context) (err error) {
	if !r.wants(SectionUsers, SectionGroups) {
		return nil
	}
	r.schema, err = schema.Read(ctx, r.Graph, r.app, r.target().Ref())
	return r.fail(err, SectionUsers, SectionGroups)
}

// readBeginning reads what the job began with, where attributes that were added
// since are to go.
func (r reader) readBeginning(ctx context.Context) error {
	prunes := r.wants(SectionUsers) && r.b.Users.Prune || r.wants(SectionGroups) && r.b.Groups.Prune
	if !prunes {
		return nil
	}
	text, err := synchronization.TemplateSchema(ctx, r.Graph, r.app.ServicePrincipalID, r.known.job.TemplateID)
	if err == nil {
		r.begins, err = schema.Parse(text)
	}
	return r.fail(err, SectionUsers, SectionGroups)
}

// trySaved has the service try what it keeps to sign in with.
func (r reader) trySaved(ctx context.Context) error {
	saved := credentials.SignedInBy(r.secrets)
	if !r.wants(SectionCredentials) || saved.Kind == "" {
		return nil
	}
	r.tried = credentials.TrySaved(ctx, r.Graph, r.target(), saved.URL)
	r.wasTried = true
	if ctx.Err() != nil {
		return r.tried
	}
	return nil
}

func (r reader) readExtensions(ctx context.Context) (err error) {
	r.known.extensions, err = applications.ListExtensions(ctx, r.Graph, r.app.ApplicationID)
	return err
}

func (r reader) extensions(ctx context.Context) error {
	if !r.wants(SectionExtensions, SectionValues) {
		return nil
	}
	if r.app.ApplicationID == "" {
		return r.fail(&graph.NotFoundError{Kind: "application registration in this tenant", Name: r.app.Name}, SectionExtensions, SectionValues)
	}
	err := applications.WhenReady(ctx, r.Graph, r.app, "the extension properties of "+r.app.Name+" can be read", r.readExtensions)
	return r.fail(err, SectionExtensions, SectionValues)
}

func (r reader) assignments(ctx context.Context) (err error) {
	if r.wants(SectionAssignments) {
		r.rows, err = assignment.Rows(ctx, r.Graph, r.app)
	}
	return r.fail(err, SectionAssignments)
}
