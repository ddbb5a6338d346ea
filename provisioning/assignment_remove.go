package provisioning

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// RemoveAssignments takes users and groups off an application.
type RemoveAssignments struct {
	Graph   *graph.Client
	App     string
	Users   []string // as for [AddAssignments]
	Groups  []string
	Role    string  // only this one; "" is every role that they have
	Confirm Confirm // asked before anything is removed
}

// Removed is who had a role.
type Removed struct {
	Principal
	Roles   []string    `json:"roles"`   // those taken away, by display name
	Already bool        `json:"already"` // there was nothing to take away
	Follows Consequence `json:"follows"`
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
	rows      []graph.Assignment // to take away
	remaining int                // what the principal still has then
}

// Do looks everything up before it writes, and returns the principals in the
// order asked for, users first.
func (r RemoveAssignments) Do(ctx context.Context) ([]Removed, error) {
	app, who, err := appAndPrincipals(ctx, r.Graph, r.App, r.Users, r.Groups)
	if err != nil {
		return nil, err
	}
	matches, err := r.matcher(app)
	if err != nil {
		return nil, err
	}
	removals, err := each(ctx, who, func(ctx context.Context, p Principal) (removal, error) {
		return r.look(ctx, app, p, matches)
	})
	if err != nil {
		return nil, err
	}
	if err := r.ask(ctx, app, who, removals); err != nil {
		return nil, err
	}
	return carryOut(ctx, who, func(i int, p Principal) (Removed, error) {
		return r.remove(ctx, app, p, removals[i])
	})
}

// matcher tells the rows to take away. A role that is disabled, or that the
// application no longer has, can be taken away by its id.
func (r RemoveAssignments) matcher(app graph.App) (func(graph.Assignment) bool, error) {
	if r.Role == "" {
		return func(graph.Assignment) bool { return true }, nil
	}
	id := r.Role
	role, err := findRole(app, r.Role)
	switch {
	case err == nil:
		id = role.ID
	case strings.EqualFold(r.Role, "Default Access"):
		id = defaultAccess
	case len(r.Role) != len(defaultAccess): // no id either
		return nil, err
	}
	return func(row graph.Assignment) bool { return strings.EqualFold(row.AppRoleID, id) }, nil
}

func (r RemoveAssignments) look(ctx context.Context, app graph.App, p Principal, matches func(graph.Assignment) bool) (removal, error) {
	rows, err := allAssignmentsOf(ctx, r.Graph, app, p)
	var found removal
	for _, row := range rows {
		if row.PrincipalID == p.ID && matches(row) {
			found.rows = append(found.rows, row)
		} else {
			found.remaining++ // another role, or through a group
		}
	}
	return found, err
}

// ask says whom the removal reaches: users, and the direct members of groups.
func (r RemoveAssignments) ask(ctx context.Context, app graph.App, who []Principal, removals []removal) error {
	var losing []Principal
	for i, p := range who {
		if len(removals[i].rows) > 0 && removals[i].remaining == 0 {
			losing = append(losing, p)
		}
	}
	if len(losing) == 0 {
		return nil
	}
	return ask(ctx, r.Graph, r.Confirm, func() (Risk, error) {
		counts, err := each(ctx, losing, func(ctx context.Context, p Principal) (int, error) {
			if p.Type == "User" {
				return 1, nil
			}
			members, err := r.Graph.ListMembers(ctx, p.ID)
			return len(members), err
		})
		reached := Risk{What: fmt.Sprintf("take assignments to %s away: unless the scope is all users, the next cycle disables the accounts in the application", app.Name)}
		for _, n := range counts {
			reached.People += n
		}
		return reached, err
	})
}

func (r RemoveAssignments) remove(ctx context.Context, app graph.App, p Principal, found removal) (Removed, error) {
	done := Removed{Principal: p, Roles: []string{}, Already: len(found.rows) == 0, Follows: consequence(p, found)}
	for _, row := range found.rows {
		err := r.Graph.Unassign(ctx, app.ServicePrincipalID, row.ID)
		if err != nil && !r.gone(ctx, app, p, row, err) {
			return done, err
		}
		done.Roles = append(done.Roles, roleName(app, row.AppRoleID))
	}
	return done, nil
}

// gone tells a refusal of what somebody else has removed in the meantime from
// any other: Graph says 400 or 404, and the row no longer shows.
func (r RemoveAssignments) gone(ctx context.Context, app graph.App, p Principal, row graph.Assignment, refusal error) bool {
	e, ok := errors.AsType[*graph.Error](refusal)
	if !ok || e.Status != http.StatusBadRequest && e.Status != http.StatusNotFound {
		return false
	}
	rows, err := assignmentsOf(ctx, r.Graph, app, p)
	return err == nil && !slices.ContainsFunc(rows, func(now graph.Assignment) bool { return now.ID == row.ID })
}

func consequence(p Principal, found removal) Consequence {
	switch {
	case len(found.rows) == 0:
		return FollowsNothing
	case found.remaining > 0:
		return FollowsStillThere
	case p.Type == "Group":
		return FollowsDisableGroup
	}
	return FollowsDisable
}
