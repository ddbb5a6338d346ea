package synchronization

import (
	"context"
	"net/http"

	"github.com/scimctl/scimctl/graph"
)

// Schema reads the schema of a job: a JSON document of up to some megabytes,
// as it came, so that nothing of it is lost.
func Schema(ctx context.Context, c *graph.Client, job JobRef) ([]byte, error) {
	return c.Do(ctx, graph.Request{Op: graph.OpReadSchema, Method: http.MethodGet, Path: job.at("schema"), Due: true})
}

// TemplateSchema reads the schema that a job made from the template begins
// with, as it came.
func TemplateSchema(ctx context.Context, c *graph.Client, servicePrincipalID, templateID string) ([]byte, error) {
	return c.Do(ctx, graph.Request{Op: graph.OpReadSyncTemplates, Method: http.MethodGet, Path: pathOf(servicePrincipalID, "templates", templateID, "schema"), Due: true})
}

// PutSchema replaces the schema of a job. What the document leaves out is
// gone; every object is evaluated again. It returns Graph's request-id, which
// Microsoft's support asks for. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-update.
func PutSchema(ctx context.Context, c *graph.Client, job JobRef, document []byte) (requestID string, err error) {
	return writeSchema(ctx, c, graph.Request{Op: graph.OpWriteSchema, Method: http.MethodPut, Path: job.at("schema"), Body: document})
}

// DeleteSchema brings back the schema that the job was made with, and returns
// Graph's request-id. See
// https://learn.microsoft.com/graph/api/synchronization-synchronizationschema-delete.
func DeleteSchema(ctx context.Context, c *graph.Client, job JobRef) (requestID string, err error) {
	return writeSchema(ctx, c, graph.Request{Op: graph.OpResetSchema, Method: http.MethodDelete, Path: job.at("schema")})
}

func writeSchema(ctx context.Context, c *graph.Client, r graph.Request) (requestID string, err error) {
	r.Taken = func(head http.Header) { requestID = head.Get("Request-Id") }
	_, err = c.Do(ctx, r)
	return requestID, err
}
