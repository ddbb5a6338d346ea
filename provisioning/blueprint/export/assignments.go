package export

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/blueprint"
	"github.com/scimctl/scimctl/provisioning/blueprint/planning"
)

// readRows reads who is assigned, by names that find them again.
func (x *exporter) readRows(ctx context.Context) error {
	rows, err := assignment.Rows(ctx, x.opts.Graph, x.App)
	if err != nil || len(rows) == 0 {
		return err
	}
	names := map[string]string{}
	err = parallel.Do(ctx,
		func(ctx context.Context) error {
			users, err := directory.UsersByID(ctx, x.opts.Graph, idsOf(rows, "User"))
			x.Mu.Lock()
			defer x.Mu.Unlock()
			for _, u := range users {
				names[u.ID] = u.UserPrincipalName
			}
			return err
		},
		func(ctx context.Context) error { return x.nameGroups(ctx, rows, names) },
	)
	if err == nil {
		x.assignmentSection(rows, names)
	}
	return err
}

// nameGroups takes the name of a group that alone has it, and can be assigned;
// else its id.
func (x *exporter) nameGroups(ctx context.Context, rows []applications.Assignment, names map[string]string) error {
	groups, err := directory.GroupsByID(ctx, x.opts.Graph, idsOf(rows, "Group"))
	if err != nil {
		return err
	}
	called := make([]string, len(groups))
	for i, g := range groups {
		called[i] = g.DisplayName
	}
	found, errs := directory.FindGroups(ctx, x.opts.Graph, called)
	x.Mu.Lock()
	defer x.Mu.Unlock()
	for i, g := range groups {
		switch {
		case !g.SecurityEnabled:
		case errs[i] == nil && found[i].ID == g.ID:
			names[g.ID] = g.DisplayName
		default:
			names[g.ID] = g.ID
		}
	}
	return nil
}

func idsOf(rows []applications.Assignment, kind string) []string {
	var ids []string
	for _, row := range rows {
		if row.PrincipalType == kind && !slices.Contains(ids, row.PrincipalID) {
			ids = append(ids, row.PrincipalID)
		}
	}
	return ids
}

func (x *exporter) assignmentSection(rows []applications.Assignment, names map[string]string) {
	a := &blueprint.Assignments{}
	for _, row := range rows {
		name := names[row.PrincipalID]
		switch {
		case row.PrincipalType != "User" && row.PrincipalType != "Group":
			x.warn("the assignment of the application %s does not go into a file", row.PrincipalDisplayName)
		case name == "":
			x.warn("the assignment of %s, who is deleted or cannot be assigned any more, was left out", row.PrincipalDisplayName)
		case row.PrincipalType == "User":
			a.Users = append(a.Users, blueprint.Assignee{Name: name, Role: x.role(row.AppRoleID)})
		default:
			a.Groups = append(a.Groups, blueprint.Assignee{Name: name, Role: x.role(row.AppRoleID)})
		}
	}
	a.Users, a.Groups = arranged(a.Users), arranged(a.Groups)
	if len(a.Users)+len(a.Groups) > 0 {
		x.b.Assignments = a
	}
}

func arranged(list []blueprint.Assignee) []blueprint.Assignee {
	return slices.Compact(planning.SortedBy(list, func(a blueprint.Assignee) string { return strings.ToLower(a.Name) + "\x00" + a.Role }))
}

// role names a role so that it is found again; "" where there is no choice, and
// for one that nobody can be given any more.
func (x *exporter) role(id string) string {
	roles := 0
	for _, r := range x.App.Roles {
		if r.IsEnabled && slices.Contains(r.AllowedMemberTypes, "User") {
			roles++
		}
	}
	if roles < 2 {
		return ""
	}
	for _, name := range []string{assignment.RoleName(x.App, id), id} {
		if found, err := assignment.FindRole(x.App, name); err == nil && assignment.SameID(found.ID, id) {
			return name
		}
	}
	return ""
}
