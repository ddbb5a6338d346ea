package assignment

import (
	"cmp"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/near"
)

// The limits of what is read and named for a finding.
const (
	MostGroups = 50 // whose members are read
	MostNamed  = 20 // of those who have several roles
)

// Holders are those who have roles, by their ids.
type Holders map[string]*holder

type holder struct {
	name  string
	roles []string // ids
}

// Give notes that somebody has a role.
func (h Holders) Give(id, name, role string) {
	if h[id] == nil {
		h[id] = &holder{name: name}
	}
	h[id].name = cmp.Or(h[id].name, name)
	if !slices.Contains(h[id].roles, role) {
		h[id].roles = append(h[id].roles, role)
	}
}

// Several are those who have more than one role, each with them, sorted.
func (h Holders) Several(app applications.App) []string {
	var list []string
	for _, one := range h {
		if len(one.roles) < 2 {
			continue
		}
		names := make([]string, len(one.roles))
		for i, id := range one.roles {
			names[i] = RoleName(app, id)
		}
		slices.Sort(names)
		list = append(list, one.name+" ("+strings.Join(names, ", ")+")")
	}
	slices.Sort(list)
	return list
}

// DefaultAccess is the role of an assignment without a role. Graph accepts it
// only for an application that has no role for users:
// https://learn.microsoft.com/graph/api/resources/approleassignment.
const DefaultAccess = "00000000-0000-0000-0000-000000000000"

// ForUsers reports whether a role can be given to users.
func ForUsers(role applications.AppRole) bool {
	return slices.Contains(role.AllowedMemberTypes, "User")
}

// assignable lists the roles that a user or group can be given.
func assignable(app applications.App) []applications.AppRole {
	var roles []applications.AppRole
	for _, role := range app.Roles {
		if role.IsEnabled && ForUsers(role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// FindRole finds an assignable role by display name, value or id. "" is the
// role that is right when none is asked for: "User" when there is one, else
// the first, else default access.
func FindRole(app applications.App, name string) (applications.AppRole, error) {
	roles := assignable(app)
	if name == "" {
		return defaultRole(roles), nil
	}
	if len(roles) == 0 && (name == DefaultAccess || strings.EqualFold(name, "Default Access")) {
		return defaultRole(nil), nil
	}
	var matches []applications.AppRole
	for _, role := range roles {
		if strings.EqualFold(role.DisplayName, name) || strings.EqualFold(role.Value, name) || strings.EqualFold(role.ID, name) {
			matches = append(matches, role)
		}
	}
	switch len(matches) {
	case 1:
		return matches[0], nil
	case 0:
		names := roleNames(roles)
		return applications.AppRole{}, &graph.NotFoundError{Kind: "role of " + app.Name, Name: name, Near: near.Names(name, names), All: names}
	}
	several := &graph.AmbiguousError{Kind: "role of " + app.Name, Name: name}
	for _, role := range matches {
		several.Matches = append(several.Matches, graph.Match{Name: role.DisplayName, ID: role.ID, Detail: role.Value})
	}
	return applications.AppRole{}, several
}

func defaultRole(roles []applications.AppRole) applications.AppRole {
	for _, role := range roles {
		if role.DisplayName == "User" {
			return role
		}
	}
	if len(roles) > 0 {
		return roles[0]
	}
	return applications.AppRole{ID: DefaultAccess, DisplayName: "Default Access", IsEnabled: true}
}

// RoleName is what people call the role with an id.
func RoleName(app applications.App, id string) string {
	for _, role := range app.Roles {
		if strings.EqualFold(role.ID, id) {
			return role.DisplayName
		}
	}
	if id == DefaultAccess {
		return "Default Access"
	}
	return id
}

func roleNames(roles []applications.AppRole) []string {
	names := make([]string, len(roles))
	for i, role := range roles {
		names[i] = role.DisplayName
	}
	return names
}
