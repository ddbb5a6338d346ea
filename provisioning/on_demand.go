package provisioning

import (
	"context"
	"errors"
	"net/http"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/mappings"
)

// OnDemand provisions one user now, as the portal's page of that name does.
type OnDemand struct {
	Graph    *graph.Client
	App, Job string // Job as for [FindJob]
	User     string // user principal name, mail or id
	Expect   Expectation
}

// Do provisions the user and returns what came of it.
//
// The service works on copies of the directory that lag behind. While it
// imports older values than Graph has, or does not see an assignment that
// Graph has, Do waits and asks again; it gives up with a
// [graph.NotReplicatedError]. A create that leaves out mapped attributes is
// followed by a second run, which sends them as an update.
//
// When the state that came of it is not the one expected, the error is a
// [NotReachedError]. The result comes with either error.
func (o OnDemand) Do(ctx context.Context) (Result, error) {
	p, err := o.find(ctx)
	if err != nil {
		return Result{}, err
	}
	result, err := p.run(ctx)
	if err != nil || o.Graph.DryRun() {
		return result, err
	}
	if result, err = p.untilCurrent(ctx, result); err != nil {
		return result, err
	}
	if result, err = p.complete(ctx, result); err != nil {
		return result, err
	}
	return result, o.Expect.check(p.target.App.Name, result)
}

// person is one user on the way into an application.
type person struct {
	OnDemand
	target Target
	mapped mapped
	user   graph.User         // as last read
	rows   []graph.Assignment // what assigns them, as last read
}

// find looks up the names side by side, then what the service is to be asked.
func (o OnDemand) find(ctx context.Context) (*person, error) {
	p := &person{OnDemand: o}
	err := together(ctx,
		func(ctx context.Context) (err error) { p.target.App, err = o.Graph.FindApp(ctx, o.App); return err },
		func(ctx context.Context) (err error) { p.user, err = o.Graph.FindUser(ctx, o.User); return err },
	)
	if err != nil {
		return nil, err
	}
	if p.target, err = jobOf(ctx, o.Graph, p.target.App, o.Job); err != nil {
		return nil, err
	}
	p.mapped, err = readMapped(ctx, o.Graph, p.target, mappings.User)
	return p, err
}

// run asks the service once, and Graph meanwhile what is true now.
func (p *person) run(ctx context.Context) (result Result, err error) {
	user, sources := p.user, p.mapped.sources
	err = together(ctx,
		func(ctx context.Context) (err error) { result, err = p.provision(ctx); return err },
		func(ctx context.Context) (err error) { user, sources, err = p.readUser(ctx); return err },
		func(ctx context.Context) (err error) {
			p.rows, err = p.Graph.UserAssignments(ctx, p.user.ID, p.target.App.ServicePrincipalID)
			return err
		},
	)
	p.user, p.mapped.sources = user, sources
	result.Subject, result.Assigned = p.user.UserPrincipalName, len(p.rows) > 0
	return result, err
}

func (p *person) provision(ctx context.Context) (Result, error) {
	answer, err := p.Graph.ProvisionOnDemand(ctx, p.target.Ref(), p.mapped.ruleID,
		graph.Subject{ObjectID: p.user.ID, ObjectTypeName: p.mapped.objectName})
	if err != nil || p.Graph.DryRun() {
		return Result{Changes: []Change{}, Steps: []Step{}, NotExported: []string{}}, err
	}
	return resultOf(answer)
}

// readUser reads what the mapped attributes are to be compared with. A mapping
// may name an extension property that is gone, which Graph refuses: then there
// is nothing to compare.
func (p *person) readUser(ctx context.Context) (graph.User, []string, error) {
	properties := p.mapped.properties()
	if len(properties) == 0 {
		return p.user, p.mapped.sources, nil
	}
	user, err := p.Graph.FindUser(ctx, p.user.ID, properties...)
	if e, ok := errors.AsType[*graph.Error](err); ok && e.Status == http.StatusBadRequest {
		return p.user, nil, nil
	}
	if err != nil {
		return p.user, nil, err
	}
	return user, p.mapped.sources, nil
}

// complete runs once more for what a create left out.
func (p *person) complete(ctx context.Context, result Result) (Result, error) {
	if result.State != Created || len(result.Changes) == 0 {
		return result, nil
	}
	result.NotExported = p.mapped.notExported(result, p.user)
	if p.mapped.onlyReferences(result.NotExported) {
		return result, nil
	}
	again, err := p.provision(ctx)
	if err != nil {
		return result, err
	}
	again.Subject, again.Assigned = result.Subject, result.Assigned
	again = again.after(result)
	again.NotExported = p.mapped.notExported(again, p.user)
	return again, nil
}
