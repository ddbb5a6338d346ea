package graph

import (
	"context"
	"net/http"
	"strings"
	"time"
)

// An Assignment gives a user or group a role of an application. See
// https://learn.microsoft.com/graph/api/resources/approleassignment.
type Assignment struct {
	ID                   string    `json:"id"`
	AppRoleID            string    `json:"appRoleId"` // all zeros: default access, no role
	PrincipalID          string    `json:"principalId"`
	PrincipalDisplayName string    `json:"principalDisplayName"`
	PrincipalType        string    `json:"principalType"` // User, Group, ServicePrincipal
	ResourceID           string    `json:"resourceId"`    // the service principal of the application
	ResourceDisplayName  string    `json:"resourceDisplayName"`
	CreatedDateTime      time.Time `json:"createdDateTime"`
}

// ListAssignments lists who is assigned to an application.
func (c *Client) ListAssignments(ctx context.Context, servicePrincipalID string) ([]Assignment, error) {
	return list[Assignment](ctx, c, OpReadAssignments, with(assignedTo(servicePrincipalID), "$top", largestPage))
}

// UserAssignments lists the assignments of one user to one application, and
// those of the groups whose direct member they are. See
// https://learn.microsoft.com/graph/api/user-list-approleassignments.
func (c *Client) UserAssignments(ctx context.Context, userID, servicePrincipalID string) ([]Assignment, error) {
	return c.assignmentsOf(ctx, "users", userID, servicePrincipalID)
}

// GroupAssignments lists the assignments of one group to one application.
func (c *Client) GroupAssignments(ctx context.Context, groupID, servicePrincipalID string) ([]Assignment, error) {
	return c.assignmentsOf(ctx, "groups", groupID, servicePrincipalID)
}

// assignmentsOf asks from the side of the principal: from that of the
// application, principals cannot be filtered by id.
func (c *Client) assignmentsOf(ctx context.Context, collection, id, servicePrincipalID string) ([]Assignment, error) {
	return list[Assignment](ctx, c, OpReadOwnAssignments, with(at(collection, id, "appRoleAssignments"),
		"$filter", "resourceId eq "+servicePrincipalID))
}

// Assign gives a user or group a role of an application. An assignment that
// exists is an error for [IsAlreadyExists]. When the answer is lost, the
// assignment is looked for. See
// https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto.
func (c *Client) Assign(ctx context.Context, servicePrincipalID, principalID, roleID string) (Assignment, error) {
	return createOnce(ctx, func() (Assignment, error) {
		return post[Assignment](ctx, c, OpAssign, assignedTo(servicePrincipalID), map[string]string{
			"principalId": principalID, "resourceId": servicePrincipalID, "appRoleId": roleID,
		})
	}, func() (Assignment, bool, error) {
		all, err := c.ListAssignments(ctx, servicePrincipalID)
		return pick(all, err, func(a Assignment) bool {
			return strings.EqualFold(a.PrincipalID, principalID) && strings.EqualFold(a.AppRoleID, roleID)
		})
	})
}

// Unassign removes an assignment by the assignment's own id.
func (c *Client) Unassign(ctx context.Context, servicePrincipalID, assignmentID string) error {
	return c.send(ctx, OpUnassign, http.MethodDelete, assignedTo(servicePrincipalID)+at(assignmentID), nil)
}

func assignedTo(servicePrincipalID string) string {
	return at("servicePrincipals", servicePrincipalID, "appRoleAssignedTo")
}
