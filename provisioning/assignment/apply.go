package assignment

import (
	"context"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
)

// Assign gives principals who are known roles of an application that is known.
type Assign struct {
	Graph *graph.Client
	App   applications.App
	Role  applications.AppRole
	Who   []Principal
}

// Do assigns them, twenty in one request, and returns the error of each.
func (a Assign) Do(ctx context.Context) []error {
	rows, errs, open := make([]Assigned, len(a.Who)), make([]error, len(a.Who)), make([]int, len(a.Who))
	for i, p := range a.Who {
		rows[i], open[i] = Assigned{Principal: p}, i
	}
	Add{Graph: a.Graph}.assign(ctx, a.App, a.Role, rows, errs, open)
	return errs
}

// Unassign takes assignments of an application away, by their rows.
type Unassign struct {
	Graph *graph.Client
	App   applications.App
	Rows  []applications.Assignment
}

// Do removes them, twenty in one request, and returns the error of each. What
// somebody else has removed in the meantime is no error.
func (u Unassign) Do(ctx context.Context) []error {
	ids := make([]string, len(u.Rows))
	for i, row := range u.Rows {
		ids[i] = row.ID
	}
	errs := applications.UnassignEach(ctx, u.Graph, u.App.ServicePrincipalID, ids)
	for i, row := range u.Rows {
		who := Principal{ID: row.PrincipalID, Name: row.PrincipalDisplayName, Type: row.PrincipalType}
		if errs[i] != nil && (Remove{Graph: u.Graph}).vanished(ctx, u.App, who, row, errs[i]) {
			errs[i] = nil
		}
	}
	var removed []applications.Assignment
	var open []int
	for i, row := range u.Rows {
		if errs[i] == nil {
			removed, open = append(removed, row), append(open, i)
		}
	}
	for n, err := range awaitRemoved(ctx, u.Graph, u.App, removed) {
		errs[open[n]] = err
	}
	return errs
}

// SameID reports whether two object ids are one.
func SameID(a, b string) bool { return strings.EqualFold(a, b) }
