package provisioning

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// A Principal is a user or a group that can be assigned.
type Principal struct {
	ID   string `json:"id"`
	Name string `json:"name"` // user principal name, or the group's display name
	Type string `json:"type"` // User or Group
}

// findPrincipals finds users and groups by name or id, users first. The first
// that is not found ends it, before anything is written.
func findPrincipals(ctx context.Context, client *graph.Client, users, groups []string) ([]Principal, error) {
	type wanted struct{ kind, name string }
	var names []wanted
	for _, name := range users {
		names = append(names, wanted{"User", name})
	}
	for _, name := range groups {
		names = append(names, wanted{"Group", name})
	}
	found, err := each(ctx, names, func(ctx context.Context, w wanted) (Principal, error) {
		if w.kind == "User" {
			user, err := client.FindUser(ctx, w.name)
			return Principal{ID: user.ID, Name: user.UserPrincipalName, Type: "User"}, err
		}
		group, err := client.FindGroup(ctx, w.name)
		return Principal{ID: group.ID, Name: group.DisplayName, Type: "Group"}, err
	})
	var once []Principal
	for _, p := range found {
		if !slices.Contains(once, p) { // two names of one
			once = append(once, p)
		}
	}
	return once, err
}

// appAndPrincipals finds the application and those to assign side by side.
func appAndPrincipals(ctx context.Context, client *graph.Client, name string, users, groups []string) (app graph.App, who []Principal, err error) {
	err = together(ctx,
		func(ctx context.Context) (err error) { app, err = client.FindApp(ctx, name); return err },
		func(ctx context.Context) (err error) {
			who, err = findPrincipals(ctx, client, users, groups)
			return err
		},
	)
	return app, who, err
}

// allAssignmentsOf lists what assigns a principal to an application. For a user
// Graph shows the assignments of their groups as well:
// https://learn.microsoft.com/graph/api/user-list-approleassignments.
func allAssignmentsOf(ctx context.Context, client *graph.Client, app graph.App, p Principal) ([]graph.Assignment, error) {
	if p.Type == "Group" {
		return client.GroupAssignments(ctx, p.ID, app.ServicePrincipalID)
	}
	return client.UserAssignments(ctx, p.ID, app.ServicePrincipalID)
}

// assignmentsOf lists a principal's own assignments to an application.
func assignmentsOf(ctx context.Context, client *graph.Client, app graph.App, p Principal) ([]graph.Assignment, error) {
	rows, err := allAssignmentsOf(ctx, client, app, p)
	var own []graph.Assignment
	for _, row := range rows {
		if row.PrincipalID == p.ID {
			own = append(own, row)
		}
	}
	return own, err
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
		parts = append(parts, fmt.Sprintf("%s: %v", f.Name, f.Err))
	}
	return strings.Join(parts, "; ")
}

// Unwrap returns the single failures.
func (e *PartialError) Unwrap() []error {
	errs := make([]error, len(e.Failed))
	for i, f := range e.Failed {
		errs[i] = f.Err
	}
	return errs
}

// carryOut changes one principal after the other, and goes on when one fails.
// It returns those that succeeded. The failure of the only one stands alone.
func carryOut[R any](ctx context.Context, who []Principal, change func(int, Principal) (R, error)) ([]R, error) {
	done := []R{}
	var failed []Failure
	for i, p := range who {
		if ctx.Err() != nil {
			return done, context.Cause(ctx)
		}
		r, err := change(i, p)
		if err != nil {
			failed = append(failed, Failure{Name: p.Name, Err: err})
			continue
		}
		done = append(done, r)
	}
	switch {
	case len(failed) == 0:
		return done, nil
	case len(who) == 1:
		return done, failed[0].Err
	}
	return done, &PartialError{Failed: failed, Total: len(who)}
}
