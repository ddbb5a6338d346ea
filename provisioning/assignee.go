package provisioning

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/remedy"
)

// A GroupRefusedError is a group that cannot be assigned. Graph assigns groups
// that are security-enabled, in a tenant with Entra ID P1:
// https://learn.microsoft.com/entra/identity/enterprise-apps/assign-user-or-group-access-portal.
type GroupRefusedError struct {
	Group string
	Err   error // what Graph says; nil when the group is not security-enabled, and was not tried
}

func (e *GroupRefusedError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("the group %s cannot be assigned: it is not security-enabled, and only security groups can be", e.Group)
	}
	return fmt.Sprintf("the group %s cannot be assigned: %v", e.Group, e.Err)
}

func (e *GroupRefusedError) Unwrap() error { return e.Err }

// refused is the error of whom Graph does not assign, known without asking.
func (p assignee) refused() error {
	if p.mailOnly {
		return &GroupRefusedError{Group: p.Name}
	}
	return nil
}

// refusedGroup makes Graph's refusal of a group one that names it.
func refusedGroup(p Principal, err error) error {
	e, ok := errors.AsType[*graph.Error](err)
	if !ok || p.Type != "Group" || e.Status != http.StatusBadRequest {
		return err
	}
	return &GroupRefusedError{Group: p.Name, Err: err}
}

// warnings are about those who are not provisioned although assigned.
func (p assignee) warnings(nested []graph.Member) remedy.List {
	list := remedy.List{}
	if p.disabled {
		list = append(list, remedy.Advise(p.Name+" is disabled in Entra, and so is not active in the application either"))
	}
	if len(nested) > 0 {
		list = append(list, assignGroups(fmt.Sprintf("%s contains %s: provisioning reaches direct members only; to include the others",
			p.Name, groupsNamed(nested)), nested))
	}
	return list
}

// groupsNamed names groups: "the groups Field Team and Partners".
func groupsNamed(groups []graph.Member) string {
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = g.DisplayName
	}
	if len(names) == 1 {
		return "the group " + names[0]
	}
	return "the groups " + bounds.FirstNames(names, mostNamed)
}

// assignGroups is the command that assigns groups.
func assignGroups(reason string, groups []graph.Member) remedy.Remedy {
	add := remedy.Run(reason, "assignment add")
	for _, g := range groups {
		add = add.Flag("group", g.DisplayName).Or(g.DisplayName, g.ID)
	}
	return add
}
