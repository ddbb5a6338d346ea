package directory

import (
	"context"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// A UserUpdate is what one of many users gets; see [UpdateUser].
type UserUpdate struct {
	Row    int // the caller's number for it
	ID     string
	Values map[string]any
}

// UpdateUsers writes properties of very many users, as [graph.Client.Bulk] sends
// requests. They are marked as those that can wait when others of the same
// application cannot.
func UpdateUsers(ctx context.Context, c *graph.Client, updates iter.Seq[UserUpdate], done func([]graph.BulkAnswer) error) error {
	return c.Bulk(ctx, func(yield func(graph.BulkItem) bool) {
		for u := range updates {
			item := graph.BulkItem{Row: u.Row, BatchRequest: graph.BatchRequest{
				Op: graph.OpUpdateUser, Method: http.MethodPatch, Path: userAt(u.ID), Body: u.Values, Headers: graph.LowPriority(),
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
func UsersBy(ctx context.Context, c *graph.Client, property string, values []string, visit func([]User) error, selects ...string) error {
	chosen := selection(selects)
	ask := func(yield func(graph.BulkItem) bool) {
		row := 0
		for some := range slices.Chunk(values, graph.Most) {
			literals := make([]string, len(some))
			for i, value := range some {
				literals[i] = odata.Literal(value)
			}
			path := odata.Query("/users", "$filter", property+" in ("+strings.Join(literals, ",")+")", "$select", chosen)
			if !yield(graph.BulkItem{Row: row, BatchRequest: graph.BatchRequest{Op: graph.OpReadUsers, Method: http.MethodGet, Path: path}}) {
				return
			}
			row++
		}
	}
	return c.Bulk(ctx, ask, func(answers []graph.BulkAnswer) error {
		for _, a := range answers {
			if a.Err != nil {
				return a.Err
			}
			p, err := graph.Decode[graph.Page[User]](graph.Request{Op: graph.OpReadUsers, Method: http.MethodGet, Path: "/users"}, a.Body)
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
// after the other, as [EachUser] does. A filter that takes an advanced
// query is asked as one: https://learn.microsoft.com/graph/aad-advanced-queries.
func EachUserWhere(ctx context.Context, c *graph.Client, filter string, visit func([]User) error, selects ...string) error {
	path := odata.Query("/users", "$filter", filter, "$select", selection(selects), "$top", graph.LargestPage)
	handed := func(users []User) (bool, error) { return true, visit(users) }
	r := graph.Request{Op: graph.OpReadUsers, Method: http.MethodGet, Path: path, Due: true}
	err := graph.EachPage(ctx, c, r, handed)
	if !graph.IsUnsupportedQuery(err) {
		return err
	}
	r.Path, r.Header = path+"&$count=true", map[string]string{"ConsistencyLevel": "eventual"}
	return graph.EachPage(ctx, c, r, handed)
}

// PagesOf is how many requests it takes to read a number of users one page
// after the other, and RequestsFor by [UsersBy].
func PagesOf(users int) int { return (users + 998) / 999 }

// RequestsFor is how many requests [UsersBy] sends for a number of values.
func RequestsFor(values int) int {
	filters := (values + graph.Most - 1) / graph.Most
	return (filters + graph.LargestBatch - 1) / graph.LargestBatch
}
