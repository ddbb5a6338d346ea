package evaluate

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/mappings/schema"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/credentials"
	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// read reads the user, what assigns them, and what else decides.
func (v *View) read(ctx context.Context) error {
	app, err := applications.Find(ctx, v.Graph, v.App)
	if err != nil {
		return err
	}
	var settings credentials.Secrets
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			settings, err = credentials.ReadSecrets(ctx, v.Graph, app)
			return err
		},
		func(ctx context.Context) error { return v.readRules(ctx, app) },
	)
	if err != nil {
		return err
	}
	v.Made.Scope = cmp.Or(settings.Scope(), credentials.ScopeAssigned) // one that was never set is false
	v.Made.SkipDeletions = strings.EqualFold(settings.Get(credentials.KeySkipDeletions), "true")
	v.Access.SyncAll = v.Made.Scope == credentials.ScopeAll
	if err := v.readUser(ctx, app); err != nil {
		return err
	}
	v.set()
	return nil
}

func (v *View) readRules(ctx context.Context, app applications.App) error {
	if v.Schema != nil {
		return v.Load(v.Schema)
	}
	t, err := provisioning.JobOf(ctx, v.Graph, app, v.Job)
	if err != nil {
		return err
	}
	schema, err := schema.Read(ctx, v.Graph, app, t.Ref())
	if err != nil {
		return err
	}
	return v.Load(schema.Bytes())
}

func (v *View) readUser(ctx context.Context, app applications.App) error {
	user, w, err := v.ReadValues(ctx)
	if err != nil {
		return err
	}
	var rows []applications.Assignment
	err = parallel.Do(ctx,
		func(ctx context.Context) (err error) {
			rows, err = applications.UserAssignments(ctx, v.Graph, user.ID, app.ServicePrincipalID)
			return err
		},
		func(ctx context.Context) error { return v.readManager(ctx, user, w) },
	)
	if err != nil {
		return err
	}
	for _, row := range rows {
		v.Assign(app, row)
	}
	return nil
}

// ReadValues reads the user with the attributes that the rules read, but for
// manager and roles.
func (v *View) ReadValues(ctx context.Context) (directory.User, wanted, error) {
	w := wantedFor(engine.User, v.Rules.SourceAttributes(engine.User))
	user, err := directory.FindUser(ctx, v.Graph, v.User, w.properties()...)
	if refusedProperty(err) && w.hasExtensions() {
		w.gone = true
		user, err = directory.FindUser(ctx, v.Graph, v.User, w.properties()...)
	}
	if err == nil {
		v.Made.User, v.Subject, v.Unknown = user.UserPrincipalName, w.userSubject(user), w.unknown()
	}
	return user, w, err
}

func (v *View) readManager(ctx context.Context, user directory.User, w wanted) error {
	if !slices.Contains(w.attributes, "manager") {
		return nil
	}
	manager, ok, err := directory.Manager(ctx, v.Graph, user.ID)
	if ok {
		v.Subject.Attributes["manager"] = []string{manager.ID}
	}
	return err
}

// Assign notes what assigns the user: themselves, or a group whose direct
// member they are.
func (v *View) Assign(app applications.App, row applications.Assignment) {
	v.Access.Assignments = append(v.Access.Assignments, engine.Assignment{
		PrincipalID: row.PrincipalID, PrincipalName: row.PrincipalDisplayName, RoleID: row.AppRoleID,
	})
	if row.PrincipalType == "Group" {
		v.Access.Groups = append(v.Access.Groups, row.PrincipalID)
	}
	for _, role := range app.Roles {
		value := cmp.Or(role.Value, role.DisplayName)
		if role.ID == row.AppRoleID && !slices.Contains(v.Subject.Attributes["appRoleAssignments"], value) {
			v.Subject.Attributes["appRoleAssignments"] = append(v.Subject.Attributes["appRoleAssignments"], value)
			v.Subject.Roles = append(v.Subject.Roles, scim.Role{ID: role.ID, Value: value, DisplayName: role.DisplayName})
		}
	}
}
