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

// Known says what a property is, out of what somebody wrote of it: "" is a
// String of users. The errors are those of [Create.Do] that need no request.
func Known(name, dataType, target string, multiValued bool) (Extension, error) {
	wanted, err := Create{Names: []string{name}, DataType: dataType, Target: target, MultiValued: multiValued}.wanted()
	if err != nil {
		return Extension{}, err
	}
	return wanted[0], nil
}

// Missing are the properties of those wanted that an application does not have
// yet, by their short names. One that is there otherwise is a *[ConflictError].
func Missing(app applications.App, wanted []Extension, have []applications.ExtensionProperty) ([]Extension, error) {
	m := maker{app: app}
	if app.ServicePrincipalID == "" {
		return nil, noServicePrincipal(app.Name)
	}
	if err := m.add(wanted, extensions(app.AppID, have)); err != nil {
		return nil, err
	}
	var missing []Extension
	for i, w := range m.wanted {
		if m.isNew[i] {
			missing = append(missing, w)
		}
	}
	return missing, nil
}

// Make makes properties of an application that is known, as [Create] does.
type Make struct {
	Graph  *graph.Client
	App    applications.App
	Wanted []Extension // short names
	Have   []applications.ExtensionProperty
}

// Do makes those that are missing and waits until all can be written. It
// returns all that were wanted.
func (k Make) Do(ctx context.Context) ([]Extension, error) {
	m := maker{client: k.Graph, app: k.App}
	if err := m.add(k.Wanted, extensions(k.App.AppID, k.Have)); err != nil {
		return nil, err
	}
	err := m.create(ctx)
	if err == nil && !k.Graph.DryRun() {
		err = m.wait(ctx)
	}
	return m.wanted, err
}

func extensions(appID string, properties []applications.ExtensionProperty) []Extension {
	found := make([]Extension, len(properties))
	for i, p := range properties {
		found[i] = extension(appID, p)
	}
	slices.SortStableFunc(found, func(a, b Extension) int { return strings.Compare(a.FullName, b.FullName) })
	return found
}

// Differing tells what values a user does not have yet. user was read with the
// full names selected, and texts are by short or full name.
func Differing(app applications.App, have []Extension, user directory.User, texts map[string]string) ([]ValueChange, error) {
	_, changes, err := patchFor(app, have, user, texts)
	return changes, err
}

// Write gives a user who is known values of properties, as [Set] does.
type Write struct {
	Graph *graph.Client
	App   applications.App
	Have  []Extension    // the application's
	User  directory.User // read with the full names selected
	Texts map[string]string
}

// Do writes the values that are not there already.
func (w Write) Do(ctx context.Context) ([]ValueChange, error) {
	wanted, _, err := patchFor(w.App, w.Have, w.User, w.Texts)
	if err != nil {
		return nil, err
	}
	writing := writer{client: w.Graph, app: w.App, list: w.Have, user: w.User}
	return writing.write(ctx, wanted)
}

func patchFor(app applications.App, have []Extension, user directory.User, texts map[string]string) (map[string]any, []ValueChange, error) {
	wanted, changes := map[string]any{}, []ValueChange{}
	for _, name := range slices.Sorted(maps.Keys(texts)) { // so that the same error comes first each time
		value := texts[name]
		e, err := find(have, app.AppID, name)
		if err != nil {
			return nil, nil, err
		}
		if wanted[e.FullName], err = convert(e, []string{value}); err != nil {
			return nil, nil, err
		}
		if old := user.Values[e.FullName]; !same(old, wanted[e.FullName]) {
			changes = append(changes, ValueChange{Name: e.Name, FullName: e.FullName, Old: text(old), New: value, Changed: true})
		}
	}
	slices.SortStableFunc(changes, func(a, b ValueChange) int { return strings.Compare(a.FullName, b.FullName) })
	return wanted, changes, nil
}

// From are properties as Graph lists them, sorted by name.
func From(appID string, properties []applications.ExtensionProperty) []Extension {
	return extensions(appID, properties)
}
