package planning

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
	"github.com/scimctl/scimctl/provisioning/blueprint"
)

// lacking is nil when all of these users and groups were found.
func (k *State) lacking(names []string) error {
	var missing []provisioning.Failure
	for _, f := range k.missing {
		if slices.Contains(names, f.Name) {
			missing = append(missing, f)
		}
	}
	slices.SortStableFunc(missing, func(a, b provisioning.Failure) int { return cmp.Compare(a.Name, b.Name) })
	switch len(missing) {
	case 0:
		return nil
	case 1:
		return missing[0].Err
	}
	return &provisioning.MissingError{Missing: missing}
}

// An wanted is one that the file lists.
type wanted struct {
	assignment.Principal
	asked string // role as the file has it; "" takes any
	role  applications.AppRole
}

// id is that of the step which makes it.
func (a wanted) id() string {
	if a.asked == "" {
		return kindOf(a.Type) + "/" + a.Name
	}
	return kindOf(a.Type) + "/" + a.Name + "/" + a.asked
}

// listed are the assignments of the file, with those whom they are about.
func (k *State) listed(a *blueprint.Assignments) ([]wanted, error) {
	var names []string
	for _, one := range slices.Concat(a.Users, a.Groups) {
		names = append(names, one.Name)
	}
	if err := k.lacking(names); err != nil {
		return nil, err
	}
	var all []wanted
	for _, one := range a.Users {
		u := k.users[one.Name]
		all = append(all, wanted{Principal: assignment.Principal{ID: u.ID, Name: u.UserPrincipalName, Type: "User"}})
	}
	for _, one := range a.Groups {
		g := k.groups[one.Name]
		if !g.SecurityEnabled {
			return nil, &assignment.GroupRefusedError{Group: g.DisplayName}
		}
		all = append(all, wanted{Principal: assignment.Principal{ID: g.ID, Name: g.DisplayName, Type: "Group"}})
	}
	for i, one := range slices.Concat(a.Users, a.Groups) {
		all[i].asked, all[i].role.DisplayName = one.Role, one.Role
		if !k.Exists { // its roles are known once it is there
			continue
		}
		var err error
		if all[i].role, err = assignment.FindRole(k.App, one.Role); err != nil {
			return nil, err
		}
	}
	return once(all), nil
}

// once leaves out what is listed under two names.
func once(all []wanted) []wanted {
	seen := map[string]bool{}
	return slices.DeleteFunc(all, func(a wanted) bool {
		key := fmt.Sprintln(a.ID, a.role.ID, a.role.DisplayName, a.asked == "")
		twice := seen[key]
		seen[key] = true
		return twice
	})
}

// covers reports whether a row is what was listed.
func (a wanted) covers(row applications.Assignment) bool {
	return assignment.SameID(row.PrincipalID, a.ID) && (a.asked == "" || assignment.SameID(row.AppRoleID, a.role.ID))
}

// byPrincipal finds rows by whom they assign.
func byPrincipal(rows []applications.Assignment) map[string][]applications.Assignment {
	found := map[string][]applications.Assignment{}
	for _, row := range rows {
		found[row.PrincipalID] = append(found[row.PrincipalID], row)
	}
	return found
}

// open are the listed assignments that there are not yet.
func (k *State) open(listed []wanted) []wanted {
	rows := byPrincipal(k.rows)
	return slices.DeleteFunc(slices.Clone(listed), func(a wanted) bool { return slices.ContainsFunc(rows[a.ID], a.covers) })
}

// assignments are made when they are missing, and with prune taken away when
// they are not listed.
func (p *planner) assignments(ctx context.Context) error {
	listed, err := p.listed(p.b.Assignments)
	if err != nil {
		return err
	}
	for _, a := range p.open(listed) {
		p.step(blueprint.SectionAssignments, a.id(), WriteAssignments, Step{
			Subject: kindOf(a.Type) + " " + a.Name, New: cmp.Or(a.role.DisplayName, "the role that is right for all"),
		})
	}
	if !p.b.Assignments.Prune {
		return nil
	}
	return p.unlistedAssignments(ctx, listed)
}

// surplusRows are the assignments of users and groups that are not listed.
func (k *State) surplusRows(listed []wanted) []applications.Assignment {
	by := map[string][]wanted{}
	for _, a := range listed {
		by[a.ID] = append(by[a.ID], a)
	}
	var rows []applications.Assignment
	for _, row := range k.rows {
		kept := slices.ContainsFunc(by[row.PrincipalID], func(a wanted) bool { return a.covers(row) })
		if !kept && (row.PrincipalType == "User" || row.PrincipalType == "Group") {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b applications.Assignment) int {
		return cmp.Or(-cmp.Compare(a.PrincipalType, b.PrincipalType), cmp.Compare(a.PrincipalDisplayName, b.PrincipalDisplayName), cmp.Compare(a.ID, b.ID))
	})
	return rows
}

func (p *planner) unlistedAssignments(ctx context.Context, listed []wanted) error {
	rows := p.surplusRows(listed)
	if len(rows) == 0 {
		return nil
	}
	reach, err := p.reach(ctx, rows)
	if err != nil {
		return err
	}
	risks := []Risk{{
		Name: RiskUnassigned, People: reach.Users, AtMost: reach.AtMost,
		What: "assignments to " + p.App.Name + " are taken away: unless the scope is all users, the next cycle disables the accounts in the application",
	}}
	if limit := p.threshold(); limit > 0 && reach.Users >= limit {
		risks = append(risks, beyond(limit))
	}
	for _, row := range rows {
		p.step(blueprint.SectionAssignments, "remove/"+row.ID, WriteAssignments, Step{
			Verb: Remove, Subject: kindOf(row.PrincipalType) + " " + row.PrincipalDisplayName,
			Old: assignment.RoleName(p.App, row.AppRoleID), Risks: risks,
		})
	}
	return nil
}

func kindOf(principalType string) string {
	if principalType == "Group" {
		return "group"
	}
	return "user"
}
