package graph

import (
	"context"
	"encoding/json"
)

// Probe carries out one operation that reads, for the refusal that may come of
// it: it asks for as little as there is. An operation that changes something,
// or that needs more than an application to be tried on, is not asked: done is
// false. Of the application only the ids are used; those about provisioning
// need its service principal.
func (c *Client) Probe(ctx context.Context, op Operation, app App) (done bool, err error) {
	path := probe(op, app)
	if path == "" {
		return false, nil
	}
	_, err = get[page[json.RawMessage]](ctx, c, op, path)
	return true, err
}

func probe(op Operation, app App) string {
	directory := map[string]string{
		OpReadTemplates.Name:    "/applicationTemplates",
		OpReadApps.Name:         "/servicePrincipals",
		OpReadUsers.Name:        "/users",
		OpReadGroups.Name:       "/groups",
		OpReadDeletedUsers.Name: "/directory/deletedItems/microsoft.graph.user",
		OpReadLogs.Name:         "/auditLogs/provisioning",
	}
	if path := directory[op.Name]; path != "" {
		return with(path, "$top", "1")
	}
	if app.ApplicationID != "" && op.Name == OpReadExtensions.Name {
		return at("applications", app.ApplicationID, "extensionProperties")
	}
	if app.ServicePrincipalID == "" {
		return ""
	}
	return map[string]string{
		OpReadAssignments.Name:   with(assignedTo(app.ServicePrincipalID), "$top", "1"),
		OpReadJobs.Name:          synchronization(app.ServicePrincipalID, "jobs"),
		OpReadSecrets.Name:       synchronization(app.ServicePrincipalID, "secrets"),
		OpReadSyncTemplates.Name: synchronization(app.ServicePrincipalID, "templates"),
	}[op.Name]
}
