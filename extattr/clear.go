package extattr

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
)

// Clear takes values of extension properties away from a user. Provisioning
// does not carry a cleared value on: the application keeps its last one.
type Clear struct {
	Graph *graph.Client
	App   string   // name or id
	User  string   // user principal name, id or mail
	Names []string // short or full
	// Confirm is asked before anything is cleared, with what would be. An
	// error ends it, and is returned as it is. nil does not ask, and a dry
	// run does not either.
	Confirm func(context.Context, directory.User, []ValueChange) error
}

// Do clears the values that are set, and answers for all of them. A name that
// the application does not have is a *[graph.NotFoundError].
func (c Clear) Do(ctx context.Context) ([]ValueChange, error) {
	app, list, err := read(ctx, c.Graph, c.App)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, name := range c.Names {
		e, err := find(list, app.AppID, name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(names, e.FullName) {
			names = append(names, e.FullName)
		}
	}
	return c.clear(ctx, app, list, names)
}

func (c Clear) clear(ctx context.Context, app applications.App, list []Extension, names []string) ([]ValueChange, error) {
	user, err := directory.FindUser(ctx, c.Graph, c.User, names...)
	if err != nil {
		return nil, err
	}
	wanted, gone := map[string]any{}, []ValueChange{}
	for _, full := range names {
		wanted[full] = nil
		if old, ok := user.Values[full]; ok {
			gone = append(gone, ValueChange{Name: shortened(app.AppID, full), FullName: full, Old: text(old), Changed: true})
		}
	}
	if len(gone) > 0 && c.Confirm != nil && !c.Graph.DryRun() {
		if err := c.Confirm(ctx, user, gone); err != nil {
			return gone, err
		}
	}
	w := writer{client: c.Graph, app: app, list: list, user: user}
	return w.write(ctx, wanted)
}
