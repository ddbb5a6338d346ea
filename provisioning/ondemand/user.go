package ondemand

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/synchronization"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/users"
)

// User provisions one user now, as the portal's page of that name does.
type User struct {
	Graph    *graph.Client
	App, Job string // Job as for [provisioning.FindJob]
	User     string // user principal name, mail or id
	Expect   Expectation
	// WaitForLog says to wait until the entry of what was done shows in the
	// provisioning logs, some minutes later.
	WaitForLog bool
}

// Do provisions the user and returns what came of it.
//
// The service works on copies of the directory that lag behind. While it
// imports older values than Graph has, or does not see an assignment that
// Graph has, Do waits and asks again; it gives up with a
// [graph.NotReplicatedError]. A create that leaves out mapped attributes is
// followed by a second run, which sends them as an update.
//
// The service does not take users who are deleted or disabled, by its
// documentation: a [users.DeletedUserError], or without a word of what is expected of
// a disabled one a [DisabledUserError].
//
// When the state that came of it is not the one expected, the error is a
// [NotReachedError]. The result comes with either error.
func (o User) Do(ctx context.Context) (Result, error) {
	p, err := o.find(ctx)
	if err != nil {
		return Result{}, err
	}
	began := time.Now()
	result, err := p.provisionNow(ctx)
	if err != nil || !o.WaitForLog {
		return result, err
	}
	results := []Result{result}
	err = awaitLogs(ctx, o.Graph, p.target, began, results)
	return results[0], err
}

// provisionNow takes a person all the way.
func (p *person) provisionNow(ctx context.Context) (Result, error) {
	if err := p.refused(); err != nil {
		return Result{}, err
	}
	result, err := p.run(ctx)
	if err != nil || p.Graph.DryRun() {
		return result, err
	}
	if result, err = p.untilCurrent(ctx, result); err != nil {
		return result, err
	}
	if result, err = p.complete(ctx, result); err != nil {
		return result, err
	}
	err = p.Expect.check(p.target.App.Name, result)
	result.Reached = err == nil
	return result, err
}

// A DisabledUserError says that a user is disabled in Entra, and so is not
// taken for provisioning on demand:
// https://learn.microsoft.com/entra/identity/app-provisioning/provision-on-demand#frequently-asked-questions.
type DisabledUserError struct{ User, App string }

func (e *DisabledUserError) Error() string {
	return fmt.Sprintf("%s is disabled in Entra, and provisioning on demand is not for disabled users: the next cycle disables the account in %s", e.User, e.App)
}

// person is one user on the way into an application.
type person struct {
	User
	target provisioning.Target
	mapped mapped
	user   directory.User            // as last read
	rows   []applications.Assignment // what assigns them, as last read
}

// refused is the error of whom the service does not take. Whoever says what is
// expected of a disabled user wants to see what the service makes of it.
func (p *person) refused() error {
	if p.user.AccountEnabled || p.Expect == ExpectDeprovisioned || p.Expect == ExpectSkipped {
		return nil
	}
	return &DisabledUserError{User: p.user.UserPrincipalName, App: p.target.App.Name}
}

// find looks up the names side by side, then what the service is to be asked.
func (o User) find(ctx context.Context) (*person, error) {
	p := &person{User: o}
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			p.target.App, err = applications.Find(ctx, o.Graph, o.App)
			return err
		},
		func(ctx context.Context) (err error) { p.user, err = users.FindUser(ctx, o.Graph, o.User); return err },
	)
	if err != nil {
		return nil, err
	}
	if p.target, err = provisioning.JobOf(ctx, o.Graph, p.target.App, o.Job); err != nil {
		return nil, err
	}
	p.mapped, err = readMapped(ctx, o.Graph, p.target, schema.User)
	return p, err
}

// run asks the service once, and Graph meanwhile what is true now.
func (p *person) run(ctx context.Context) (result Result, err error) {
	user, sources := p.user, p.mapped.sources
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { result, err = p.provision(ctx); return err },
		func(ctx context.Context) (err error) { user, sources, err = p.readUser(ctx); return err },
		func(ctx context.Context) (err error) {
			p.rows, err = applications.UserAssignments(ctx, p.Graph, p.user.ID, p.target.App.ServicePrincipalID)
			return err
		},
	)
	p.user, p.mapped.sources = user, sources
	result.Subject, result.Assigned = p.user.UserPrincipalName, len(p.rows) > 0
	result.Source.ID = cmp.Or(result.Source.ID, p.user.ID)
	return result, err
}

func (p *person) provision(ctx context.Context) (Result, error) {
	answer, err := synchronization.ProvisionOnDemand(ctx, p.Graph, p.target.Ref(), p.mapped.ruleID,
		synchronization.Subject{ObjectID: p.user.ID, ObjectTypeName: p.mapped.objectName})
	if err != nil || p.Graph.DryRun() {
		return Result{Changes: []Change{}, Steps: []Step{}, NotExported: []string{}, WrittenBack: []string{}}, err
	}
	return resultOf(answer)
}

// readUser reads what the mapped attributes are to be compared with. A mapping
// may name an extension property that is gone, which Graph refuses: then there
// is nothing to compare.
func (p *person) readUser(ctx context.Context) (directory.User, []string, error) {
	properties := p.mapped.properties()
	if len(properties) == 0 {
		return p.user, p.mapped.sources, nil
	}
	user, err := directory.FindUser(ctx, p.Graph, p.user.ID, properties...)
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
	again.Subject, again.Assigned, again.Source.ID = result.Subject, result.Assigned, cmp.Or(again.Source.ID, result.Source.ID)
	again = again.after(result)
	again.NotExported = p.mapped.notExported(again, p.user)
	return again, nil
}
