package extattr

import (
	"context"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/failure"
)

// Delete takes a property away from an application.
//
// Its values become invisible, but still count towards the hundred that an
// object may have, and come back when the property is made again. The
// application keeps what was provisioned into it.
//
// https://learn.microsoft.com/en-us/graph/api/extensionproperty-delete
type Delete struct {
	Graph *graph.Client
	App   string // name or id
	Name  string // short or full
	// Confirm is asked before the property is deleted. An error ends it, and
	// is returned as it is. nil does not ask, and a dry run does not either.
	Confirm func(context.Context, Extension) error
}

// Do deletes the property and returns it as it was. One that does not exist is
// a *[graph.NotFoundError].
func (d Delete) Do(ctx context.Context) (Extension, error) {
	app, list, err := read(ctx, d.Graph, d.App)
	if err != nil {
		return Extension{}, err
	}
	e, err := find(list, app.AppID, d.Name)
	if err != nil {
		return e, err
	}
	if e.SyncedFromOnPremises {
		return e, Synced(e.FullName)
	}
	if d.Confirm != nil && !d.Graph.DryRun() {
		if err := d.Confirm(ctx, e); err != nil {
			return e, err
		}
	}
	err = applications.DeleteExtension(ctx, d.Graph, app.ApplicationID, e.ID)
	if graph.IsNotFound(err) { // somebody else was faster, or the answer to a first try was lost
		err = nil
	}
	if err != nil {
		return e, err
	}
	return e, d.verify(ctx, app, e)
}

// verify waits until the property is no longer listed.
func (d Delete) verify(ctx context.Context, app applications.App, gone Extension) error {
	what := "the extension property " + gone.Name + " of " + app.Name + " is no longer listed"
	return d.Graph.WaitVisible(ctx, what, func(ctx context.Context) (bool, error) {
		list, err := listOf(ctx, d.Graph, app)
		return !slices.ContainsFunc(list, func(e Extension) bool { return e.ID == gone.ID }), err
	})
}

// Synced is the conflict of a property that is synchronized from on premises, and
// can be deleted only there.
func Synced(name string) error {
	return failure.New(failure.Conflict, "extension property %s is synchronized from on premises: only Microsoft Entra Connect can delete it", name)
}
