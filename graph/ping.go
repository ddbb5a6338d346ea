package graph

import (
	"context"
	"net/http"
	"time"
)

// Ping asks Graph something that every token may ask, and returns Graph's own
// time, to the second; it is zero when the answer has none. An error tells why
// Graph is not reached, or that it does not take the token.
func (c *Client) Ping(ctx context.Context) (now time.Time, err error) {
	r := request{
		op: OpReadTemplates, method: http.MethodGet, path: with("/applicationTemplates", "$top", "1"), due: true,
		taken: func(head http.Header) { now, _ = http.ParseTime(head.Get("Date")) },
	}
	body, err := c.do(ctx, r)
	if err == nil {
		_, err = decode[page[entity]](r, body)
	}
	return now, err
}
