package scim

import (
	"bytes"
	"encoding/json"
	"strings"
)

// A Role is a role of the application that a user has.
type Role struct {
	ID          string `json:"id,omitempty"`
	Value       string `json:"value"`
	DisplayName string `json:"displayName,omitempty"`
}

// A RoleForm is one of the ways in which roles are sent, which are those of
// three functions for mappings. None of them is that of other attributes:
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes#provisioning-a-role-to-a-scim-app.
type RoleForm int

// The forms of roles.
const (
	NoRoles       RoleForm = iota // not roles
	PrimaryRole                   // SingleAppRoleAssignment: one, the primary
	AddedRoles                    // AppRoleAssignmentsComplex: all, added to those in the target
	AssertedRoles                 // AssertiveAppRoleAssignmentsComplex: all, in place of those in the target
)

const roleType = "WindowsAzureActiveDirectoryRole"

// objects are roles as a create has them. The page calls the name displayName
// with AddedRoles and display with AssertedRoles.
func (a Attribute) objects() []any {
	list := make([]any, 0, len(a.Roles))
	for _, r := range a.Roles {
		object := map[string]any{"primary": false, "type": roleType, "value": r.Value}
		name := "displayName"
		if a.Form == AssertedRoles {
			name = "display"
		}
		if r.DisplayName != "" {
			object[name] = r.DisplayName
		}
		list = append(list, object)
	}
	return list
}

// packed are roles as a legacy PATCH has them: JSON inside a text.
func (a Attribute) packed() ([]any, error) {
	list := make([]any, 0, len(a.Roles))
	for _, r := range a.Roles {
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(r); err != nil {
			return nil, err
		}
		list = append(list, map[string]any{"value": strings.TrimSuffix(b.String(), "\n")})
	}
	return list, nil
}

// roleOperations are those of the changes that are roles. The parts of the
// primary role go together.
func roleOperations(d Dialect, changes []Change) ([]Operation, error) {
	var ops []Operation
	var primary []Attribute
	for _, c := range changes {
		switch c.Form {
		case NoRoles:
		case PrimaryRole:
			primary = append(primary, c.Attribute)
		case AssertedRoles:
			ops = append(ops, Operation{Op: "replace", Path: "roles", Value: c.objects()})
		case AddedRoles:
			if d == Compliant {
				ops = append(ops, Operation{Op: "add", Path: "roles", Value: c.objects()})
				continue
			}
			value, err := c.packed()
			if err != nil {
				return nil, err
			}
			ops = append(ops, Operation{Op: "Add", Path: "roles", Value: value})
		}
	}
	return primaryOperation(d, primary, ops)
}

func primaryOperation(d Dialect, parts []Attribute, ops []Operation) ([]Operation, error) {
	if len(parts) == 0 {
		return ops, nil
	}
	if d == Legacy {
		value, err := parts[0].packed()
		return append(ops, Operation{Op: "Add", Path: "roles", Value: value}), err
	}
	r := Resource{}
	err := r.setAll(parts) // as in a create
	return append(ops, Operation{Op: "add", Path: "roles", Value: r["roles"]}), err
}

// unpacked is the value of a role that a legacy PATCH has left as JSON in a
// text, and any other text as it is.
func unpacked(text string) string {
	var r Role
	if strings.HasPrefix(text, "{") && json.Unmarshal([]byte(text), &r) == nil && r.Value != "" {
		return r.Value
	}
	return text
}

// RoleValues are the values of all roles of a resource.
func (r Resource) RoleValues() []string {
	values := texts(member(map[string]any(r), "roles"))
	for i := range values {
		values[i] = unpacked(values[i])
	}
	return values
}
