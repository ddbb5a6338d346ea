package graph

import (
	"context"
	"net/http"
)

// CountUsers counts the users of the tenant in one request. The count comes
// from an index that lags a little behind:
// https://learn.microsoft.com/graph/aad-advanced-queries.
func (c *Client) CountUsers(ctx context.Context) (int, error) {
	r := request{
		op: OpReadUsers, method: http.MethodGet, due: true, header: map[string]string{"ConsistencyLevel": "eventual"},
		path: with("/users", "$count", "true", "$top", "1", "$select", "id"),
	}
	body, err := c.do(ctx, r)
	if err != nil {
		return 0, err
	}
	answer, err := decode[counted](r, body)
	if err != nil {
		return 0, err
	}
	return *answer.Count, nil
}
