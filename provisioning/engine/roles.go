package engine

import (
	"cmp"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// roleForm is how the roles of a mapping are sent: its source is one of the
// functions for roles, and its target one of SCIM's role attributes.
func roleForm(source expression.Node, target string) scim.RoleForm {
	call, ok := source.(*expression.Call)
	if !ok {
		return scim.NoRoles
	}
	list := strings.EqualFold(target, "roles")
	switch {
	case call.Name == "SingleAppRoleAssignment" && strings.HasPrefix(strings.ToLower(target), "roles[primary "):
		return scim.PrimaryRole
	case call.Name == "AppRoleAssignmentsComplex" && list:
		return scim.AddedRoles
	case call.Name == "AssertiveAppRoleAssignmentsComplex" && list:
		return scim.AssertedRoles
	default:
		return scim.NoRoles
	}
}

// rolesOf are the roles that a flow sends, in full as far as the subject says.
// A role without a value goes by its name.
func (s Subject) rolesOf(f Flow) []scim.Role {
	if f.Form == scim.NoRoles {
		return nil
	}
	var roles []scim.Role
	for _, name := range f.Value.Values {
		role := scim.Role{Value: name}
		i := slices.IndexFunc(s.Roles, func(r scim.Role) bool { return r.Value == name || r.DisplayName == name })
		if i >= 0 {
			role = s.Roles[i]
			role.Value = cmp.Or(role.Value, name)
		}
		roles = append(roles, role)
	}
	return roles
}

// differingRoles is what is sent of roles: all when the target lacks one, or,
// asserted, has another. What the service compares is not documented.
func (p *planner) differingRoles(a scim.Attribute) (scim.Attribute, bool) {
	has := p.target.Resource.RoleValues()
	lacks := slices.ContainsFunc(a.Roles, func(r scim.Role) bool {
		return !slices.Contains(has, r.Value) && !slices.Contains(has, r.DisplayName)
	})
	more := slices.ContainsFunc(has, func(v string) bool {
		return !slices.ContainsFunc(a.Roles, func(r scim.Role) bool { return r.Value == v })
	})
	return a, lacks || more && a.Form == scim.AssertedRoles
}
