package scim

import (
	"slices"
)

// A Change brings one attribute to a value.
type Change struct {
	Attribute
	Had bool // the target has a value now: it is replaced; else one is added
}

// An Operation is one operation of a PATCH.
type Operation struct {
	Op    string `json:"op"`
	Path  string `json:"path,omitempty"`
	Value any    `json:"value,omitzero"`
}

// A PatchRequest is the body of a PATCH.
type PatchRequest struct {
	Schemas    []string    `json:"schemas"`
	Operations []Operation `json:"Operations"`
}

// NewPatchRequest makes the body that carries operations.
func NewPatchRequest(ops []Operation) PatchRequest {
	return PatchRequest{Schemas: []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, Operations: ops}
}

// Patch writes changes in a dialect. Legacy has one operation for each change,
// with booleans as text: "False". Compliant gathers what it replaces in one
// operation without a path, except for conditional paths and when there is
// only one; booleans are booleans.
//
// Roles come last, in their own forms.
//
// A change without values is an error: Entra never clears an attribute.
func Patch(d Dialect, changes []Change) ([]Operation, error) {
	for _, c := range changes {
		if _, err := parsePath(c.Path); err != nil {
			return nil, err
		}
		if len(c.Values) == 0 {
			return nil, &PathError{c.Path, "there is no value to send"}
		}
	}
	roles, err := roleOperations(d, changes)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return c.Form != NoRoles })
	if d == Compliant {
		return append(compliant(others), roles...), nil
	}
	ops := make([]Operation, 0, len(changes))
	for _, c := range others {
		ops = append(ops, c.legacy())
	}
	return append(ops, roles...), nil
}

func (c Change) legacy() Operation {
	if c.Type == "Boolean" {
		c.Type = "String"
	}
	// Several values were only ever seen added, never replaced.
	if c.Had && !c.Multi {
		return Operation{Op: "Replace", Path: c.Path, Value: c.value()}
	}
	return Operation{Op: "Add", Path: c.Path, Value: c.value()}
}

func compliant(changes []Change) []Operation {
	var ops []Operation
	var together []Change
	for _, c := range changes {
		p, _ := parsePath(c.Path)
		switch {
		case !c.Had || c.Multi:
			ops = append(ops, Operation{Op: "add", Path: c.Path, Value: c.value()})
		case p.filter != "":
			ops = append(ops, Operation{Op: "replace", Path: c.Path, Value: c.value()})
		default:
			together = append(together, c)
		}
	}
	switch len(together) {
	case 0:
		return ops
	case 1:
		return append(ops, Operation{Op: "replace", Path: together[0].Path, Value: together[0].value()})
	}
	values := make(map[string]any, len(together))
	for _, c := range together {
		values[c.Path] = c.value()
	}
	return append(ops, Operation{Op: "replace", Value: values})
}

// AddMembers is the operation that adds members, by their ids in the target.
func AddMembers(d Dialect, ids ...string) []Operation {
	if len(ids) == 0 {
		return nil
	}
	op := "Add"
	if d == Compliant {
		op = "add"
	}
	return []Operation{{Op: op, Path: "members", Value: references(ids)}}
}

// RemoveMembers is what takes members out of a group, by their ids in the
// target. Services that read the legacy form by RFC 7644, where a remove has
// no value, take out everybody.
func RemoveMembers(d Dialect, ids ...string) []Operation {
	if len(ids) == 0 {
		return nil
	}
	if d == Legacy {
		return []Operation{{Op: "Remove", Path: "members", Value: references(ids)}}
	}
	ops := make([]Operation, 0, len(ids))
	for _, id := range ids {
		ops = append(ops, Operation{Op: "remove", Path: "members[value eq " + quote(id) + "]"})
	}
	return ops
}

func references(ids []string) []any {
	list := make([]any, 0, len(ids))
	for _, id := range ids {
		list = append(list, map[string]any{"$ref": nil, "value": id})
	}
	return list
}
