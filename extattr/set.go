package extattr

import (
	"context"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
)

// Set gives a user values of extension properties, all in one PATCH.
//
// https://learn.microsoft.com/en-us/graph/api/user-update
type Set struct {
	Graph *graph.Client
	App   string // name or id
	User  string // user principal name, id or mail
	// Values are texts by short or full name. Several are for properties with
	// several values.
	Values map[string][]string
}

// Do writes the values that are not there already, converted to the
// properties' data types, and answers for all of them, sorted by name. A value
// that does not fit is a *[ValueError], before anything is sent; a name that
// the application does not have a *[graph.NotFoundError].
func (s Set) Do(ctx context.Context) ([]ValueChange, error) {
	app, list, err := read(ctx, s.Graph, s.App)
	if err != nil {
		return nil, err
	}
	wanted, names := map[string]any{}, []string{}
	for _, name := range slices.Sorted(maps.Keys(s.Values)) {
		e, err := find(list, app.AppID, name)
		if err != nil {
			return nil, err
		}
		if _, twice := wanted[e.FullName]; twice {
			return nil, &ValueError{Name: e.Name, Reason: "it was given under both of its names"}
		}
		if wanted[e.FullName], err = convert(e, s.Values[name]); err != nil {
			return nil, err
		}
		names = append(names, e.FullName)
	}
	user, err := directory.FindUser(ctx, s.Graph, s.User, names...)
	if err != nil {
		return nil, err
	}
	w := writer{client: s.Graph, app: app, list: list, user: user}
	return w.write(ctx, wanted)
}
