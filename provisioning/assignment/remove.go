package assignment

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning"
)

// Remove takes users and groups off an application.
type Remove struct {
	Graph   *graph.Client
	App     string
	Users   []string // as for [Add]
	Groups  []string
	Role    string               // only this one; "" is every role that they have
	Confirm provisioning.Confirm // asked before anything is removed
}

// Removed is who had a role.
type Removed struct {
	Principal
	Roles   []string    `json:"roles"`   // those taken away, by display name
	Already bool        `json:"already"` // there was nothing to take away
	Follows Consequence `json:"follows"`
	Still   []string    `json:"still"` // what keeps them assigned: "User", or "User through Sales"
}

// A Consequence is what becomes of somebody's account.
type Consequence string

// The consequences of taking an assignment away. See
// https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works.
const (
	FollowsNothing      Consequence = "nothing"            // there was no assignment
	FollowsDisable      Consequence = "disableAtNextCycle" // out of scope: the account is disabled, not deleted
	FollowsStillThere   Consequence = "stillAssigned"      // another role, or a group, keeps the user in scope
	FollowsDisableGroup Consequence = "membersAtNextCycle" // members who are not assigned otherwise are disabled
)

type removal struct {
	rows      []applications.Assignment // to take away
	remaining []applications.Assignment // what the principal still has then
}

// Do looks everything up before it writes, twenty at a time, and returns the
// principals in the order asked for, users first. What fails for one does not
// keep the others from being removed: the error is then a [provisioning.PartialError].
func (r Remove) Do(ctx context.Context) ([]Removed, error) {
	app, who, missing, err := appAndAssignees(ctx, r.Graph, r.App, r.Users, r.Groups)
	if err != nil {
		return nil, err
	}
	matches, err := r.matcher(app)
	if err != nil {
		return nil, err
	}
	gone, err := r.gone(ctx, app, missing)
	if err != nil {
		return nil, err
	}
	removals, err := r.look(ctx, app, who, matches)
	if err != nil {
		return nil, err
	}
	for _, rows := range gone {
		who = append(who, assignee{Principal: Principal{ID: rows[0].PrincipalID, Name: rows[0].PrincipalID, Type: rows[0].PrincipalType}})
		removals = append(removals, divide(rows, rows[0].PrincipalID, matches))
	}
	withoutRemoved(removals)
	if err := r.ask(ctx, app, who, removals); err != nil {
		return nil, err
	}
	return r.remove(ctx, app, who, removals)
}

// gone finds the assignments of those who are named by their id and are no
// longer in the directory.
func (r Remove) gone(ctx context.Context, app applications.App, missing []provisioning.Failure) ([][]applications.Assignment, error) {
	if !slices.ContainsFunc(missing, func(f provisioning.Failure) bool { return len(f.Name) == len(DefaultAccess) }) {
		return nil, provisioning.Missed(missing)
	}
	all, err := applications.ListAssignments(ctx, r.Graph, app.ServicePrincipalID)
	if err != nil {
		return nil, err
	}
	var found [][]applications.Assignment
	var nobody []provisioning.Failure
	for _, f := range missing {
		rows := slices.DeleteFunc(slices.Clone(all), func(row applications.Assignment) bool { return !strings.EqualFold(row.PrincipalID, f.Name) })
		if len(rows) == 0 {
			nobody = append(nobody, f)
		} else {
			found = append(found, rows)
		}
	}
	return found, provisioning.Missed(nobody)
}

// matcher tells the rows to take away. A role that is disabled, or that the
// application no longer has, can be taken away by its id.
func (r Remove) matcher(app applications.App) (func(applications.Assignment) bool, error) {
	if r.Role == "" {
		return func(applications.Assignment) bool { return true }, nil
	}
	id := r.Role
	role, err := FindRole(app, r.Role)
	switch {
	case err == nil:
		id = role.ID
	case strings.EqualFold(r.Role, "Default Access"):
		id = DefaultAccess
	case len(r.Role) != len(DefaultAccess): // no id either
		return nil, err
	}
	return func(row applications.Assignment) bool { return strings.EqualFold(row.AppRoleID, id) }, nil
}

func (r Remove) look(ctx context.Context, app applications.App, who []assignee, matches func(applications.Assignment) bool) ([]removal, error) {
	lists, err := assignmentsOfEach(ctx, r.Graph, app, who)
	if err != nil {
		return nil, err
	}
	removals := make([]removal, len(who))
	for i, p := range who {
		removals[i] = divide(lists[i], p.ID, matches)
	}
	return removals, nil
}

// divide tells the rows to take away from those that stay: another role, or
// that of a group.
func divide(rows []applications.Assignment, principal string, matches func(applications.Assignment) bool) (found removal) {
	for _, row := range rows {
		if row.PrincipalID == principal && matches(row) {
			found.rows = append(found.rows, row)
		} else {
			found.remaining = append(found.remaining, row)
		}
	}
	return found
}

// withoutRemoved takes what goes away together out of what stays: the
// assignment of a group does not keep a member when both are removed.
func withoutRemoved(removals []removal) {
	going := map[string]bool{}
	for _, found := range removals {
		for _, row := range found.rows {
			going[row.ID] = true
		}
	}
	for i := range removals {
		removals[i].remaining = slices.DeleteFunc(removals[i].remaining, func(row applications.Assignment) bool { return going[row.ID] })
	}
}

// ask says whom the removal reaches: users, and the direct members of groups.
func (r Remove) ask(ctx context.Context, app applications.App, who []assignee, removals []removal) error {
	var leaving []applications.Assignment
	for i, p := range who {
		if len(removals[i].rows) > 0 && len(removals[i].remaining) == 0 {
			leaving = append(leaving, applications.Assignment{PrincipalID: p.ID, PrincipalType: p.Type})
		}
	}
	if len(leaving) == 0 {
		return nil
	}
	return provisioning.Ask(ctx, r.Graph, r.Confirm, func() (provisioning.Risk, error) {
		reach, err := ReachOf(ctx, r.Graph, leaving)
		return provisioning.Risk{
			What: fmt.Sprintf("take assignments to %s away: unless the scope is all users, "+
				"the next cycle disables the accounts in the application", app.Name),
			People: reach.Users, AtMost: reach.AtMost,
		}, err
	})
}

// remove takes all rows away in as few requests as it can.
func (r Remove) remove(ctx context.Context, app applications.App, who []assignee, removals []removal) ([]Removed, error) {
	var ids []string
	for _, found := range removals {
		for _, row := range found.rows {
			ids = append(ids, row.ID)
		}
	}
	outcome := applications.UnassignEach(ctx, r.Graph, app.ServicePrincipalID, ids)
	rows, errs := make([]Removed, len(who)), make([]error, len(who))
	for i, p := range who {
		found := removals[i]
		rows[i] = Removed{
			Principal: p.Principal, Roles: []string{}, Already: len(found.rows) == 0,
			Follows: consequence(p.Principal, found), Still: ways(app, p.Principal, found.remaining),
		}
		for _, row := range found.rows {
			err := outcome[0]
			outcome = outcome[1:]
			if err != nil && !r.vanished(ctx, app, p.Principal, row, err) {
				errs[i] = err
				continue
			}
			rows[i].Roles = append(rows[i].Roles, RoleName(app, row.AppRoleID))
		}
	}
	r.verify(ctx, app, who, removals, errs)
	return settled(who, rows, errs)
}

// verify waits until what was removed no longer shows.
func (r Remove) verify(ctx context.Context, app applications.App, who []assignee, removals []removal, errs []error) {
	var rows []applications.Assignment
	var owners []int
	for i := range who {
		if errs[i] == nil {
			for _, row := range removals[i].rows {
				rows, owners = append(rows, row), append(owners, i)
			}
		}
	}
	for n, err := range awaitRemoved(ctx, r.Graph, app, rows) {
		if err != nil {
			errs[owners[n]] = err
		}
	}
}

// vanished tells a refusal of what somebody else has removed in the meantime
// from any other: Graph says 400 or 404, and the row no longer shows.
func (r Remove) vanished(ctx context.Context, app applications.App, p Principal, row applications.Assignment, refusal error) bool {
	e, ok := errors.AsType[*graph.Error](refusal)
	if !ok || e.Status != http.StatusBadRequest && e.Status != http.StatusNotFound {
		return false
	}
	rows, err := OwnRows(ctx, r.Graph, app, p)
	return err == nil && !slices.ContainsFunc(rows, func(now applications.Assignment) bool { return now.ID == row.ID })
}

// ways are the roles that somebody has: "User", or "User through Sales".
func ways(app applications.App, p Principal, rows []applications.Assignment) []string {
	list := []string{}
	for _, row := range rows {
		way := RoleName(app, row.AppRoleID)
		if row.PrincipalID != p.ID {
			way += " through " + row.PrincipalDisplayName
		}
		list = append(list, way)
	}
	return list
}

func consequence(p Principal, found removal) Consequence {
	switch {
	case len(found.rows) == 0:
		return FollowsNothing
	case len(found.remaining) > 0:
		return FollowsStillThere
	case p.Type == "Group":
		return FollowsDisableGroup
	}
	return FollowsDisable
}
