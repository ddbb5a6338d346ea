package why

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/credentials"
)

// askedAbout is how many groups are asked about in the one request that there
// is for it.
const askedAbout = 20

func (q *inquiry) readAssignments(ctx context.Context) (err error) {
	if !q.deleted() { // of whom Graph shows no assignments
		q.rows, err = applications.UserAssignments(ctx, q.Graph, q.user.ID, q.app.ServicePrincipalID)
	}
	return err
}

// readGroups is for telling why somebody is not assigned: without an answer
// that remains open.
func (q *inquiry) readGroups(ctx context.Context) (err error) {
	if q.deleted() {
		return nil
	}
	if q.groups, err = directory.Memberships(ctx, q.Graph, q.user.ID); err != nil {
		q.report.Assignment.NotRead = err.Error()
	}
	return ctx.Err()
}

// sort tells the assignments that count from those that do not.
func (q *inquiry) sort() {
	for _, row := range q.rows {
		by := q.assignedBy(row)
		if q.cannotAssign(row.PrincipalID) {
			by.Obstacle = NotSecurityEnabled
		}
		by.Counts = by.Obstacle == ""
		q.report.Assignment.By = append(q.report.Assignment.By, by)
		q.report.Assignment.Assigned = q.report.Assignment.Assigned || by.Counts
	}
	counts := slices.DeleteFunc(slices.Clone(q.report.Assignment.By), func(by AssignedBy) bool { return !by.Counts })
	q.report.Assignment.DefaultAccessOnly = len(counts) > 0 &&
		!slices.ContainsFunc(counts, func(by AssignedBy) bool { return by.RoleID != assignment.DefaultAccess })
	q.report.Scope = cmp.Or(q.settings.Scope(), credentials.ScopeAssigned) // one that was never set is false
	q.report.SkipLeaving = q.settings.Settings().SkipOutOfScopeDeletions
}

func (q *inquiry) assignedBy(row applications.Assignment) AssignedBy {
	return AssignedBy{
		Principal: row.PrincipalDisplayName, PrincipalID: row.PrincipalID, Type: row.PrincipalType,
		Role: assignment.RoleName(q.app, row.AppRoleID), RoleID: row.AppRoleID, Since: row.CreatedDateTime,
	}
}

// cannotAssign tells a group without security enabled:
// https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works#scoping
func (q *inquiry) cannotAssign(id string) bool {
	return slices.ContainsFunc(q.groups, func(g directory.Group) bool { return g.ID == id && !g.SecurityEnabled })
}

// readMissed looks for assigned groups that somebody who is not assigned is in
// all the same.
func (q *inquiry) readMissed(ctx context.Context) error {
	var ids []string
	for _, g := range q.groups {
		known := slices.ContainsFunc(q.rows, func(row applications.Assignment) bool { return row.PrincipalID == g.ID })
		if !known {
			ids = append(ids, g.ID)
		}
	}
	if q.reached() || len(ids) == 0 {
		return nil
	}
	a := &q.report.Assignment
	if len(ids) > askedAbout {
		a.NotRead = fmt.Sprintf("of the %d groups that the user is in, %d were looked at; an audit of the assignments looks at all", len(ids), askedAbout)
		ids = ids[:askedAbout]
	}
	lists, err := applications.AssignmentsOf(ctx, q.Graph, nil, ids, q.app.ServicePrincipalID)
	if err != nil {
		a.NotRead = err.Error()
		return ctx.Err()
	}
	for _, row := range slices.Concat(lists...) {
		by := q.assignedBy(row)
		if by.Obstacle = Nested; q.cannotAssign(row.PrincipalID) {
			by.Obstacle = NotSecurityEnabled
		}
		a.By = append(a.By, by)
	}
	return q.readWithin(ctx)
}

// reached tells whether the scope holds the user, filters aside.
func (q *inquiry) reached() bool {
	return q.report.Assignment.Assigned || q.report.Scope == credentials.ScopeAll || q.deleted()
}

// readWithin names the groups through which the user is in an assigned one.
func (q *inquiry) readWithin(ctx context.Context) error {
	a := &q.report.Assignment
	var nested []string
	for _, by := range a.By {
		if by.Obstacle == Nested && !slices.Contains(nested, by.PrincipalID) {
			nested = append(nested, by.PrincipalID)
		}
	}
	if len(nested) == 0 {
		return nil
	}
	lists, err := directory.NestedGroups(ctx, q.Graph, nested)
	if err != nil {
		a.NotRead = err.Error()
		return ctx.Err()
	}
	for i, by := range a.By {
		at := slices.Index(nested, by.PrincipalID)
		if by.Obstacle != Nested || at < 0 {
			continue
		}
		for _, m := range lists[at] {
			if slices.ContainsFunc(q.groups, func(g directory.Group) bool { return g.ID == m.ID }) {
				a.By[i].Within = append(a.By[i].Within, m.DisplayName)
			}
		}
	}
	return nil
}
