package provisioning

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// An Assignment gives a user or a group a role of an application.
type Assignment struct {
	ID          string    `json:"id"`
	Principal   string    `json:"principal"` // display name
	PrincipalID string    `json:"principalId"`
	Type        string    `json:"type"` // User, Group or ServicePrincipal
	Role        string    `json:"role"` // display name
	RoleID      string    `json:"roleId"`
	Created     time.Time `json:"created,omitzero"`
}

func describeAssignments(app graph.App, rows []graph.Assignment) []Assignment {
	list := make([]Assignment, len(rows))
	for i, row := range rows {
		list[i] = Assignment{
			ID: row.ID, Principal: row.PrincipalDisplayName, PrincipalID: row.PrincipalID, Type: row.PrincipalType,
			Role: roleName(app, row.AppRoleID), RoleID: row.AppRoleID, Created: row.CreatedDateTime,
		}
	}
	return list
}

// ListAssignments lists who is assigned to an application. Direct members of
// an assigned group count as assigned and have no row of their own.
type ListAssignments struct {
	Graph *graph.Client
	App   string
}

// Do returns the rows, groups first, then by name.
func (l ListAssignments) Do(ctx context.Context) ([]Assignment, error) {
	app, err := l.Graph.FindApp(ctx, l.App)
	if err != nil {
		return nil, err
	}
	rows, err := l.Graph.ListAssignments(ctx, app.ServicePrincipalID)
	if err != nil {
		return nil, err
	}
	list := describeAssignments(app, rows)
	slices.SortStableFunc(list, func(a, b Assignment) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type),
			cmp.Compare(strings.ToLower(a.Principal), strings.ToLower(b.Principal)), cmp.Compare(a.Role, b.Role))
	})
	return list, nil
}

// countAssigned counts the users that are assigned themselves, and the groups.
func countAssigned(ctx context.Context, client *graph.Client, app graph.App) (users, groups int, err error) {
	rows, err := client.ListAssignments(ctx, app.ServicePrincipalID)
	seen := map[string]bool{}
	for _, row := range rows {
		if seen[row.PrincipalID] {
			continue
		}
		seen[row.PrincipalID] = true
		switch row.PrincipalType {
		case "User":
			users++
		case "Group":
			groups++
		}
	}
	return users, groups, err
}
