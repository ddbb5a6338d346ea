// Package evaluate computes what provisioning would send for a user, and what a
// change does to the users in scope.
package evaluate

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/near"
	"github.com/scimctl/scimctl/mappings/expression"
	"github.com/scimctl/scimctl/provisioning/engine"
)

// Eval evaluates an expression, over attributes that are given and, with a
// User, over those that Graph has. Without one nothing is asked of Graph.
type Eval struct {
	Expression string
	// Set are attributes by their provisioning names, extension properties also
	// by their short ones. They take the place of what the user has. No value,
	// or the one value "", is null.
	Set           map[string][]string
	Now           time.Time // of the expression; zero is the present
	DefaultDomain string    // of the tenant; "" when not known

	User string // user principal name, mail or id; may be ""
	App  string // whose extension properties have short names, and whose roles the user has; may be ""
	// Graph connects; it is called when there is a User.
	Graph func(context.Context) (*graph.Client, error)
}

// An Evaluation is what an expression yields.
type Evaluation struct {
	Outcome expression.Outcome `json:"outcome"`
	Value   any                `json:"value"` // a string, a []string for several values, nil without a value

	Redacted bool                 `json:"-"` // provisioning logs do not show it
	Findings []expression.Finding `json:"-"` // what its author should know
	Unset    []string             `json:"-"` // attributes that it reads and that nobody gave; they were null
	Unused   []string             `json:"-"` // of Set: it does not read them
}

// Values are the value, or the several values, as a list.
func (e Evaluation) Values() []string {
	switch v := e.Value.(type) {
	case []string:
		return v
	case string:
		return []string{v}
	default:
		return nil
	}
}

// Do returns what the expression yields. With an error of evaluation, one of
// those of [expression.Evaluate], the outcome is unsupported; with others it is
// "". An attribute that Graph does not tell is an *[UnknownValueError].
func (e Eval) Do(ctx context.Context) (Evaluation, error) {
	parsed, err := expression.Parse(e.Expression)
	if err != nil {
		return Evaluation{}, err
	}
	reads := expression.Attributes(parsed)
	given := e.given(reads)
	unset := slices.DeleteFunc(slices.Clone(reads), func(name string) bool { _, set := given[name]; return set })
	if e.User != "" {
		found, err := e.read(ctx, unset)
		if err != nil {
			return Evaluation{}, err
		}
		for _, name := range unset {
			given[name] = found[name]
		}
		unset = nil
	}
	value, err := expression.Evaluate(parsed, expression.Input{
		Attributes: given, Now: e.Now, DefaultDomain: e.DefaultDomain, RegexLimit: regexLimit,
	})
	made := Evaluation{
		Outcome: value.Outcome, Redacted: value.Redacted,
		Findings: expression.Check(parsed, nil), Unset: unset, Unused: e.unused(reads),
	}
	switch {
	case value.Outcome != expression.Given:
	case value.Multi:
		made.Value = value.Values
	default:
		made.Value = value.Text()
	}
	return made, err
}

// given are the attributes that are set, by their full names.
func (e Eval) given(reads []string) map[string][]string {
	given := map[string][]string{}
	for name, values := range e.Set {
		given[fullName(reads, name)] = values
	}
	return given
}

// unused are the names that are set and that the expression does not read.
func (e Eval) unused(reads []string) []string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(e.Set)) {
		if !slices.Contains(reads, fullName(reads, name)) {
			names = append(names, name)
		}
	}
	return names
}

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
	app    applications.App  // when it is asked for
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
		r.app, err = applications.Find(ctx, r.client, r.App)
	}
	if err != nil {
		return err
	}
	return r.known(names, strange)
}

// extensions finds those names that are extension properties of the
// application, and returns the others.
func (r *evalReader) extensions(ctx context.Context, names []string) (others []string, err error) {
	if r.app, err = applications.FindRegistration(ctx, r.client, r.App); err != nil || r.app.ApplicationID == "" {
		return names, err // with neither, it is registered in another tenant
	}
	properties, err := applications.ListExtensions(ctx, r.client, r.app.ApplicationID)
	for _, name := range names {
		full := extattr.FullName(r.app.AppID, name)
		if slices.ContainsFunc(properties, func(p applications.ExtensionProperty) bool { return p.Name == full }) {
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
	user, err := directory.FindUser(ctx, r.client, r.User, w.properties()...)
	if err != nil {
		return nil, err
	}
	v := View{Preview: Preview{Graph: r.client}, Subject: w.userSubject(user)}
	if err := v.readManager(ctx, user, w); err != nil {
		return nil, err
	}
	if slices.Contains(names, "appRoleAssignments") {
		rows, err := applications.UserAssignments(ctx, r.client, user.ID, r.app.ServicePrincipalID)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			v.Assign(r.app, row)
		}
	}
	values := v.Subject.Attributes
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
