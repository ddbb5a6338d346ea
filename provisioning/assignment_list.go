package provisioning

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
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

	// Of [ListAssignments] alone; neither is there for a principal who is deleted.
	UserPrincipalName string `json:"userPrincipalName,omitempty"` // of a user
	Members           *int   `json:"members,omitempty"`           // of a group: its direct members, of whatever type
}

func describeAssignments(app graph.App, rows []graph.Assignment) []Assignment {
	list := make([]Assignment, len(rows))
	for i, row := range rows {
		list[i] = Assignment{
			ID: row.ID, Principal: row.PrincipalDisplayName, PrincipalID: row.PrincipalID, Type: row.PrincipalType,
			Role: RoleName(app, row.AppRoleID), RoleID: row.AppRoleID, Created: row.CreatedDateTime,
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

// Do returns the rows, groups first, then by name. It takes three requests, and
// one more for every 999 rows, 300 users and 20 groups.
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
	var names map[string]string
	var counts map[string]int
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			names, err = namesOf(ctx, l.Graph, principalsOf(rows, "User"))
			return err
		},
		func(ctx context.Context) (err error) {
			counts, err = ofGroups(ctx, l.Graph, principalsOf(rows, "Group"), l.Graph.CountMembers)
			return err
		},
	)
	for i, row := range list {
		list[i].UserPrincipalName = names[row.PrincipalID]
		if n, there := counts[row.PrincipalID]; there { // a group that is deleted has none
			list[i].Members = &n
		}
	}
	slices.SortStableFunc(list, func(a, b Assignment) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type),
			cmp.Compare(strings.ToLower(a.Principal), strings.ToLower(b.Principal)), cmp.Compare(a.Role, b.Role))
	})
	return list, err
}

// namesOf are the names that users sign in with, by their ids: several people
// can have the same display name.
func namesOf(ctx context.Context, client *graph.Client, ids []string) (map[string]string, error) {
	users, err := client.UsersByID(ctx, ids)
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.UserPrincipalName
	}
	return names, err
}

// AssignmentsOf reads who is assigned to an application, also to one that was
// made just now.
func AssignmentsOf(ctx context.Context, client *graph.Client, app graph.App) (rows []graph.Assignment, err error) {
	err = client.WhenReady(ctx, app, "the assignments of "+app.Name+" can be read", func(ctx context.Context) error {
		rows, err = client.ListAssignments(ctx, app.ServicePrincipalID)
		return err
	})
	return rows, err
}
