package blueprint

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning"
)

// known is what was read of an application. A section that could not be read is
// among the failed.
type known struct {
	app        graph.App // zero when there is none
	exists     bool
	template   graph.AppTemplate // that it should be made from; zero when none was asked for
	jobs       []graph.Job
	job        *graph.Job // nil when there is none
	secrets    []graph.KeyValue
	extensions []graph.ExtensionProperty
	schema     *mappings.Schema
	begins     *mappings.Schema // as a job of the template begins, read for prune alone
	rows       []graph.Assignment
	users      map[string]graph.User // by the names in the file
	groups     map[string]graph.Group
	missing    []provisioning.Failure
	tried      error // what the service says of the saved credentials
	wasTried   bool
	signIn     *signIn // once it is resolved, which only applying does

	mu     sync.Mutex
	failed map[Section]error
}

// target is the application with its job, which has to be there.
func (k *known) target() provisioning.Target {
	t := provisioning.Target{App: k.app}
	if k.job != nil {
		t.Job = *k.job
	}
	return t
}

// fail notes why sections could not be read. What is more than a refusal, or
// than something that is not as the file says, is an error of the whole.
func (k *known) fail(err error, sections ...Section) error {
	if err == nil {
		return nil
	}
	if !local(err) {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, section := range sections {
		if k.failed[section] == nil {
			k.failed[section] = err
		}
	}
	return nil
}

// local says whether an error is about a part alone, so that the others can be
// planned nevertheless.
func local(err error) bool {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if e, ok := errors.AsType[*graph.Error](err); ok {
		return provisioning.NotPermitted(err) || e.Status == 404 || e.Status == 400
	}
	_, offline := errors.AsType[*graph.UnreachableError](err)
	_, signedOut := errors.AsType[*graph.SignInError](err)
	return err != nil && !offline && !signedOut
}

// read reads all that the sections of a blueprint are compared with, side by
// side. When there is no application, nothing that belongs to it is asked for.
func (m Make) read(ctx context.Context, b Blueprint) (*known, error) {
	k := &known{failed: map[Section]error{}, users: map[string]graph.User{}, groups: map[string]graph.Group{}}
	r := reader{Make: m, b: b, known: k}
	early := r.people // who are found without the application
	if r.wants(SectionValues) {
		early = nothing
	}
	if err := together(ctx, r.application, r.template, early, r.teams); err != nil {
		return nil, err
	}
	if !k.exists {
		if r.wants(SectionValues) {
			return k, r.people(ctx)
		}
		return k, nil
	}
	return k, together(ctx, r.job, r.extensionsAndPeople, r.assignments)
}

// extensionsAndPeople reads the properties before those who have values of them:
// Graph refuses to select one that does not exist.
func (r reader) extensionsAndPeople(ctx context.Context) error {
	if err := r.extensions(ctx); err != nil || !r.wants(SectionValues) {
		return err
	}
	return r.people(ctx)
}

func nothing(context.Context) error { return nil }

// together runs look-ups side by side.
func together(ctx context.Context, lookups ...func(context.Context) error) error {
	errs := make([]error, len(lookups))
	var group sync.WaitGroup
	for i, lookup := range lookups {
		group.Go(func() { errs[i] = lookup(ctx) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

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
	found, err := r.Graph.AppsNamed(ctx, name)
	if err != nil {
		return err
	}
	switch {
	case len(found) == 1 && found[0].ApplicationID != "" && found[0].ServicePrincipalID != "":
		r.app = found[0]
	case len(found) == 0 && !isID(name) && r.b.Application.MayCreate() && r.Selection.holds(SectionApplication):
		return nil
	default:
		if r.app, err = r.Graph.FindRegistration(ctx, name); err != nil {
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
	r.known.template, err = provisioning.CreateApp{Graph: r.Graph, Template: r.b.Application.Template}.FindTemplate(ctx)
	return r.fail(err, SectionApplication)
}

// job reads the job, and then what only a job has.
func (r reader) job(ctx context.Context) error {
	if !r.wants(SectionProvisioning, SectionCredentials, SectionUsers, SectionGroups) {
		return nil
	}
	err := together(ctx, r.readJobs, r.readSecrets)
	if err != nil || r.known.job == nil {
		return err
	}
	return together(ctx, r.readSchema, r.trySaved, r.readBeginning)
}

func (r reader) readJobs(ctx context.Context) (err error) {
	if r.jobs, err = r.Graph.AwaitJobs(ctx, r.app); err != nil {
		return r.fail(err, SectionProvisioning, SectionCredentials, SectionUsers, SectionGroups)
	}
	wanted := ""
	if r.b.Provisioning != nil {
		wanted = r.b.Provisioning.Template
	}
	job, err := graph.PickJob(r.app, r.jobs, wanted)
	_, none := errors.AsType[*graph.NoJobError](err)
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
	err := r.Graph.WhenReady(ctx, r.app, "the settings of "+r.app.Name+" can be read", func(ctx context.Context) (err error) {
		r.secrets, err = r.Graph.Secrets(ctx, r.app.ServicePrincipalID)
		return err
	})
	return r.fail(err, SectionProvisioning, SectionCredentials)
}

func (r reader) readSchema(ctx context.Context) (err error) {
	if !r.wants(SectionUsers, SectionGroups) {
		return nil
	}
	r.schema, err = mappings.Read(ctx, r.Graph, r.app, r.target().Ref())
	return r.fail(err, SectionUsers, SectionGroups)
}

// readBeginning reads what the job began with, where attributes that were added
// since are to go.
func (r reader) readBeginning(ctx context.Context) error {
	prunes := r.wants(SectionUsers) && r.b.Users.Prune || r.wants(SectionGroups) && r.b.Groups.Prune
	if !prunes {
		return nil
	}
	text, err := r.Graph.TemplateSchema(ctx, r.app.ServicePrincipalID, r.known.job.TemplateID)
	if err == nil {
		r.begins, err = mappings.Parse(text)
	}
	return r.fail(err, SectionUsers, SectionGroups)
}

// trySaved has the service try what it keeps to sign in with.
func (r reader) trySaved(ctx context.Context) error {
	saved := provisioning.SignedInBy(r.secrets)
	if !r.wants(SectionCredentials) || saved.Kind == "" {
		return nil
	}
	r.tried = provisioning.TrySaved(ctx, r.Graph, r.target(), saved.URL)
	r.wasTried = true
	if ctx.Err() != nil {
		return r.tried
	}
	return nil
}

func (r reader) readExtensions(ctx context.Context) (err error) {
	r.known.extensions, err = r.Graph.ListExtensions(ctx, r.app.ApplicationID)
	return err
}

func (r reader) extensions(ctx context.Context) error {
	if !r.wants(SectionExtensions, SectionValues) {
		return nil
	}
	if r.app.ApplicationID == "" {
		return r.fail(&graph.NotFoundError{Kind: "application registration in this tenant", Name: r.app.Name}, SectionExtensions, SectionValues)
	}
	err := r.Graph.WhenReady(ctx, r.app, "the extension properties of "+r.app.Name+" can be read", r.readExtensions)
	return r.fail(err, SectionExtensions, SectionValues)
}

func (r reader) assignments(ctx context.Context) (err error) {
	if r.wants(SectionAssignments) {
		r.rows, err = provisioning.AssignmentsOf(ctx, r.Graph, r.app)
	}
	return r.fail(err, SectionAssignments)
}

// people looks up the users whom the file names.
func (r reader) people(ctx context.Context) error {
	names := map[string]bool{}
	selects := map[string]bool{}
	if r.wants(SectionAssignments) {
		for _, a := range r.b.Assignments.Users {
			names[a.Name] = true
		}
	}
	if r.wants(SectionValues) {
		for user, values := range r.b.Values {
			names[user] = true
			for name := range values {
				full := r.fullName(name)
				selects[full] = slices.ContainsFunc(r.known.extensions, func(e graph.ExtensionProperty) bool { return e.Name == full })
			}
		}
	}
	maps.DeleteFunc(selects, func(_ string, there bool) bool { return !there })
	sorted := slices.Sorted(maps.Keys(names))
	if len(sorted) == 0 {
		return nil
	}
	properties := slices.Sorted(maps.Keys(selects))
	if len(sorted) <= fewPeople {
		return r.lookUp(ctx, sorted, properties)
	}
	var some []func(context.Context) error
	for names := range slices.Chunk(sorted, (len(sorted)+atOnce-1)/atOnce) {
		some = append(some, func(ctx context.Context) error { return r.lookUp(ctx, names, properties) })
	}
	return together(ctx, some...)
}

// fewPeople are found with one request.
const fewPeople = 20

func (r reader) lookUp(ctx context.Context, names, selects []string) error {
	found, errs := r.Graph.FindUsers(ctx, names, selects...)
	for i, name := range names {
		if errs[i] == nil {
			r.mu.Lock()
			r.users[name] = found[i]
			r.mu.Unlock()
		} else if err := r.lack(name, errs[i], SectionAssignments, SectionValues); err != nil {
			return err
		}
	}
	return nil
}

// fullName completes the short name of a property.
func (k *known) fullName(name string) string {
	if _, own := extattr.Short(k.app.AppID, name); own {
		return name
	}
	return extattr.FullName(k.app.AppID, name)
}

// teams looks up the groups whom the file names.
func (r reader) teams(ctx context.Context) error {
	if !r.wants(SectionAssignments) || len(r.b.Assignments.Groups) == 0 {
		return nil
	}
	names := make([]string, len(r.b.Assignments.Groups))
	for i, a := range r.b.Assignments.Groups {
		names[i] = a.Name
	}
	found, errs := r.Graph.FindGroups(ctx, names)
	for i, name := range names {
		if errs[i] == nil {
			r.groups[name] = found[i]
		} else if err := r.lack(name, errs[i], SectionAssignments); err != nil {
			return err
		}
	}
	return nil
}

// lack notes a name that nobody has; all of them are told together.
func (r reader) lack(name string, err error, sections ...Section) error {
	if !graph.IsNotFound(err) {
		return r.fail(err, sections...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.missing = append(r.missing, provisioning.Failure{Name: name, Err: err})
	return nil
}

// isID reports whether a name is written as an object id.
func isID(name string) bool {
	const pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(name) != len(pattern) {
		return false
	}
	for i, r := range name {
		hex := r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
		if (pattern[i] == '-') != (r == '-') || pattern[i] == 'x' && !hex {
			return false
		}
	}
	return true
}
