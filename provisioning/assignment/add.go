// Package assignment lists, adds, removes and audits the assignments of users
// and groups to an application.
package assignment

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/graph/remedy"
	"github.com/scimctl/scimctl/provisioning"
)

// Add assigns users and groups to an application.
type Add struct {
	Graph  *graph.Client
	App    string
	Users  []string // by user principal name, mail or id
	Groups []string // by display name or id
	// Role is a display name, value or id. "" leaves whoever has a role as they
	// are, and gives the others "User", else the first role for users, else
	// default access.
	Role string
}

// Assigned is who has a role now.
type Assigned struct {
	Principal
	Role     string          `json:"role"`
	Already  bool            `json:"already"`
	Warnings []remedy.Remedy `json:"warnings"` // sentences about who will not be provisioned all the same
}

// Do looks everything up before it writes, twenty at a time, and returns the
// principals in the order asked for, users first. Whom a request fails for does
// not keep the others from being assigned: the error is then a [provisioning.PartialError].
func (a Add) Do(ctx context.Context) ([]Assigned, error) {
	app, who, missing, err := appAndAssignees(ctx, a.Graph, a.App, a.Users, a.Groups)
	if err := cmp.Or(err, provisioning.Missed(missing)); err != nil {
		return nil, err
	}
	role, err := FindRole(app, a.Role)
	if err != nil {
		return nil, err
	}
	have, nested, err := a.look(ctx, app, who)
	if err != nil {
		return nil, err
	}
	rows, errs := make([]Assigned, len(who)), make([]error, len(who))
	var open []int
	for i, p := range who {
		rows[i] = Assigned{Principal: p.Principal, Role: role.DisplayName, Warnings: p.warnings(nested[p.ID])}
		if row, ok := a.alike(ownOf(p.Principal, have[i]), role); ok {
			rows[i].Role, rows[i].Already = RoleName(app, row.AppRoleID), true
		} else if errs[i] = p.refused(); errs[i] == nil {
			open = append(open, i)
		}
	}
	a.assign(ctx, app, role, rows, errs, open)
	return settled(who, rows, errs)
}

// look reads what assigns them already, and the groups within groups.
func (a Add) look(ctx context.Context, app applications.App, who []assignee) (have [][]applications.Assignment, nested map[string][]directory.Member, err error) {
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			have, err = assignmentsOfEach(ctx, a.Graph, app, who)
			return err
		},
		func(ctx context.Context) (err error) {
			nested, err = nestedGroups(ctx, a.Graph, idsOf(who, "Group"))
			return err
		},
	)
	return have, nested, err
}

// nestedGroups are the groups that are direct members of groups, by the ids of
// the latter.
func nestedGroups(ctx context.Context, client *graph.Client, groups []string) (map[string][]directory.Member, error) {
	lists, err := inBatches(ctx, client, groups, directory.NestedGroups)
	nested := map[string][]directory.Member{}
	for i, list := range lists {
		if len(list) > 0 {
			nested[groups[i]] = list
		}
	}
	return nested, err
}

// alike finds an assignment that is what was asked for: any, when no role was.
func (a Add) alike(rows []applications.Assignment, role applications.AppRole) (applications.Assignment, bool) {
	i := slices.IndexFunc(rows, func(row applications.Assignment) bool {
		return a.Role == "" || strings.EqualFold(row.AppRoleID, role.ID)
	})
	if i < 0 {
		return applications.Assignment{}, false
	}
	return rows[i], true
}

// assign writes the assignments that are open. If the service says that one
// exists, somebody else was faster, or its lists lag behind: the row has to
// show.
func (a Add) assign(ctx context.Context, app applications.App, role applications.AppRole, rows []Assigned, errs []error, open []int) {
	if len(open) == 0 {
		return
	}
	asked := open
	err := applications.WhenReady(ctx, a.Graph, app, app.Name+" can be assigned to", func(ctx context.Context) (late error) {
		ids := make([]string, len(open))
		for n, i := range open {
			ids[n] = rows[i].ID
		}
		var again []int
		for n, err := range applications.AssignEach(ctx, a.Graph, app.ServicePrincipalID, ids, role.ID) {
			if errs[open[n]] = err; graph.IsNotReady(err) {
				again, late = append(again, open[n]), err
			}
		}
		open = again
		return late
	})
	if _, inVain := errors.AsType[*graph.NotReplicatedError](err); inVain || !graph.IsNotReady(err) { // or the wait was cut short
		for _, i := range open {
			errs[i] = err
		}
	}
	var made []int
	for _, i := range asked {
		if graph.IsAlreadyExists(errs[i]) {
			rows[i].Already, errs[i] = true, nil
		}
		if errs[i] = refusedGroup(rows[i].Principal, errs[i]); errs[i] == nil {
			made = append(made, i)
		}
	}
	a.verify(ctx, app, role, rows, errs, made)
}

// verify reads the assignments back, twenty in one request.
func (a Add) verify(ctx context.Context, app applications.App, role applications.AppRole, rows []Assigned, errs []error, made []int) {
	v := visibility{client: a.Graph, app: app, what: "assignments to " + app.Name + " are visible"}
	for _, i := range made {
		v.who = append(v.who, rows[i].Principal)
	}
	shows := func(_ int, now []applications.Assignment) bool {
		return slices.ContainsFunc(now, func(row applications.Assignment) bool { return strings.EqualFold(row.AppRoleID, role.ID) })
	}
	for n, err := range v.await(ctx, shows) {
		errs[made[n]] = err
	}
}
