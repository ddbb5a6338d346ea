package directory

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// UsersByID reads users by their object ids, with the basic properties and
// those selected: 300 in one request. Who does not exist is not among them;
// their order is Graph's.
func UsersByID(ctx context.Context, c *graph.Client, ids []string, selects ...string) ([]User, error) {
	return graph.ByIDs[User](ctx, c, graph.OpReadUsers, "/users", selection(selects), ids)
}

// GroupsByID does for groups what [UsersByID] does for users.
func GroupsByID(ctx context.Context, c *graph.Client, ids []string, selects ...string) ([]Group, error) {
	return graph.ByIDs[Group](ctx, c, graph.OpReadGroups, "/groups", adding(groupProperties, selects), ids)
}

// EachUser hands over all users of the tenant, a page after the other, with the
// basic properties and those selected. An error of visit ends it.
func EachUser(ctx context.Context, c *graph.Client, visit func([]User) error, selects ...string) error {
	return graph.Each(ctx, c, graph.OpReadUsers, odata.Query("/users", "$select", selection(selects), "$top", graph.LargestPage), visit)
}

// EachGroup does for groups what [EachUser] does for users.
func EachGroup(ctx context.Context, c *graph.Client, visit func([]Group) error, selects ...string) error {
	return graph.Each(ctx, c, graph.OpReadGroups, odata.Query("/groups", "$select", adding(groupProperties, selects), "$top", graph.LargestPage), visit)
}

// Manager reads the manager of a user; ok is false when there is none. A
// $expand of it takes no $select:
// https://developer.microsoft.com/en-us/graph/known-issues/?search=13635.
func Manager(ctx context.Context, c *graph.Client, userID string) (manager User, ok bool, err error) {
	manager, err = graph.Get[User](ctx, c, graph.OpReadUsers, odata.Query(odata.Path("users", userID, "manager"), "$select", basicProperties))
	if graph.IsNotFound(err) {
		return User{}, false, nil
	}
	return manager, err == nil, err
}
