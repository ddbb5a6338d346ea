package graph

import (
	"context"
	"net/http"
)

// Schema reads the schema of a job: a JSON document of up to some megabytes,
// as it came, so that nothing of it is lost.
func (c *Client) Schema(ctx context.Context, job JobRef) ([]byte, error) {
	return c.do(ctx, request{op: OpReadSchema, method: http.MethodGet, path: job.at("schema"), due: true})
}

// PutSchema replaces the schema of a job. What the document leaves out is
// gone; every object is evaluated again. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update.
func (c *Client) PutSchema(ctx context.Context, job JobRef, document []byte) error {
	_, err := c.do(ctx, request{op: OpWriteSchema, method: http.MethodPut, path: job.at("schema"), body: document})
	return err
}

// DeleteSchema brings back the schema that the job was made with.
func (c *Client) DeleteSchema(ctx context.Context, job JobRef) error {
	return c.send(ctx, OpResetSchema, http.MethodDelete, job.at("schema"), nil)
}
