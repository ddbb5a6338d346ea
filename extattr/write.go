package extattr

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
)

// A writer brings values of one user to what they should be, with one PATCH.
type writer struct {
	client *graph.Client
	app    applications.App
	list   []Extension // the application's; nil when not read
	user   directory.User
}

// write writes the values that are not there already, and answers for all of
// them, sorted by name. wanted is by full name; nil clears.
func (w *writer) write(ctx context.Context, wanted map[string]any) ([]ValueChange, error) {
	changes, patch := []ValueChange{}, map[string]any{}
	for full, want := range wanted {
		have := w.user.Values[full]
		c := ValueChange{Name: shortened(w.app.AppID, full), FullName: full, Old: text(have), New: text(want), Changed: !same(have, want)}
		if c.Changed {
			patch[full] = want
		}
		changes = append(changes, c)
	}
	slices.SortStableFunc(changes, func(a, b ValueChange) int { return strings.Compare(a.FullName, b.FullName) })
	if len(patch) == 0 {
		return changes, nil
	}
	if err := w.patch(ctx, patch); err != nil {
		return changes, err
	}
	return changes, w.verify(ctx, patch)
}

// verify reads the values back.
func (w *writer) verify(ctx context.Context, patch map[string]any) error {
	names := slices.Sorted(maps.Keys(patch))
	what := "the values written to " + w.user.UserPrincipalName + " are visible"
	return w.client.WaitVisible(ctx, what, func(ctx context.Context) (bool, error) {
		now, err := directory.FindUser(ctx, w.client, w.user.ID, names...)
		if err != nil {
			return false, err
		}
		for name, want := range patch {
			if !same(now.Values[name], want) {
				return false, nil
			}
		}
		return true, nil
	})
}

// patch sends the values. When Graph says that an extension is not available,
// the application's list tells a wrong name, which is an error at once, from a
// new extension, which is waited for. A dry run sends nothing that Graph could
// refuse, so it looks at the list first.
func (w *writer) patch(ctx context.Context, patch map[string]any) error {
	if w.client.DryRun() {
		if err := w.allListed(ctx, patch); err != nil {
			return err
		}
	}
	err := directory.UpdateUser(ctx, w.client, w.user.ID, patch)
	if !graph.IsNotAvailable(err) {
		return err
	}
	if err := w.allListed(ctx, patch); err != nil {
		return err
	}
	if w.app.ServicePrincipalID == "" {
		return noServicePrincipal(w.app.Name)
	}
	return w.client.Wait(ctx, "the extension properties of "+w.app.Name+" can be written", func(ctx context.Context) (bool, error) {
		err := directory.UpdateUser(ctx, w.client, w.user.ID, patch)
		if graph.IsNotAvailable(err) {
			return false, nil
		}
		return err == nil, err
	})
}

// allListed looks each name up in the application's list.
func (w *writer) allListed(ctx context.Context, patch map[string]any) (err error) {
	if w.list == nil {
		if w.app, w.list, err = read(ctx, w.client, w.app.AppID); err != nil {
			return err
		}
	}
	for _, full := range slices.Sorted(maps.Keys(patch)) { // so that the same error comes first each time
		if _, err := find(w.list, w.app.AppID, shortened(w.app.AppID, full)); err != nil {
			return err
		}
	}
	return nil
}
