package extattr

import (
	"context"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
)

// Properties are those of an application that users can have.
type Properties struct {
	App  applications.App
	List []Extension // sorted by name
}

// ReadProperties finds an application, by name or id, and what it adds to users.
func ReadProperties(ctx context.Context, client *graph.Client, app string) (Properties, error) {
	p := Properties{}
	found, list, err := read(ctx, client, app)
	for _, e := range list {
		if e.isFor("User") {
			p.List = append(p.List, e)
		}
	}
	p.App = found
	return p, err
}

// Find looks a property up by its short or full name, in any case.
func (p Properties) Find(name string) (Extension, error) {
	for _, e := range p.List {
		if strings.EqualFold(e.Name, name) || strings.EqualFold(e.FullName, name) {
			return e, nil
		}
	}
	return find(p.List, p.App.AppID, name)
}

// Role looks up the property that holds a role in an environment, "" being the
// one whose role stands in the base attribute itself.
func (p Properties) Role(base, env string) (Extension, error) {
	if env == "" {
		env = DefaultEnvironment
	}
	name, err := roleAttribute(base, env)
	if err != nil {
		return Extension{}, err
	}
	return p.Find(name)
}

// Roles are the properties that hold roles, the base attribute and those of the
// environments. Without any the error is a *[graph.NotFoundError].
func (p Properties) Roles(base string) ([]Extension, error) {
	picked := roleAttributes(p.App.AppID, base, p.List)
	if len(picked) == 0 {
		_, err := find(p.List, p.App.AppID, baseOf(base))
		return nil, err
	}
	return picked, nil
}

// Parse makes the JSON value of a property that holds one value. Why it cannot
// be is in reason.
func (e Extension) Parse(text string) (value any, reason string) {
	if e.MultiValued {
		return nil, "it holds several values"
	}
	return convertOne(e.DataType, text)
}

// Same compares a value as Graph gave it with one made by [Extension.Parse];
// nil is none.
func Same(have, want any) bool { return same(have, want) }

// Text shows a value as people write it; "" when there is none.
func Text(value any) string { return text(value) }

// RevokingRole is the value by which Workato takes a role away: a cleared
// attribute is never sent to an application.
const RevokingRole = "NoAccess"
