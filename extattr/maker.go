package extattr

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
)

// A maker carries out one [Create].
type maker struct {
	client *graph.Client
	app    applications.App
	wanted []Extension // ID is set once it is known
	isNew  []bool      // by index of wanted: made in this run, or about to be
}

// add compares what is wanted with what there is.
func (m *maker) add(wanted, have []Extension) error {
	if m.app.ServicePrincipalID == "" {
		return noServicePrincipal(m.app.Name)
	}
	for _, w := range wanted {
		if owner := ownerOf(w.Name); owner != "" {
			short, ok := Short(m.app.AppID, w.Name)
			if !ok {
				return &NameError{Name: w.Name, Reason: "it is the full name of another application's property"}
			}
			w.Name = short
		}
		w.FullName = FullName(m.app.AppID, w.Name)
		if slices.ContainsFunc(m.wanted, func(e Extension) bool { return e.FullName == w.FullName }) {
			continue
		}
		same, err := compare(w, have)
		if err != nil {
			return err
		}
		if same != nil {
			w = *same
		}
		m.wanted, m.isNew = append(m.wanted, w), append(m.isNew, same == nil)
	}
	return nil
}

// compare returns the property that is alike, nil when there is none of the
// name.
func compare(want Extension, have []Extension) (*Extension, error) {
	for _, h := range have {
		if h.FullName == want.FullName {
			if h.shape() != want.shape() {
				return nil, &ConflictError{Have: h, Want: want}
			}
			return &h, nil
		}
	}
	return nil, nil //nolint:nilnil // no property, and no conflict
}

// create makes the properties that are not there, one after another: Graph
// refuses writes to one application side by side.
func (m *maker) create(ctx context.Context) error {
	for i := range m.wanted {
		if m.isNew[i] {
			if err := m.createOne(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maker) createOne(ctx context.Context, i int) error {
	w := &m.wanted[i]
	var made applications.ExtensionProperty
	err := applications.WhenReady(ctx, m.client, m.app, m.app.Name+" takes extension properties", func(ctx context.Context) (err error) {
		made, err = applications.CreateExtension(ctx, m.client, m.app.ApplicationID, applications.ExtensionProperty{
			Name: w.Name, DataType: w.DataType, TargetObjects: w.TargetObjects, IsMultiValued: w.MultiValued,
		})
		return err
	})
	if graph.IsAlreadyExists(err) {
		return m.adopt(ctx, i, err)
	}
	if err == nil && made.Name != "" { // a dry run answers nothing
		*w = extension(m.app.AppID, made)
	}
	return err
}

// adopt takes over a property that exists already, if it is alike: somebody
// else made it in the meantime, or an earlier run did and the list lags behind.
func (m *maker) adopt(ctx context.Context, i int, exists error) error {
	w := &m.wanted[i]
	return m.client.Wait(ctx, "the extension property "+w.Name+" of "+m.app.Name+" is listed", func(ctx context.Context) (bool, error) {
		list, err := listOf(ctx, m.client, m.app)
		if err != nil {
			return false, err
		}
		same, err := compare(*w, list)
		if err != nil {
			return false, err
		}
		if same == nil { // one whose name differs in case is never going to be the one
			if slices.ContainsFunc(list, func(e Extension) bool { return strings.EqualFold(e.FullName, w.FullName) }) {
				return false, exists
			}
			return false, nil
		}
		m.isNew[i] = w.ID != "" // this run made it before, and Graph forgot it only for a while
		*w = *same
		return true, nil
	})
}

// wait polls until all properties can be written, with one request for all.
// Graph sometimes forgets a property that it has just confirmed; after a few
// polls those that are missing are therefore looked for and made once more.
func (m *maker) wait(ctx context.Context) error {
	const patience = 4
	polls := 0
	return m.client.Wait(ctx, "the extension properties of "+m.app.Name+" can be written", func(ctx context.Context) (bool, error) {
		available, err := applications.AvailableExtensions(ctx, m.client)
		if err != nil || m.allIn(available) {
			return err == nil, err
		}
		if polls++; polls == patience {
			return false, m.repeatLost(ctx)
		}
		return false, nil
	})
}

func (m *maker) allIn(available []applications.ExtensionProperty) bool {
	for _, w := range m.wanted {
		if !slices.ContainsFunc(available, func(p applications.ExtensionProperty) bool { return p.Name == w.FullName }) {
			return false
		}
	}
	return true
}

func (m *maker) repeatLost(ctx context.Context) error {
	have, err := listOf(ctx, m.client, m.app)
	if err != nil {
		return err
	}
	for i, w := range m.wanted {
		same, err := compare(w, have)
		if err != nil {
			return err
		}
		if same == nil {
			if err := m.createOne(ctx, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// created tells of the properties that are there; with planned also of those
// that would be.
func (m *maker) created(planned bool) []Created {
	list := []Created{}
	for i, w := range m.wanted {
		if planned || w.ID != "" {
			list = append(list, Created{Name: w.Name, FullName: w.FullName, ID: w.ID, Created: m.isNew[i]})
		}
	}
	return list
}
