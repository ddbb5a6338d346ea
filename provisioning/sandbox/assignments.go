package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// defaultAccess is the role of an assignment without a role.
const defaultAccess = "00000000-0000-0000-0000-000000000000"

func assignmentResource() odata.Resource {
	return odata.Resource{
		Kind: "microsoft.graph.appRoleAssignment", Label: "AppRoleAssignment",
		Properties: strings.Fields("appRoleId createdDateTime deletedDateTime id principalDisplayName principalId principalType resourceDisplayName resourceId"),
		Filters:    map[string][]string{"principalDisplayName": {"eq", "startswith"}, "resourceId": {"eq"}},
		GUIDs:      []string{"resourceId", "principalId", "appRoleId"},
	}
}

// principal is the display name of a user or group that is not deleted.
func (s *state) principal(id string) (name, kind string) {
	if u := s.user(id); u != nil && strings.EqualFold(u.ID, id) {
		return u.name(), "User"
	}
	if g := s.group(id); g != nil {
		return g.DisplayName, "Group"
	}
	return "", ""
}

func (s *state) assignmentView(as *assignment) odata.Object {
	name, _ := s.principal(as.Principal)
	resource := s.servicePrincipal(as.SP)
	return odata.Object{
		"id": as.ID, "deletedDateTime": nil, "appRoleId": as.Role, "createdDateTime": as.Created.UTC().Format("2006-01-02T15:04:05.0000000Z"),
		"principalDisplayName": name, "principalId": as.Principal, "principalType": as.Type,
		"resourceDisplayName": resource.DisplayName, "resourceId": as.SP,
	}
}

// listAssignments answers the assignments that belong to one side. Those of
// deleted users are not shown; they come back with the user.
func listAssignments(c *odata.Call, s *state, set, id string, belongs func(*assignment) bool) *odata.Answer {
	var items []odata.Object
	for _, as := range s.Assignments {
		if _, kind := s.principal(as.Principal); kind != "" && belongs(as) {
			items = append(items, s.assignmentView(as))
		}
	}
	return assignmentResource().List(c, fragment(set, id), items)
}

func fragment(set, id string) string {
	if set == "servicePrincipals" {
		return set + "('" + id + "')/appRoleAssignedTo"
	}
	return set + "('" + id + "')/appRoleAssignments"
}

func listAssignedTo(c *odata.Call, s *state, a *app) *odata.Answer {
	return listAssignments(c, s, "servicePrincipals", a.SP, func(as *assignment) bool { return as.SP == a.SP })
}

// listUserAssignments also shows what a user has by way of groups whose direct
// member they are.
// https://learn.microsoft.com/graph/api/user-list-approleassignments
func listUserAssignments(c *odata.Call, s *state, u *user) *odata.Answer {
	return listAssignments(c, s, "users", u.ID, func(as *assignment) bool {
		if as.Principal == u.ID {
			return true
		}
		g := s.group(as.Principal)
		return g != nil && slices.Contains(g.Members, u.ID)
	})
}

func listGroupAssignments(c *odata.Call, s *state, g *group) *odata.Answer {
	return listAssignments(c, s, "groups", g.ID, func(as *assignment) bool { return as.Principal == g.ID })
}

type grant struct {
	Principal string `json:"principalId"`
	Resource  string `json:"resourceId"`
	Role      string `json:"appRoleId"`
}

func (t *Tenant) assignTo(c *odata.Call, s *state, a *app) *odata.Answer {
	return t.assign(c, s, "servicePrincipals", a.SP,
		func(g grant) bool { return strings.EqualFold(g.Resource, a.SP) },
		odata.Fail(http.StatusBadRequest, "Request_MultipleObjectsWithSameKeyValue", "EntitlementGrant entry already exists."))
}

func (t *Tenant) assignUser(c *odata.Call, s *state, u *user) *odata.Answer {
	return t.assignSide(c, s, "users", u.ID)
}

func (t *Tenant) assignGroup(c *odata.Call, s *state, g *group) *odata.Answer {
	return t.assignSide(c, s, "groups", g.ID)
}

func (t *Tenant) assignSide(c *odata.Call, s *state, set, id string) *odata.Answer {
	return t.assign(c, s, set, id,
		func(g grant) bool { return strings.EqualFold(g.Principal, id) },
		odata.BadRequest("Permission being assigned already exists on the object"))
}

// assign gives a principal a role of an application.
// https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto
func (t *Tenant) assign(c *odata.Call, s *state, set, id string, fits func(grant) bool, duplicate *odata.Answer) *odata.Answer {
	var g grant
	if a := c.Decode(&g); a != nil {
		return a
	}
	if g.Principal == "" || g.Resource == "" || g.Role == "" || !fits(g) {
		return odata.BadRequest("Not a valid reference update.")
	}
	target := s.servicePrincipal(g.Resource)
	if target == nil {
		return odata.NotFound(g.Resource)
	}
	_, kind := s.principal(g.Principal)
	if kind == "" {
		return odata.NotFound(g.Principal)
	}
	if group := s.group(g.Principal); group != nil && !group.SecurityEnabled {
		return odata.BadRequest("Not a valid reference update.")
	}
	if !target.grants(g.Role) {
		return odata.BadRequest("Permission being assigned was not found on application '" + target.AppID + "'.")
	}
	as := newAssignment(strings.ToLower(g.Principal), kind, target.SP, strings.ToLower(g.Role))
	as.Created = c.Now
	if slices.ContainsFunc(s.Assignments, func(other *assignment) bool { return other.ID == as.ID }) {
		return duplicate
	}
	s.Assignments = append(s.Assignments, as)
	t.lag(s, lagAssignment(as.ID))
	out := assignmentResource().One(&odata.Call{Base: c.Base}, fragment(set, id), s.assignmentView(as))
	return odata.Created(out.Body)
}

func newAssignment(principal, kind, sp, role string) *assignment {
	sum := sha256.Sum256([]byte(principal + "/" + sp + "/" + role))
	return &assignment{ID: base64.RawURLEncoding.EncodeToString(sum[:]), Principal: principal, Type: kind, SP: sp, Role: role}
}

// grants reports whether people can be assigned a role. Default access is
// granted only by an application that has no role for people.
func (a *app) grants(role string) bool {
	forPeople := false
	for _, r := range a.Roles {
		if !r.IsEnabled || !slices.Contains(r.AllowedMemberTypes, "User") {
			continue
		}
		forPeople = true
		if strings.EqualFold(r.ID, role) {
			return true
		}
	}
	return role == defaultAccess && !forPeople
}

// role names a role of an application.
func (a *app) role(id string) string {
	for _, r := range a.Roles {
		if strings.EqualFold(r.ID, id) {
			return r.DisplayName
		}
	}
	return "Default Access"
}

// oneAssignment answers for the assignment that the path names, if it belongs there.
func oneAssignment(c *odata.Call, s *state, belongs func(*assignment) bool, f func(*assignment) *odata.Answer) *odata.Answer {
	id := c.Param("assignment")
	if raw, err := base64.RawURLEncoding.DecodeString(id); err != nil || len(raw) != sha256.Size {
		return odata.BadRequest("Invalid resource identifier for EntitlementGrant.")
	}
	for _, as := range s.Assignments {
		if as.ID == id && belongs(as) {
			return f(as)
		}
	}
	if c.Method == http.MethodDelete {
		return odata.BadRequest("EntitlementGrant being updated or deleted is not found.")
	}
	return odata.NotFound(id)
}

func (s *state) unassign(as *assignment) *odata.Answer {
	s.Assignments = slices.DeleteFunc(s.Assignments, func(other *assignment) bool { return other == as })
	delete(s.Delays, lagAssignment(as.ID))
	return odata.NoContent()
}

func deleteAssignedTo(c *odata.Call, s *state, a *app) *odata.Answer {
	return oneAssignment(c, s, func(as *assignment) bool { return as.SP == a.SP }, s.unassign)
}

func deleteUserAssignment(c *odata.Call, s *state, u *user) *odata.Answer {
	return oneAssignment(c, s, func(as *assignment) bool { return as.Principal == u.ID }, s.unassign)
}

func deleteGroupAssignment(c *odata.Call, s *state, g *group) *odata.Answer {
	return oneAssignment(c, s, func(as *assignment) bool { return as.Principal == g.ID }, s.unassign)
}

func getAssignedTo(c *odata.Call, s *state, a *app) *odata.Answer {
	return oneAssignment(c, s, func(as *assignment) bool { return as.SP == a.SP }, func(as *assignment) *odata.Answer {
		return assignmentResource().One(c, fragment("servicePrincipals", a.SP), s.assignmentView(as))
	})
}

func noDirectQuery(*odata.Call) *odata.Answer {
	return odata.BadRequest("Direct queries to this resource type are not supported.")
}
