package assignment

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
)

// A GroupRefusedError is a group that cannot be assigned. Graph assigns groups
// that are security-enabled, in a tenant with Entra ID P1:
// https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal.
type GroupRefusedError struct {
	Group string
	Err   error // what Graph says; nil when the group is not security-enabled, and was not tried
}

func (e *GroupRefusedError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("the group %s cannot be assigned: it is not security-enabled, and only security groups can be", e.Group)
	}
	return fmt.Sprintf("the group %s cannot be assigned: %v", e.Group, e.Err)
}

func (e *GroupRefusedError) Unwrap() error { return e.Err }

// refused is the error of whom Graph does not assign, known without asking.
func (p assignee) refused() error {
	if p.mailOnly {
		return &GroupRefusedError{Group: p.Name}
	}
	return nil
}

// refusedGroup makes Graph's refusal of a group one that names it.
func refusedGroup(p Principal, err error) error {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || p.Type != "Group" || e.Status != http.StatusBadRequest {
		return err
	}
	return &GroupRefusedError{Group: p.Name, Err: err}
}

// warnings are about those who are not provisioned although assigned.
func (p assignee) warnings(nested []directory.Member) remedy.List {
	list := remedy.List{}
	if p.disabled {
		list = append(list, remedy.Advise(p.Name+" is disabled in Entra, and so is not active in the application either"))
	}
	if len(nested) > 0 {
		list = append(list, assignGroups(fmt.Sprintf("%s contains %s: provisioning reaches direct members only; to include the others",
			p.Name, groupsNamed(nested)), nested))
	}
	return list
}

// groupsNamed names groups: "the groups Field Team and Partners".
func groupsNamed(groups []directory.Member) string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.DisplayName
	}
	if len(names) == 1 {
		return "the group " + names[0]
	}
	return "the groups " + bounds.FirstNames(names, MostNamed)
}

// assignGroups is the command that assigns groups.
func assignGroups(reason string, groups []directory.Member) remedy.Remedy {
	add := remedy.Run(reason, "assignment add")
	for _, g := range groups {
		add = add.Flag("group", g.DisplayName).Or(g.DisplayName, g.ID)
	}
	return add
}

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
func findAssignees(ctx context.Context, client *graph.Client, users, groups []string) (found []assignee, missing []provisioning.Failure, err error) {
	var people []directory.User
	var teams []directory.Group
	var noUser, noGroup []error
	err = parallel.Do(ctx,
		func(ctx context.Context) error {
			people, noUser = directory.FindUsers(ctx, client, users)
			return provisioning.Fault(noUser)
		},
		func(ctx context.Context) error {
			teams, noGroup = directory.FindGroups(ctx, client, groups)
			return provisioning.Fault(noGroup)
		},
	)
	if err != nil {
		return nil, nil, err
	}
	take := func(name string, one assignee, err error) {
		switch {
		case err != nil:
			missing = append(missing, provisioning.Failure{Name: name, Err: err})
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

// appAndAssignees finds the application and those to assign side by side.
func appAndAssignees(ctx context.Context, client *graph.Client, name string, users, groups []string) (app applications.App, who []assignee, missing []provisioning.Failure, err error) {
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { app, err = applications.Find(ctx, client, name); return err },
		func(ctx context.Context) (err error) {
			who, missing, err = findAssignees(ctx, client, users, groups)
			return err
		},
	)
	return app, who, missing, err
}

// assignmentsOfEach lists what assigns each of some principals, users first, to
// an application. For a user Graph shows the assignments of their groups as
// well: https://learn.microsoft.com/graph/api/user-list-approleassignments.
func assignmentsOfEach(ctx context.Context, client *graph.Client, app applications.App, who []assignee) ([][]applications.Assignment, error) {
	return applications.AssignmentsOf(ctx, client, idsOf(who, "User"), idsOf(who, "Group"), app.ServicePrincipalID)
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

// OwnRows lists a principal's own assignments to an application.
func OwnRows(ctx context.Context, client *graph.Client, app applications.App, p Principal) ([]applications.Assignment, error) {
	rows, err := assignmentsOfEach(ctx, client, app, []assignee{{Principal: p}})
	if err != nil {
		return nil, err
	}
	return ownOf(p, rows[0]), nil
}

// ownOf are the rows that are a principal's own, and not those of a group.
func ownOf(p Principal, rows []applications.Assignment) []applications.Assignment {
	var own []applications.Assignment
	for _, row := range rows {
		if row.PrincipalID == p.ID {
			own = append(own, row)
		}
	}
	return own
}

// settled returns what was done, and of what failed a [provisioning.PartialError]. What kept
// all of them from being changed stands alone, as does the failure of the only
// one. rows and errs go with who.
func settled[R any](who []assignee, rows []R, errs []error) ([]R, error) {
	done := []R{}
	var failed []provisioning.Failure
	alike := true
	for i, p := range who {
		if errs[i] == nil {
			done = append(done, rows[i])
			continue
		}
		failed = append(failed, provisioning.Failure{Name: p.Name, Err: errs[i]})
		alike = alike && errors.Is(errs[i], failed[0].Err)
	}
	switch {
	case len(failed) == 0:
		return done, nil
	case len(failed) == len(who) && alike:
		return done, failed[0].Err
	}
	return done, &provisioning.PartialError{Failed: failed, Total: len(who)}
}
