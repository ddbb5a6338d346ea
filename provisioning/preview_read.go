package provisioning

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/mappings"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// read reads the user, what assigns them, and what else decides.
func (v *view) read(ctx context.Context) error {
	app, err := v.Graph.FindApp(ctx, v.App)
	if err != nil {
		return err
	}
	var settings secrets
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) { settings, err = readSecrets(ctx, v.Graph, app); return err },
		func(ctx context.Context) error { return v.readRules(ctx, app) },
	)
	if err != nil {
		return err
	}
	v.made.Scope = cmp.Or(settings.scope(), ScopeAssigned) // one that was never set is false
	v.made.SkipDeletions = strings.EqualFold(settings.get(keySkipDeletions), "true")
	v.access.SyncAll = v.made.Scope == ScopeAll
	if err := v.readUser(ctx, app); err != nil {
		return err
	}
	v.set()
	return nil
}

func (v *view) readRules(ctx context.Context, app graph.App) error {
	if v.Schema != nil {
		return v.load(v.Schema)
	}
	t, err := jobOf(ctx, v.Graph, app, v.Job)
	if err != nil {
		return err
	}
	schema, err := mappings.Read(ctx, v.Graph, app, t.Ref())
	if err != nil {
		return err
	}
	return v.load(schema.Bytes())
}

func (v *view) readUser(ctx context.Context, app graph.App) error {
	user, w, err := v.readValues(ctx)
	if err != nil {
		return err
	}
	var rows []graph.Assignment
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			rows, err = v.Graph.UserAssignments(ctx, user.ID, app.ServicePrincipalID)
			return err
		},
		func(ctx context.Context) error { return v.readManager(ctx, user, w) },
	)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v.assign(app, row)
	}
	return nil
}

// readValues reads the user with the attributes that the rules read, but for
// manager and roles.
func (v *view) readValues(ctx context.Context) (graph.User, wanted, error) {
	w := wantedFor(engine.User, v.rules.SourceAttributes(engine.User))
	user, err := v.Graph.FindUser(ctx, v.User, w.properties()...)
	if refusedProperty(err) && w.hasExtensions() {
		w.gone = true
		user, err = v.Graph.FindUser(ctx, v.User, w.properties()...)
	}
	if err == nil {
		v.made.User, v.subject, v.unknown = user.UserPrincipalName, w.userSubject(user), w.unknown()
	}
	return user, w, err
}

func (v *view) readManager(ctx context.Context, user graph.User, w wanted) error {
	if !slices.Contains(w.attributes, "manager") {
		return nil
	}
	manager, ok, err := v.Graph.Manager(ctx, user.ID)
	if ok {
		v.subject.Attributes["manager"] = []string{manager.ID}
	}
	return err
}

// assign notes what assigns the user: themselves, or a group whose direct
// member they are.
func (v *view) assign(app graph.App, row graph.Assignment) {
	v.access.Assignments = append(v.access.Assignments, engine.Assignment{
		PrincipalID: row.PrincipalID, PrincipalName: row.PrincipalDisplayName, RoleID: row.AppRoleID,
	})
	if row.PrincipalType == "Group" {
		v.access.Groups = append(v.access.Groups, row.PrincipalID)
	}
	for _, role := range app.Roles {
		value := cmp.Or(role.Value, role.DisplayName)
		if role.ID == row.AppRoleID && !slices.Contains(v.subject.Attributes["appRoleAssignments"], value) {
			v.subject.Attributes["appRoleAssignments"] = append(v.subject.Attributes["appRoleAssignments"], value)
			v.subject.Roles = append(v.subject.Roles, scim.Role{ID: role.ID, Value: value, DisplayName: role.DisplayName})
		}
	}
}
