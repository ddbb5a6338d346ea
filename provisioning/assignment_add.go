package provisioning

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// AddAssignments assigns users and groups to an application.
type AddAssignments struct {
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
	Role    string `json:"role"`
	Already bool   `json:"already"`
}

// Do looks everything up before it writes, and returns the principals in the
// order asked for, users first. When some of several cannot be assigned, the
// error is a [PartialError].
func (a AddAssignments) Do(ctx context.Context) ([]Assigned, error) {
	app, who, err := appAndPrincipals(ctx, a.Graph, a.App, a.Users, a.Groups)
	if err != nil {
		return nil, err
	}
	role, err := findRole(app, a.Role)
	if err != nil {
		return nil, err
	}
	have, err := each(ctx, who, func(ctx context.Context, p Principal) ([]graph.Assignment, error) {
		return assignmentsOf(ctx, a.Graph, app, p)
	})
	if err != nil {
		return nil, err
	}
	return carryOut(ctx, who, func(i int, p Principal) (Assigned, error) {
		if row, ok := a.alike(have[i], role); ok {
			return Assigned{Principal: p, Role: roleName(app, row.AppRoleID), Already: true}, nil
		}
		already, err := a.assign(ctx, app, p, role)
		return Assigned{Principal: p, Role: role.DisplayName, Already: already}, err
	})
}

// alike finds an assignment that is what was asked for: any, when no role was.
func (a AddAssignments) alike(rows []graph.Assignment, role graph.AppRole) (graph.Assignment, bool) {
	i := slices.IndexFunc(rows, func(row graph.Assignment) bool {
		return a.Role == "" || strings.EqualFold(row.AppRoleID, role.ID)
	})
	if i < 0 {
		return graph.Assignment{}, false
	}
	return rows[i], true
}

// assign writes one assignment. If the service says that it exists, somebody
// else was faster, or its lists lag behind: the row has to show.
func (a AddAssignments) assign(ctx context.Context, app graph.App, p Principal, role graph.AppRole) (already bool, err error) {
	err = a.Graph.WhenReady(ctx, app, app.Name+" can be assigned to", func(ctx context.Context) error {
		_, err := a.Graph.Assign(ctx, app.ServicePrincipalID, p.ID, role.ID)
		return err
	})
	if !graph.IsAlreadyExists(err) {
		return false, err
	}
	err = a.Graph.Wait(ctx, "the assignment of "+p.Name+" shows", func(ctx context.Context) (bool, error) {
		rows, err := assignmentsOf(ctx, a.Graph, app, p)
		shows := slices.ContainsFunc(rows, func(row graph.Assignment) bool { return strings.EqualFold(row.AppRoleID, role.ID) })
		return shows, err
	})
	return true, err
}
