package provisioning

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/mappings"
)

// OnDemandMany provisions several users now, one after the other: the service
// takes one of them in a request, and five requests in ten seconds. What does
// not depend on the user is read once.
type OnDemandMany struct {
	Graph      *graph.Client
	App, Job   string   // Job as for [FindJob]
	Users      []string // user principal names, mails or ids; each user is provisioned once
	Expect     Expectation
	WaitForLog bool                               // as for [OnDemand]
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
// is then a [PartialError], or a [SomeNotReachedError] when all were carried
// out. What concerns everybody, as missing credentials do, ends it.
func (o OnDemandMany) Do(ctx context.Context) ([]Result, error) {
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
func (o OnDemandMany) find(ctx context.Context) ([]*person, error) {
	var t Target
	var users []graph.User
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) { t.App, err = o.Graph.FindApp(ctx, o.App); return err },
		func(ctx context.Context) (err error) { users, err = o.users(ctx); return err },
	)
	if err != nil {
		return nil, err
	}
	if t, err = jobOf(ctx, o.Graph, t.App, o.Job); err != nil {
		return nil, err
	}
	common, err := readMapped(ctx, o.Graph, t, mappings.User)
	if err != nil {
		return nil, err
	}
	people := make([]*person, len(users))
	for i, user := range users {
		people[i] = &person{OnDemand: OnDemand{Graph: o.Graph, Expect: o.Expect}, target: t, mapped: common, user: user}
	}
	return people, nil
}

// users finds everybody, each once.
func (o OnDemandMany) users(ctx context.Context) ([]graph.User, error) {
	found, errs := o.Graph.FindUsers(ctx, o.Users)
	if err := fault(errs); err != nil {
		return nil, err
	}
	var users []graph.User
	var missing []Failure
	for i, name := range o.Users {
		switch {
		case errs[i] != nil:
			_, err := deletedInstead(ctx, o.Graph, name, errs[i])
			missing = append(missing, Failure{Name: name, Err: err})
		case !slices.ContainsFunc(users, func(u graph.User) bool { return u.ID == found[i].ID }):
			users = append(users, found[i])
		}
	}
	return users, missed(missing)
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
func (o OnDemandMany) settle(app string, results []Result, errs []error) error {
	partial, some := &PartialError{Total: len(errs)}, &SomeNotReachedError{App: app, Total: len(errs)}
	for i, err := range errs {
		switch missed, ok := errors.AsType[*NotReachedError](err); {
		case err == nil:
		case len(errs) == 1:
			return err
		case ok:
			some.Missed = append(some.Missed, missed)
			partial.Failed = append(partial.Failed, Failure{Name: results[i].Subject, Err: err})
		default:
			partial.Failed = append(partial.Failed, Failure{Name: results[i].Subject, Err: err})
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
