package extattr

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
)

// Where roles stand unless somebody names another attribute, and the
// environment whose role stands in that attribute itself: the others have
// their name at its end, as in workato_role_test.
const (
	DefaultRoleAttribute = "workato_role"
	DefaultEnvironment   = "dev"
)

// An EnvRole is a role in one environment.
type EnvRole struct{ Env, Role string }

// ParseEnvRole reads "ENV=ROLE"; blanks around either do not count. The error is a *[ValueError].
func ParseEnvRole(text string) (EnvRole, error) {
	env, role, ok := strings.Cut(text, "=")
	env, role = strings.TrimSpace(env), strings.TrimSpace(role)
	if !ok || env == "" || role == "" {
		return EnvRole{}, &ValueError{Name: "environment", Reason: fmt.Sprintf("%q is not ENVIRONMENT=ROLE", text)}
	}
	return EnvRole{Env: env, Role: role}, nil
}

// roleAttribute is the name of the attribute for an environment, short or full
// as the base is.
func roleAttribute(base, env string) (string, error) {
	base = baseOf(base)
	if !strings.EqualFold(env, DefaultEnvironment) {
		base += "_" + env
	}
	if env == "" {
		return "", &NameError{Name: base, Reason: "the environment is empty"}
	}
	return base, checkName(base)
}

// roleAttributes picks the properties that hold users' roles from a list.
func roleAttributes(appID, base string, list []Extension) []Extension {
	base = fullName(appID, baseOf(base))
	picked := []Extension{}
	for _, e := range list {
		if e.isFor("User") && (e.FullName == base || strings.HasPrefix(e.FullName, base+"_")) {
			picked = append(picked, e)
		}
	}
	return picked
}

// SetRole gives a user roles in the environments of an application, all in one
// PATCH.
type SetRole struct {
	Graph     *graph.Client
	App       string    // name or id
	User      string    // user principal name, id or mail
	Attribute string    // the base attribute, by short or full name; "" is DefaultRoleAttribute
	Role      string    // in the default environment; "" leaves it alone
	Env       []EnvRole // in others
}

// Do writes the roles that are not there already, and answers for all of them,
// sorted by attribute. A role that cannot be is a *[ValueError], before
// anything is sent; an attribute that the application does not have a
// *[graph.NotFoundError].
func (s SetRole) Do(ctx context.Context) ([]ValueChange, error) {
	roles, err := s.roles()
	if err != nil {
		return nil, err
	}
	app, err := applications.Find(ctx, s.Graph, s.App)
	if err != nil {
		return nil, err
	}
	wanted, names := map[string]any{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		full := fullName(app.AppID, name)
		wanted[full], names = roles[name], append(names, full)
	}
	user, err := directory.FindUser(ctx, s.Graph, s.User, names...)
	if err != nil {
		return nil, err
	}
	w := writer{client: s.Graph, app: app, user: user}
	return w.write(ctx, wanted)
}

// roles checks what was asked for, and returns it by attribute.
func (s SetRole) roles() (map[string]string, error) {
	asked := s.Env
	if s.Role != "" {
		asked = append([]EnvRole{{DefaultEnvironment, s.Role}}, s.Env...)
	}
	roles := map[string]string{}
	for _, r := range asked {
		name, err := roleAttribute(s.Attribute, r.Env)
		if err != nil {
			return nil, err
		}
		if reason := checkText(r.Role); reason != "" {
			return nil, &ValueError{Name: name, Reason: reason}
		}
		if other, ok := roles[name]; ok && other != r.Role {
			return nil, &ValueError{Name: name, Reason: "two different roles were given"}
		}
		roles[name] = r.Role
	}
	if len(roles) == 0 {
		return nil, &ValueError{Name: "role", Reason: "none was given"}
	}
	return roles, nil
}

// GetRole reads users' roles in all environments of an application.
type GetRole struct {
	Graph     *graph.Client
	App       string   // name or id
	Users     []string // user principal names, ids or mail addresses
	Attribute string   // the base attribute, by short or full name; "" is DefaultRoleAttribute
}

// Do reads the roles, in the order of Users. An application without the
// attribute is a *[graph.NotFoundError].
func (g GetRole) Do(ctx context.Context) ([]UserValues, error) {
	app, list, err := read(ctx, g.Graph, g.App)
	if err != nil {
		return nil, err
	}
	picked := roleAttributes(app.AppID, g.Attribute, list)
	if len(picked) == 0 {
		_, err := find(list, app.AppID, baseOf(g.Attribute))
		return nil, err
	}
	return valuesOf(ctx, g.Graph, g.Users, picked)
}

func baseOf(attribute string) string {
	if attribute == "" {
		return DefaultRoleAttribute
	}
	return attribute
}

// ClearRole takes roles away from a user. Provisioning does not carry a
// cleared value on: the application keeps the last role. What revokes is a
// role that means none, such as Workato's NoAccess.
type ClearRole struct {
	Graph     *graph.Client
	App       string   // name or id
	User      string   // user principal name, id or mail
	Attribute string   // the base attribute, by short or full name; "" is DefaultRoleAttribute
	Envs      []string // none: all
	// Confirm is asked as that of [Clear].
	Confirm func(context.Context, directory.User, []ValueChange) error
}

// Do clears the roles and answers for all of them, sorted by attribute.
func (c ClearRole) Do(ctx context.Context) ([]ValueChange, error) {
	clearing := Clear{Graph: c.Graph, App: c.App, User: c.User, Confirm: c.Confirm}
	for _, env := range c.Envs {
		name, err := roleAttribute(c.Attribute, env)
		if err != nil {
			return nil, err
		}
		clearing.Names = append(clearing.Names, name)
	}
	if len(c.Envs) > 0 {
		return clearing.Do(ctx)
	}
	app, list, err := read(ctx, c.Graph, c.App)
	if err != nil {
		return nil, err
	}
	for _, e := range roleAttributes(app.AppID, c.Attribute, list) {
		clearing.Names = append(clearing.Names, e.FullName)
	}
	if len(clearing.Names) == 0 {
		_, err := find(list, app.AppID, baseOf(c.Attribute))
		return nil, err
	}
	return clearing.clear(ctx, app, list, clearing.Names)
}
