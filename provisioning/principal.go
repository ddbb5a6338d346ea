package provisioning

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
)

// A Principal is a user or a group that can be assigned.
type Principal struct {
	ID   string `json:"id"`
	Name string `json:"name"` // user principal name, or the group's display name
	Type string `json:"type"` // User or Group
}

// An assignee is a principal with what the directory knows of it that decides
// whether and how it is provisioned.
type assignee struct {
	Principal
	disabled bool // a user whose account is off
	mailOnly bool // a group that is not security-enabled
}

// findAssignees finds users and groups by name or id, users first, each once.
// A name that nobody has is among the missing.
func findAssignees(ctx context.Context, client *graph.Client, users, groups []string) (found []assignee, missing []Failure, err error) {
	var people []graph.User
	var teams []graph.Group
	var noUser, noGroup []error
	err = parallel.Do(ctx,
		func(ctx context.Context) error { people, noUser = client.FindUsers(ctx, users); return fault(noUser) },
		func(ctx context.Context) error {
			teams, noGroup = client.FindGroups(ctx, groups)
			return fault(noGroup)
		},
	)
	if err != nil {
		return nil, nil, err
	}
	take := func(name string, one assignee, err error) {
		switch {
		case err != nil:
			missing = append(missing, Failure{Name: name, Err: err})
		case !slices.Contains(found, one): // else two names of one
			found = append(found, one)
		}
	}
	for i, u := range people {
		take(users[i], assignee{Principal: Principal{ID: u.ID, Name: u.UserPrincipalName, Type: "User"}, disabled: !u.AccountEnabled}, noUser[i])
	}
	for i, g := range teams {
		take(groups[i], assignee{Principal: Principal{ID: g.ID, Name: g.DisplayName, Type: "Group"}, mailOnly: !g.SecurityEnabled}, noGroup[i])
	}
	return found, missing, nil
}

// fault is the first error that is more than a name that nobody has.
func fault(errs []error) error {
	for _, err := range errs {
		if err != nil && !graph.IsNotFound(err) {
			return err
		}
	}
	return nil
}

// appAndAssignees finds the application and those to assign side by side.
func appAndAssignees(ctx context.Context, client *graph.Client, name string, users, groups []string) (app graph.App, who []assignee, missing []Failure, err error) {
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { app, err = client.FindApp(ctx, name); return err },
		func(ctx context.Context) (err error) {
			who, missing, err = findAssignees(ctx, client, users, groups)
			return err
		},
	)
	return app, who, missing, err
}

// A MissingError says that several names belong to nobody. Nothing was changed.
type MissingError struct{ Missing []Failure }

func (e *MissingError) Error() string {
	parts := make([]string, len(e.Missing))
	for i, f := range e.Missing {
		parts[i] = f.Err.Error()
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns what was said of each name.
func (e *MissingError) Unwrap() []error { return causes(e.Missing) }

// missed is nil when everybody was found. What is said of the only one who was
// not stands alone.
func missed(missing []Failure) error {
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return missing[0].Err
	}
	return &MissingError{Missing: missing}
}

// assignmentsOfEach lists what assigns each of some principals, users first, to
// an application. For a user Graph shows the assignments of their groups as
// well: https://learn.microsoft.com/graph/api/user-list-approleassignments.
func assignmentsOfEach(ctx context.Context, client *graph.Client, app graph.App, who []assignee) ([][]graph.Assignment, error) {
	return client.AssignmentsOf(ctx, idsOf(who, "User"), idsOf(who, "Group"), app.ServicePrincipalID)
}

func idsOf(who []assignee, kind string) []string {
	var ids []string
	for _, p := range who {
		if p.Type == kind {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// ownAssignments lists a principal's own assignments to an application.
func ownAssignments(ctx context.Context, client *graph.Client, app graph.App, p Principal) ([]graph.Assignment, error) {
	rows, err := assignmentsOfEach(ctx, client, app, []assignee{{Principal: p}})
	if err != nil {
		return nil, err
	}
	return ownOf(p, rows[0]), nil
}

// ownOf are the rows that are a principal's own, and not those of a group.
func ownOf(p Principal, rows []graph.Assignment) []graph.Assignment {
	var own []graph.Assignment
	for _, row := range rows {
		if row.PrincipalID == p.ID {
			own = append(own, row)
		}
	}
	return own
}

// A PartialError says that some of several changes failed. The others were
// made.
type PartialError struct {
	Failed []Failure
	Total  int
}

// A Failure is what went wrong for one of several.
type Failure struct {
	Name string
	Err  error
}

func (e *PartialError) Error() string {
	parts := []string{fmt.Sprintf("%d of %d failed", len(e.Failed), e.Total)}
	for _, f := range e.Failed {
		parts = append(parts, f.String())
	}
	return strings.Join(parts, "; ")
}

// String names who it is about, once.
func (f Failure) String() string {
	if text := f.Err.Error(); strings.HasPrefix(text, f.Name) {
		return text
	}
	return fmt.Sprintf("%s: %v", f.Name, f.Err)
}

// Unwrap returns the single failures.
func (e *PartialError) Unwrap() []error { return causes(e.Failed) }

func causes(failed []Failure) []error {
	errs := make([]error, len(failed))
	for i, f := range failed {
		errs[i] = f.Err
	}
	return errs
}

// settled returns what was done, and of what failed a [PartialError]. What kept
// all of them from being changed stands alone, as does the failure of the only
// one. rows and errs go with who.
func settled[R any](who []assignee, rows []R, errs []error) ([]R, error) {
	done := []R{}
	var failed []Failure
	alike := true
	for i, p := range who {
		if errs[i] == nil {
			done = append(done, rows[i])
			continue
		}
		failed = append(failed, Failure{Name: p.Name, Err: errs[i]})
		alike = alike && errors.Is(errs[i], failed[0].Err)
	}
	switch {
	case len(failed) == 0:
		return done, nil
	case len(failed) == len(who) && alike:
		return done, failed[0].Err
	}
	return done, &PartialError{Failed: failed, Total: len(who)}
}
