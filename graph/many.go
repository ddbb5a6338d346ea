package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// most is how many values the operator in takes:
// https://developer.microsoft.com/en-us/graph/known-issues/?search=13635.
const most = 15

// UsersByID reads users by their object ids, with the basic properties and
// those selected: 300 in one request. Who does not exist is not among them;
// their order is Graph's.
func (c *Client) UsersByID(ctx context.Context, ids []string, selects ...string) ([]User, error) {
	return byIDs[User](ctx, c, OpReadUsers, "/users", selection(selects), ids)
}

// GroupsByID does for groups what [Client.UsersByID] does for users.
func (c *Client) GroupsByID(ctx context.Context, ids []string, selects ...string) ([]Group, error) {
	return byIDs[Group](ctx, c, OpReadGroups, "/groups", adding(groupProperties, selects), ids)
}

// EachUser hands over all users of the tenant, a page after the other, with the
// basic properties and those selected. An error of visit ends it.
func (c *Client) EachUser(ctx context.Context, visit func([]User) error, selects ...string) error {
	return each(ctx, c, OpReadUsers, with("/users", "$select", selection(selects), "$top", largestPage), visit)
}

// EachGroup does for groups what [Client.EachUser] does for users.
func (c *Client) EachGroup(ctx context.Context, visit func([]Group) error, selects ...string) error {
	return each(ctx, c, OpReadGroups, with("/groups", "$select", adding(groupProperties, selects), "$top", largestPage), visit)
}

func each[T any](ctx context.Context, c *Client, op Operation, path string, visit func([]T) error) error {
	return eachPage(ctx, c, request{op: op, method: http.MethodGet, path: path, due: true}, func(items []T) (more bool, err error) {
		return true, visit(items)
	})
}

// Manager reads the manager of a user; ok is false when there is none. A
// $expand of it takes no $select:
// https://developer.microsoft.com/en-us/graph/known-issues/?search=13635.
func (c *Client) Manager(ctx context.Context, userID string) (manager User, ok bool, err error) {
	manager, err = get[User](ctx, c, OpReadUsers, with(at("users", userID, "manager"), "$select", basicProperties))
	if IsNotFound(err) {
		return User{}, false, nil
	}
	return manager, err == nil, err
}

// byIDs asks for fifteen objects at a time, and twenty times in one request.
func byIDs[T any](ctx context.Context, c *Client, op Operation, collection, chosen string, ids []string) ([]T, error) {
	var asked []BatchRequest
	for some := range slices.Chunk(ids, most) {
		literals := make([]string, len(some))
		for i, id := range some {
			literals[i] = literal(id)
		}
		path := with(collection, "$filter", "id in ("+strings.Join(literals, ",")+")", "$select", chosen)
		asked = append(asked, BatchRequest{Op: op, Method: http.MethodGet, Path: path})
	}
	answers, err := c.Batch(ctx, asked)
	if err != nil {
		return nil, err
	}
	found := make([]T, 0, len(ids))
	for i, answer := range answers {
		if answer.Err != nil {
			return nil, answer.Err
		}
		p, err := decode[page[T]](request{op: op, method: http.MethodGet, path: asked[i].Path}, answer.Body)
		if err != nil {
			return nil, err
		}
		found = append(found, p.Value...)
	}
	return found, nil
}
