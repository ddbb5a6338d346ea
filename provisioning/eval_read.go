package provisioning

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// read reads attributes of the user.
func (e Eval) read(ctx context.Context, names []string) (map[string][]string, error) {
	client, err := e.Graph(ctx)
	if err != nil {
		return nil, err
	}
	r := evalReader{Eval: e, client: client, full: map[string]string{}}
	if err := r.places(ctx, names); err != nil {
		return nil, err
	}
	return r.values(ctx, names)
}

// An evalReader reads attributes of one user.
type evalReader struct {
	Eval
	client *graph.Client
	app    graph.App         // when it is asked for
	full   map[string]string // names as the service writes them, by those of the expression
}

// places finds out where the attributes are kept: a short name that is no
// attribute of provisioning may be that of an extension property.
func (r *evalReader) places(ctx context.Context, names []string) error {
	var strange []string
	for _, name := range names {
		r.full[name] = name
		if len(wantedFor(engine.User, []string{name}).unknown()) > 0 {
			strange = append(strange, name)
		}
	}
	var err error
	switch {
	case r.App == "":
	case len(strange) > 0:
		strange, err = r.extensions(ctx, strange)
	case slices.Contains(names, "appRoleAssignments"):
		r.app, err = r.client.FindApp(ctx, r.App)
	}
	if err != nil {
		return err
	}
	return r.known(names, strange)
}

// extensions finds those names that are extension properties of the
// application, and returns the others.
func (r *evalReader) extensions(ctx context.Context, names []string) (others []string, err error) {
	if r.app, err = r.client.FindRegistration(ctx, r.App); err != nil || r.app.ApplicationID == "" {
		return names, err // with neither, it is registered in another tenant
	}
	properties, err := r.client.ListExtensions(ctx, r.app.ApplicationID)
	for _, name := range names {
		full := extattr.FullName(r.app.AppID, name)
		if slices.ContainsFunc(properties, func(p graph.ExtensionProperty) bool { return p.Name == full }) {
			r.full[name] = full
		} else {
			others = append(others, name)
		}
	}
	return others, err
}

// known refuses what cannot be read. Whether a user counts as deleted depends
// on the scope, which an expression does not know.
func (r *evalReader) known(names, strange []string) error {
	if slices.Contains(names, "IsSoftDeleted") {
		strange = append(strange, "IsSoftDeleted")
	}
	if r.App == "" && slices.Contains(names, "appRoleAssignments") {
		strange = append(strange, "appRoleAssignments")
	}
	if len(strange) > 0 {
		others := slices.DeleteFunc(userAttributes(), func(name string) bool { return name == strange[0] })
		return &UnknownValueError{User: r.User, Attributes: strange, Near: near.Names(strange[0], others)}
	}
	return nil
}

func (r *evalReader) values(ctx context.Context, names []string) (map[string][]string, error) {
	var all []string
	for _, name := range names {
		all = append(all, r.full[name])
	}
	w := wantedFor(engine.User, all)
	user, err := r.client.FindUser(ctx, r.User, w.properties()...)
	if err != nil {
		return nil, err
	}
	v := view{Preview: Preview{Graph: r.client}, subject: w.userSubject(user)}
	if err := v.readManager(ctx, user, w); err != nil {
		return nil, err
	}
	if slices.Contains(names, "appRoleAssignments") {
		rows, err := r.client.UserAssignments(ctx, user.ID, r.app.ServicePrincipalID)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			v.assign(r.app, row)
		}
	}
	values := v.subject.Attributes
	if stripped, _, guest := strings.Cut(user.UserPrincipalName, "#EXT#"); guest { // as the service does
		values["userPrincipalName"] = []string{stripped}
	}
	for name, full := range r.full {
		values[name] = values[full]
	}
	return values, nil
}

// An UnknownValueError names attributes whose values cannot be told from Graph:
// it has no such property, or what provisioning makes of it depends on more.
type UnknownValueError struct {
	User       string
	Attributes []string
	Near       []string // what the first of them may have meant
}

func (e *UnknownValueError) Error() string {
	return "what " + e.User + " has for " + strings.Join(e.Attributes, ", ") + " is not known from Microsoft Graph"
}
