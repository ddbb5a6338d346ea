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

// TemplateSchema reads the schema that a job made from the template begins
// with, as it came.
func (c *Client) TemplateSchema(ctx context.Context, servicePrincipalID, templateID string) ([]byte, error) {
	return c.do(ctx, request{op: OpReadSyncTemplates, method: http.MethodGet, path: synchronization(servicePrincipalID, "templates", templateID, "schema"), due: true})
}

// PutSchema replaces the schema of a job. What the document leaves out is
// gone; every object is evaluated again. It returns Graph's request-id, which
// Microsoft's support asks for. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update.
func (c *Client) PutSchema(ctx context.Context, job JobRef, document []byte) (requestID string, err error) {
	return c.writeSchema(ctx, request{op: OpWriteSchema, method: http.MethodPut, path: job.at("schema"), body: document})
}

// DeleteSchema brings back the schema that the job was made with, and returns
// Graph's request-id. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-delete.
func (c *Client) DeleteSchema(ctx context.Context, job JobRef) (requestID string, err error) {
	return c.writeSchema(ctx, request{op: OpResetSchema, method: http.MethodDelete, path: job.at("schema")})
}

func (c *Client) writeSchema(ctx context.Context, r request) (requestID string, err error) {
	r.taken = func(head http.Header) { requestID = head.Get("Request-Id") }
	_, err = c.do(ctx, r)
	return requestID, err
}
