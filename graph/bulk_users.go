package graph

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"
)

// A UserUpdate is what one of many users gets; see [Client.UpdateUser].
type UserUpdate struct {
	Row    int // the caller's number for it
	ID     string
	Values map[string]any
}

// UpdateUsers writes properties of very many users, as [Client.Bulk] sends
// requests. They are marked as those that can wait when others of the same
// application cannot.
func (c *Client) UpdateUsers(ctx context.Context, updates iter.Seq[UserUpdate], done func([]BulkAnswer) error) error {
	return c.Bulk(ctx, func(yield func(BulkItem) bool) {
		for u := range updates {
			item := BulkItem{Row: u.Row, BatchRequest: BatchRequest{
				Op: OpUpdateUser, Method: http.MethodPatch, Path: userAt(u.ID), Body: u.Values, Headers: lowPriority(),
			}}
			if !yield(item) {
				return
			}
		}
	}, done)
}

// UsersBy reads the users who have one of some values of a property: id,
// userPrincipalName or mail. 300 are asked for in one request, and several
// requests go side by side. Who does not exist is not among them; their order
// is Graph's, and visit is called by one goroutine at a time.
func (c *Client) UsersBy(ctx context.Context, property string, values []string, visit func([]User) error, selects ...string) error {
	chosen := selection(selects)
	ask := func(yield func(BulkItem) bool) {
		row := 0
		for some := range slices.Chunk(values, most) {
			literals := make([]string, len(some))
			for i, value := range some {
				literals[i] = literal(value)
			}
			path := with("/users", "$filter", property+" in ("+strings.Join(literals, ",")+")", "$select", chosen)
			if !yield(BulkItem{Row: row, BatchRequest: BatchRequest{Op: OpReadUsers, Method: http.MethodGet, Path: path}}) {
				return
			}
			row++
		}
	}
	return c.Bulk(ctx, ask, func(answers []BulkAnswer) error {
		for _, a := range answers {
			if a.Err != nil {
				return a.Err
			}
			p, err := decode[page[User]](request{op: OpReadUsers, method: http.MethodGet, path: "/users"}, a.Body)
			if err != nil {
				return err
			}
			if err := visit(p.Value); err != nil {
				return err
			}
		}
		return nil
	})
}

// EachUserWhere hands over the users that a filter of OData lets pass, a page
// after the other, as [Client.EachUser] does. A filter that takes an advanced
// query is asked as one: https://learn.microsoft.com/graph/aad-advanced-queries.
func (c *Client) EachUserWhere(ctx context.Context, filter string, visit func([]User) error, selects ...string) error {
	path := with("/users", "$filter", filter, "$select", selection(selects), "$top", largestPage)
	handed := func(users []User) (bool, error) { return true, visit(users) }
	r := request{op: OpReadUsers, method: http.MethodGet, path: path, due: true}
	err := eachPage(ctx, c, r, handed)
	if !IsUnsupportedQuery(err) {
		return err
	}
	r.path, r.header = path+"&$count=true", map[string]string{"ConsistencyLevel": "eventual"}
	return eachPage(ctx, c, r, handed)
}

// PagesOf is how many requests it takes to read a number of users one page
// after the other, and RequestsFor by [Client.UsersBy].
func PagesOf(users int) int { return (users + 998) / 999 }

// RequestsFor is how many requests [Client.UsersBy] sends for a number of values.
func RequestsFor(values int) int {
	filters := (values + most - 1) / most
	return (filters + largestBatch - 1) / largestBatch
}
