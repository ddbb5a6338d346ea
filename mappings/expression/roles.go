package expression

import (
	"fmt"
)

// roles are the functions about [appRoleAssignments], whose values are the
// names of the roles, one for each assignment.
func roles(name string) function {
	switch name {
	case "AppRoleAssignmentsComplex", "AssertiveAppRoleAssignmentsComplex":
		return allRoles
	case "SingleAppRoleAssignment":
		return singleRole
	default:
		return nil
	}
}

// allRoles are the names of all roles. The service sends each as an object;
// what that holds besides the name is not the expression's.
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app
func allRoles(in Input, c *Call) (Value, error) {
	v, err := in.roleNames(c)
	v.Multi = v.Outcome == Given
	return v, err
}

// singleRole fails with the service's own words, its spelling included, when
// there are several roles.
func singleRole(in Input, c *Call) (Value, error) {
	v, err := in.roleNames(c)
	if err != nil || v.Outcome != Given {
		return v, err
	}
	if n := len(v.Values); n > 1 {
		return Value{}, c.fails(fmt.Sprintf("No more than one app role assignment was expected, but this many where found: %d", n))
	}
	return given(v.Text()), nil
}

func (in Input) roleNames(c *Call) (Value, error) {
	args, err := c.arguments(1, 1)
	if err != nil {
		return Value{}, err
	}
	a, ok := args[0].(*Attribute)
	if !ok || a.Name != "appRoleAssignments" {
		return Value{}, c.wrong("it takes [appRoleAssignments] alone")
	}
	return in.value(a)
}
