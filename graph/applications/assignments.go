package applications

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
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
func ListAssignments(ctx context.Context, c *graph.Client, servicePrincipalID string) ([]Assignment, error) {
	return graph.List[Assignment](ctx, c, graph.OpReadAssignments, odata.Query(AssignedTo(servicePrincipalID), "$top", graph.LargestPage))
}

// UserAssignments lists the assignments of one user to one application, and
// those of the groups whose direct member they are. See
// https://learn.microsoft.com/graph/api/user-list-approleassignments.
func UserAssignments(ctx context.Context, c *graph.Client, userID, servicePrincipalID string) ([]Assignment, error) {
	return assignmentsOf(ctx, c, ownAssignments("users", userID, servicePrincipalID))
}

// GroupAssignments lists the assignments of one group to one application.
func GroupAssignments(ctx context.Context, c *graph.Client, groupID, servicePrincipalID string) ([]Assignment, error) {
	return assignmentsOf(ctx, c, ownAssignments("groups", groupID, servicePrincipalID))
}

// UserApplications lists the assignments of one user to all applications, and
// those of the groups whose direct member they are.
func UserApplications(ctx context.Context, c *graph.Client, userID string) ([]Assignment, error) {
	return assignmentsOf(ctx, c, odata.Query(odata.Path("users", userID, "appRoleAssignments"), "$top", graph.LargestPage))
}

func assignmentsOf(ctx context.Context, c *graph.Client, path string) ([]Assignment, error) {
	return graph.List[Assignment](ctx, c, graph.OpReadOwnAssignments, path)
}

// AssignmentsOf does for several users and groups what
// [UserAssignments] and [GroupAssignments] do for one, twenty in
// one request. The lists are those of the users, then those of the groups.
func AssignmentsOf(ctx context.Context, c *graph.Client, userIDs, groupIDs []string, servicePrincipalID string) ([][]Assignment, error) {
	var paths []string
	for _, id := range userIDs {
		paths = append(paths, ownAssignments("users", id, servicePrincipalID))
	}
	for _, id := range groupIDs {
		paths = append(paths, ownAssignments("groups", id, servicePrincipalID))
	}
	lists, errs := graph.ListEach[Assignment](ctx, c, graph.OpReadOwnAssignments, paths)
	return lists, cmp.Or(errs...)
}

// ownAssignments asks from the side of the principal: from that of the
// application, principals cannot be filtered by id.
func ownAssignments(collection, id, servicePrincipalID string) string {
	return odata.Query(odata.Path(collection, id, "appRoleAssignments"), "$filter", "resourceId eq "+servicePrincipalID)
}

// Assign gives a user or group a role of an application. An assignment that
// exists is an error for [graph.IsAlreadyExists]. When the answer is lost, the
// assignment is looked for. See
// https://learn.microsoft.com/graph/api/serviceprincipal-post-approleassignedto.
func Assign(ctx context.Context, c *graph.Client, servicePrincipalID, principalID, roleID string) (Assignment, error) {
	return graph.CreateOnce(ctx, func() (Assignment, error) {
		return graph.Post[Assignment](ctx, c, graph.OpAssign, AssignedTo(servicePrincipalID), map[string]string{
			"principalId": principalID, "resourceId": servicePrincipalID, "appRoleId": roleID,
		})
	}, func() (Assignment, bool, error) {
		all, err := ListAssignments(ctx, c, servicePrincipalID)
		return graph.PickCreated(all, err, func(a Assignment) bool {
			return strings.EqualFold(a.PrincipalID, principalID) && strings.EqualFold(a.AppRoleID, roleID)
		})
	})
}

// AssignEach gives each of several users and groups the same role of an
// application, twenty in one request, and returns the error of each as
// [Assign] would. What exists cannot be made twice, so a request without
// an answer is sent again.
func AssignEach(ctx context.Context, c *graph.Client, servicePrincipalID string, principalIDs []string, roleID string) []error {
	errs := make([]error, len(principalIDs))
	if len(principalIDs) == 1 {
		_, errs[0] = Assign(ctx, c, servicePrincipalID, principalIDs[0], roleID)
		return errs
	}
	op := graph.OpAssign
	op.Repeatable = true
	requests := make([]graph.BatchRequest, len(principalIDs))
	for i, id := range principalIDs {
		requests[i] = graph.BatchRequest{Op: op, Method: http.MethodPost, Path: AssignedTo(servicePrincipalID), Body: map[string]string{
			"principalId": id, "resourceId": servicePrincipalID, "appRoleId": roleID,
		}}
	}
	return changeEach(ctx, c, requests, func(i int, answer graph.BatchResponse) error {
		_, err := graph.Decode[Assignment](graph.Request{Op: op, Method: http.MethodPost, Path: requests[i].Path}, answer.Body)
		return err
	})
}

// UnassignEach removes several assignments by their own ids, twenty in one
// request, and returns the error of each as [Unassign] would.
func UnassignEach(ctx context.Context, c *graph.Client, servicePrincipalID string, assignmentIDs []string) []error {
	if len(assignmentIDs) == 1 {
		return []error{Unassign(ctx, c, servicePrincipalID, assignmentIDs[0])}
	}
	requests := make([]graph.BatchRequest, len(assignmentIDs))
	for i, id := range assignmentIDs {
		requests[i] = graph.BatchRequest{Op: graph.OpUnassign, Method: http.MethodDelete, Path: AssignedTo(servicePrincipalID) + odata.Path(id)}
	}
	return changeEach(ctx, c, requests, nil)
}

// changeEach sends changes a batch after the other. When one of the batches
// fails as a whole, so does each of its changes, and the rest is still sent.
// The answer to a change that succeeded is given to check, which may be nil.
func changeEach(
	ctx context.Context, c *graph.Client, requests []graph.BatchRequest, check func(i int, answer graph.BatchResponse) error,
) []error {
	var errs []error
	for some := range slices.Chunk(requests, graph.LargestBatch) {
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
func Unassign(ctx context.Context, c *graph.Client, servicePrincipalID, assignmentID string) error {
	return c.Send(ctx, graph.OpUnassign, http.MethodDelete, AssignedTo(servicePrincipalID)+odata.Path(assignmentID), nil)
}

// AssignedTo is the path of the assignments to an application.
func AssignedTo(servicePrincipalID string) string {
	return odata.Path("servicePrincipals", servicePrincipalID, "appRoleAssignedTo")
}

// Missing names the member without which an answer has no content.
func (a Assignment) Missing() string { return graph.RequireID(a.ID) }
