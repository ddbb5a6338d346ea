package provisioning

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/scimctl/scimctl/graph"
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
func (p assignee) warnings(app graph.App, nested []graph.Member) []string {
	list := []string{}
	if p.disabled {
		list = append(list, p.Name+" is disabled in Entra, and so is not active in the application either")
	}
	if len(nested) > 0 {
		list = append(list, fmt.Sprintf("%s holds %s: provisioning reaches direct members only, and misses theirs; %s",
			p.Name, groupsNamed(nested), assignThem(app, nested)))
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
	return "the groups " + named(names)
}

// assignThem is the command that assigns groups.
func assignThem(app graph.App, groups []graph.Member) string {
	var b strings.Builder
	b.WriteString("scimctl assignment add")
	for _, g := range groups {
		b.WriteString(" --group " + argument(g.DisplayName))
	}
	return b.String() + " --app " + argument(app.Name)
}

// argument is a text as a shell takes it.
func argument(text string) string {
	switch {
	case text != "" && !strings.ContainsAny(text, " \t'\"`$&|;<>()[]{}*?!#~\\"):
		return text
	case !strings.Contains(text, "'"):
		return "'" + text + "'"
	}
	return `"` + text + `"`
}
