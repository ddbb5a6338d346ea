package synchronization

import (
	"context"
	"encoding/json"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// Probe carries out one operation that reads, for the refusal that may come of
// it: it asks for as little as there is. An operation that changes something,
// or that needs more than an application to be tried on, is not asked: done is
// false. Of the application only the ids are used; those about provisioning
// need its service principal.
func Probe(ctx context.Context, c *graph.Client, op graph.Operation, app applications.App) (done bool, err error) {
	path := probe(op, app)
	if path == "" {
		return false, nil
	}
	_, err = graph.Get[graph.Page[json.RawMessage]](ctx, c, op, path)
	return true, err
}

func probe(op graph.Operation, app applications.App) string {
	directory := map[string]string{
		graph.OpReadTemplates.Name:    "/applicationTemplates",
		graph.OpReadApps.Name:         "/servicePrincipals",
		graph.OpReadUsers.Name:        "/users",
		graph.OpReadGroups.Name:       "/groups",
		graph.OpReadDeletedUsers.Name: "/directory/deletedItems/microsoft.graph.user",
		graph.OpReadLogs.Name:         "/auditLogs/provisioning",
	}
	if path := directory[op.Name]; path != "" {
		return odata.Query(path, "$top", "1")
	}
	if app.ApplicationID != "" && op.Name == graph.OpReadExtensions.Name {
		return odata.Path("applications", app.ApplicationID, "extensionProperties")
	}
	if app.ServicePrincipalID == "" {
		return ""
	}
	return map[string]string{
		graph.OpReadAssignments.Name:   odata.Query(applications.AssignedTo(app.ServicePrincipalID), "$top", "1"),
		graph.OpReadJobs.Name:          pathOf(app.ServicePrincipalID, "jobs"),
		graph.OpReadSecrets.Name:       pathOf(app.ServicePrincipalID, "secrets"),
		graph.OpReadSyncTemplates.Name: pathOf(app.ServicePrincipalID, "templates"),
	}[op.Name]
}
