package ondemand

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/job"
	"github.com/scimctl/scimctl/provisioning/users"
)

// FollowUp provisions users whose attributes have changed, or leaves them to
// the next cycle when that comes sooner.
type FollowUp struct {
	Graph    *graph.Client
	App, Job string   // Job as for [provisioning.FindJob]
	Users    []string // object ids
	Progress func(user string, done, total int)
}

// Followed is what came of it.
type Followed struct {
	Results   []Result
	Left      int           // users who are left to the next cycle: all or none
	NextCycle time.Time     // about then
	Needs     time.Duration // what one after the other would take
}

// The service takes five requests in ten seconds, a user in each:
// https://learn.microsoft.com/graph/api/synchronization-synchronizationjob-provisionondemand.
const onDemandEach = 2 * time.Second

// Do provisions them one after the other. Those who fail are an error as of
// [Users].
func (f FollowUp) Do(ctx context.Context) (Followed, error) {
	report, err := job.Status{Graph: f.Graph, App: f.App, Job: f.Job}.Do(ctx)
	if err != nil {
		return Followed{}, err
	}
	done := Followed{Results: []Result{}, NextCycle: report.NextCycle, Needs: time.Duration(len(f.Users)) * onDemandEach}
	if left := time.Until(report.NextCycle); report.Running && !report.NextCycle.IsZero() && left < done.Needs {
		done.Left = len(f.Users)
		return done, nil
	}
	done.Results, err = Users{Graph: f.Graph, App: f.App, Job: f.Job, Users: f.Users, Progress: f.Progress}.Do(ctx)
	return done, err
}

// Users provisions several users now, one after the other: the service
// takes one of them in a request, and five requests in ten seconds. What does
// not depend on the user is read once.
type Users struct {
	Graph      *graph.Client
	App, Job   string   // Job as for [provisioning.FindJob]
	Users      []string // user principal names, mails or ids; each user is provisioned once
	Expect     Expectation
	WaitForLog bool                               // as for [User]
	Progress   func(user string, done, total int) // told before each user; may be nil
}

// A SomeNotReachedError says that provisioning on demand was carried out for
// several users, and did not reach what was expected for some.
type SomeNotReachedError struct {
	App    string
	Missed []*NotReachedError
	Total  int
}

func (e *SomeNotReachedError) Error() string {
	parts := make([]string, len(e.Missed))
	for i, missed := range e.Missed {
		parts[i] = missed.Error()
	}
	return fmt.Sprintf("%d of %d are not as expected: %s", len(e.Missed), e.Total, strings.Join(parts, "; "))
}

// Unwrap returns what was said of each.
func (e *SomeNotReachedError) Unwrap() []error {
	errs := make([]error, len(e.Missed))
	for i, missed := range e.Missed {
		errs[i] = missed
	}
	return errs
}

// Do returns what came of each user, in the order asked for; of one for whom
// something else went wrong, that is in Error. All names are looked up before
// the first is provisioned: when nobody has one of them, nothing is done.
//
// Whom it fails for does not keep the others from being provisioned: the error
// is then a [provisioning.PartialError], or a [SomeNotReachedError] when all were carried
// out. What concerns everybody, as missing credentials do, ends it.
func (o Users) Do(ctx context.Context) ([]Result, error) {
	people, err := o.find(ctx)
	if err != nil || len(people) == 0 {
		return []Result{}, err
	}
	began := time.Now()
	results, errs := []Result{}, []error{}
	for i, p := range people {
		if o.Progress != nil {
			o.Progress(p.user.UserPrincipalName, i, len(people))
		}
		result, err := p.provisionNow(ctx)
		if err != nil && (ctx.Err() != nil || concernsAll(err)) {
			return results, err
		}
		if result.Subject == "" || result.State == "" && err != nil {
			result = Result{
				Subject: p.user.UserPrincipalName, Source: Identity{ID: p.user.ID}, Error: err.Error(),
				Changes: []Change{}, Steps: []Step{}, NotExported: []string{}, WrittenBack: []string{},
			}
		}
		results, errs = append(results, result), append(errs, err)
	}
	if o.WaitForLog {
		if err := awaitLogs(ctx, o.Graph, people[0].target, began, results); err != nil {
			return results, err
		}
	}
	return results, o.settle(people[0].target.App.Name, results, errs)
}

// find looks up the names side by side, then what all have in common.
func (o Users) find(ctx context.Context) ([]*person, error) {
	var t provisioning.Target
	var users []directory.User
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) { t.App, err = applications.Find(ctx, o.Graph, o.App); return err },
		func(ctx context.Context) (err error) { users, err = o.users(ctx); return err },
	)
	if err != nil {
		return nil, err
	}
	if t, err = provisioning.JobOf(ctx, o.Graph, t.App, o.Job); err != nil {
		return nil, err
	}
	common, err := readMapped(ctx, o.Graph, t, schema.User)
	if err != nil {
		return nil, err
	}
	people := make([]*person, len(users))
	for i, user := range users {
		people[i] = &person{User: User{Graph: o.Graph, Expect: o.Expect}, target: t, mapped: common, user: user}
	}
	return people, nil
}

// users finds everybody, each once.
func (o Users) users(ctx context.Context) ([]directory.User, error) {
	found, errs := directory.FindUsers(ctx, o.Graph, o.Users)
	if err := provisioning.Fault(errs); err != nil {
		return nil, err
	}
	var people []directory.User
	var missing []provisioning.Failure
	for i, name := range o.Users {
		switch {
		case errs[i] != nil:
			_, err := users.DeletedInstead(ctx, o.Graph, name, errs[i])
			missing = append(missing, provisioning.Failure{Name: name, Err: err})
		case !slices.ContainsFunc(people, func(u directory.User) bool { return u.ID == found[i].ID }):
			people = append(people, found[i])
		}
	}
	return people, provisioning.Missed(missing)
}

// concernsAll reports whether an error is the same for every user.
func concernsAll(err error) bool {
	if _, ok := errors.AsType[*graph.SignInError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*graph.UnreachableError](err); ok {
		return true
	}
	e, ok := errors.AsType[*graph.Error](err)
	return ok && (e.Code == "CredentialsMissing" || e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden)
}

// settle makes one error of those of several users. That of the only one stands
// alone.
func (o Users) settle(app string, results []Result, errs []error) error {
	partial, some := &provisioning.PartialError{Total: len(errs)}, &SomeNotReachedError{App: app, Total: len(errs)}
	for i, err := range errs {
		switch missed, ok := errors.AsType[*NotReachedError](err); {
		case err == nil:
		case len(errs) == 1:
			return err
		case ok:
			some.Missed = append(some.Missed, missed)
			partial.Failed = append(partial.Failed, provisioning.Failure{Name: results[i].Subject, Err: err})
		default:
			partial.Failed = append(partial.Failed, provisioning.Failure{Name: results[i].Subject, Err: err})
		}
	}
	switch {
	case len(partial.Failed) == 0:
		return nil
	case len(partial.Failed) == len(some.Missed):
		return some
	}
	return partial
}
