package graph

import (
	"context"
	"net/http"
	"slices"
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
	return c.assignmentsOf(ctx, ownAssignments("users", userID, servicePrincipalID))
}

// GroupAssignments lists the assignments of one group to one application.
func (c *Client) GroupAssignments(ctx context.Context, groupID, servicePrincipalID string) ([]Assignment, error) {
	return c.assignmentsOf(ctx, ownAssignments("groups", groupID, servicePrincipalID))
}

// UserApplications lists the assignments of one user to all applications, and
// those of the groups whose direct member they are.
func (c *Client) UserApplications(ctx context.Context, userID string) ([]Assignment, error) {
	return c.assignmentsOf(ctx, with(at("users", userID, "appRoleAssignments"), "$top", largestPage))
}

func (c *Client) assignmentsOf(ctx context.Context, path string) ([]Assignment, error) {
	return list[Assignment](ctx, c, OpReadOwnAssignments, path)
}

// AssignmentsOf does for several users and groups what
// [Client.UserAssignments] and [Client.GroupAssignments] do for one, twenty in
// one request. The lists are those of the users, then those of the groups.
func (c *Client) AssignmentsOf(ctx context.Context, userIDs, groupIDs []string, servicePrincipalID string) ([][]Assignment, error) {
	var paths []string
	for _, id := range userIDs {
		paths = append(paths, ownAssignments("users", id, servicePrincipalID))
	}
	for _, id := range groupIDs {
		paths = append(paths, ownAssignments("groups", id, servicePrincipalID))
	}
	lists, errs := listEach[Assignment](ctx, c, OpReadOwnAssignments, paths)
	return lists, firstOf(errs)
}

// ownAssignments asks from the side of the principal: from that of the
// application, principals cannot be filtered by id.
func ownAssignments(collection, id, servicePrincipalID string) string {
	return with(at(collection, id, "appRoleAssignments"), "$filter", "resourceId eq "+servicePrincipalID)
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

// AssignEach gives each of several users and groups the same role of an
// application, twenty in one request, and returns the error of each as
// [Client.Assign] would. What exists cannot be made twice, so a request without
// an answer is sent again.
func (c *Client) AssignEach(ctx context.Context, servicePrincipalID string, principalIDs []string, roleID string) []error {
	errs := make([]error, len(principalIDs))
	if len(principalIDs) == 1 {
		_, errs[0] = c.Assign(ctx, servicePrincipalID, principalIDs[0], roleID)
		return errs
	}
	op := OpAssign
	op.Repeatable = true
	requests := make([]BatchRequest, len(principalIDs))
	for i, id := range principalIDs {
		requests[i] = BatchRequest{Op: op, Method: http.MethodPost, Path: assignedTo(servicePrincipalID), Body: map[string]string{
			"principalId": id, "resourceId": servicePrincipalID, "appRoleId": roleID,
		}}
	}
	return c.changeEach(ctx, requests, func(i int, answer BatchResponse) error {
		_, err := decode[Assignment](request{op: op, method: http.MethodPost, path: requests[i].Path}, answer.Body)
		return err
	})
}

// UnassignEach removes several assignments by their own ids, twenty in one
// request, and returns the error of each as [Client.Unassign] would.
func (c *Client) UnassignEach(ctx context.Context, servicePrincipalID string, assignmentIDs []string) []error {
	if len(assignmentIDs) == 1 {
		return []error{c.Unassign(ctx, servicePrincipalID, assignmentIDs[0])}
	}
	requests := make([]BatchRequest, len(assignmentIDs))
	for i, id := range assignmentIDs {
		requests[i] = BatchRequest{Op: OpUnassign, Method: http.MethodDelete, Path: assignedTo(servicePrincipalID) + at(id)}
	}
	return c.changeEach(ctx, requests, nil)
}

// changeEach sends changes a batch after the other. When one of the batches
// fails as a whole, so does each of its changes, and the rest is still sent.
// The answer to a change that succeeded is given to check, which may be nil.
func (c *Client) changeEach(
	ctx context.Context, requests []BatchRequest, check func(i int, answer BatchResponse) error,
) []error {
	var errs []error
	for some := range slices.Chunk(requests, largestBatch) {
		answers, failure := c.Batch(ctx, some)
		for i := range some {
			err := failure
			if failure == nil {
				err = answers[i].Err
			}
			if err == nil && check != nil && !c.DryRun() {
				err = check(len(errs), answers[i])
			}
			errs = append(errs, err)
		}
	}
	return errs
}

// Unassign removes an assignment by the assignment's own id.
func (c *Client) Unassign(ctx context.Context, servicePrincipalID, assignmentID string) error {
	return c.send(ctx, OpUnassign, http.MethodDelete, assignedTo(servicePrincipalID)+at(assignmentID), nil)
}

func assignedTo(servicePrincipalID string) string {
	return at("servicePrincipals", servicePrincipalID, "appRoleAssignedTo")
}
