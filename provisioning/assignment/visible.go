package assignment

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
)

// A visibility reads back what was assigned or removed: all of it with as few
// requests as possible, and then again what does not show yet.
type visibility struct {
	client *graph.Client
	app    applications.App
	what   string // reads after "until"
	who    []Principal
}

// await returns the error of each, nil for those whose own rows show what they
// should.
func (v visibility) await(ctx context.Context, shows func(i int, now []applications.Assignment) bool) []error {
	errs := make([]error, len(v.who))
	open := make([]int, len(v.who))
	for i := range open {
		open[i] = i
	}
	if len(open) == 0 {
		return errs
	}
	err := v.client.WaitVisible(ctx, v.what, func(ctx context.Context) (bool, error) {
		lists, err := v.read(ctx, open)
		if err != nil {
			return false, err
		}
		var left []int
		for n, i := range open {
			if !shows(i, lists[n]) {
				left = append(left, i)
			}
		}
		open = left
		return len(open) == 0, nil
	})
	if err != nil {
		for _, i := range open {
			errs[i] = err
		}
	}
	return errs
}

// read lists the own rows of some. Those who are no longer in the directory can
// be read only from the side of the application.
func (v visibility) read(ctx context.Context, some []int) ([][]applications.Assignment, error) {
	var users, groups []string
	for _, i := range some {
		switch v.who[i].Type {
		case "User":
			users = append(users, v.who[i].ID)
		case "Group":
			groups = append(groups, v.who[i].ID)
		}
	}
	users, groups = slices.Compact(users), slices.Compact(groups)
	var rows []applications.Assignment
	lists, err := applications.AssignmentsOf(ctx, v.client, users, groups, v.app.ServicePrincipalID)
	switch {
	case graph.IsNotFound(err):
		if rows, err = applications.ListAssignments(ctx, v.client, v.app.ServicePrincipalID); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, err
	}
	rows = append(rows, slices.Concat(lists...)...)
	byPrincipal := map[string][]applications.Assignment{}
	for _, row := range rows {
		byPrincipal[row.PrincipalID] = append(byPrincipal[row.PrincipalID], row)
	}
	own := make([][]applications.Assignment, len(some))
	for n, i := range some {
		own[n] = byPrincipal[v.who[i].ID]
	}
	return own, nil
}

// awaitRemoved waits until rows no longer show, and returns the error of each.
func awaitRemoved(ctx context.Context, client *graph.Client, app applications.App, rows []applications.Assignment) []error {
	v := visibility{client: client, app: app, what: "assignments removed from " + app.Name + " no longer show"}
	for _, row := range rows {
		v.who = append(v.who, Principal{ID: row.PrincipalID, Name: row.PrincipalDisplayName, Type: row.PrincipalType})
	}
	return v.await(ctx, func(i int, now []applications.Assignment) bool {
		return !slices.ContainsFunc(now, func(row applications.Assignment) bool { return row.ID == rows[i].ID })
	})
}
