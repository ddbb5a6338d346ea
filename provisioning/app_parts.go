package provisioning

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

// appParts are what an application is shown with when it can be read.
type appParts struct {
	ShowApp
	app graph.App

	saved       secrets
	assigned    AssignmentCounts
	names       []string
	ofApp, ofSP []graph.Owner
	mu          sync.Mutex
	refused     []Refusal
}

// part makes a look-up that waits for a new application, and is no failure when
// Graph refuses it.
func (p *appParts) part(name string, read func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := p.Graph.WhenReady(ctx, p.app, "the "+name+" can be read", read)
		if !graph.IsRefusal(err) {
			return err
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.refused = append(p.refused, Refusal{Part: name, Reason: err.Error()})
		return nil
	}
}

func (p *appParts) secrets(ctx context.Context) error {
	return p.whenReady(ctx, p.app, func(ctx context.Context) (err error) {
		p.saved, err = p.Graph.Secrets(ctx, p.app.ServicePrincipalID)
		return err
	})
}

func (p *appParts) assignments(ctx context.Context) error {
	if p.app.ServicePrincipalID == "" {
		return nil
	}
	all, err := p.Graph.ListAssignments(ctx, p.app.ServicePrincipalID)
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

func (p *appParts) extensions(ctx context.Context) error {
	if p.app.ApplicationID == "" {
		return nil
	}
	found, err := p.Graph.ListExtensions(ctx, p.app.ApplicationID)
	for _, e := range found {
		p.names = append(p.names, e.Name)
	}
	slices.Sort(p.names)
	return err
}

func (p *appParts) appOwners(ctx context.Context) (err error) {
	if p.app.ApplicationID != "" {
		p.ofApp, err = p.Graph.ApplicationOwners(ctx, p.app.ApplicationID)
	}
	return err
}

func (p *appParts) principalOwners(ctx context.Context) (err error) {
	if p.app.ServicePrincipalID != "" {
		p.ofSP, err = p.Graph.ServicePrincipalOwners(ctx, p.app.ServicePrincipalID)
	}
	return err
}

// objects reads what a job does with users and with groups.
func (s ShowApp) objects(ctx context.Context, app graph.App, job graph.Job) ([]AppObject, error) {
	objects := []AppObject{}
	schema, err := mappings.Read(ctx, s.Graph, app, graph.JobRef{ServicePrincipalID: app.ServicePrincipalID, JobID: job.ID})
	if err != nil {
		return objects, err
	}
	for _, kind := range []string{mappings.User, mappings.Group} {
		if o, err := schema.Object(kind); err == nil { // a template may have none for groups
			objects = append(objects, AppObject{Kind: kind, Enabled: o.Enabled(), Actions: o.Actions()})
		}
	}
	return objects, nil
}

// fill takes over what was read, in an order that does not depend on which
// answer came first.
func (p *appParts) fill(details *AppDetails) {
	details.TenantURL = ShownURL(p.saved.get(keyBaseAddress))
	details.Secrets = p.saved.keys()
	details.Settings = p.saved.settings()
	details.Assignments = p.assigned
	details.Extensions = append(details.Extensions, p.names...)
	details.Owners = ownersView(p.ofApp, p.ofSP)
	details.Refused = append(details.Refused, p.refused...)
	slices.SortStableFunc(details.Refused, func(a, b Refusal) int { return cmp.Compare(a.Part, b.Part) })
}
