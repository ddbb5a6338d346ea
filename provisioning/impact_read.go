package provisioning

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning/engine"
)

const perReading = 300 // objects that one request reads: see graph.Client.UsersByID

// readAll reads and weighs everybody that the scope can hold. A schema may
// name an extension property that is gone, which Graph refuses: then nobody's
// extension properties are known.
func (c *comparison) readAll(ctx context.Context) error {
	c.reset()
	err := c.readOnce(ctx)
	if !refusedProperty(err) || !c.wanted.hasExtensions() {
		return err
	}
	c.wanted.gone = true
	c.reset()
	return c.readOnce(ctx)
}

// refusedProperty reports whether Graph does not know a property asked for.
func refusedProperty(err error) bool {
	e, ok := errors.AsType[*graph.Error](err)
	return ok && e.Status == http.StatusBadRequest
}

func (c *comparison) readOnce(ctx context.Context) error {
	properties := c.wanted.properties()
	users := func(some []graph.User) error { return c.weigh(ctx, c.usersOf(some)) }
	groups := func(some []graph.Group) error { return c.weigh(ctx, c.groupsOf(some)) }
	switch {
	case c.change.Scope == ScopeAll && c.wanted.objectType == engine.Group:
		return c.Graph.EachGroup(ctx, groups, properties...)
	case c.change.Scope == ScopeAll:
		return c.Graph.EachUser(ctx, users, properties...)
	case c.wanted.objectType == engine.Group:
		return inReadings(ctx, principalsOf(c.rows, "Group"), properties, c.Graph.GroupsByID, groups)
	}
	ids, err := AssignedUsers(ctx, c.Graph, c.rows)
	if err != nil {
		return err
	}
	return inReadings(ctx, ids, properties, c.Graph.UsersByID, users)
}

// inReadings reads objects by their ids, some requests side by side.
func inReadings[T any](ctx context.Context, ids, properties []string,
	read func(context.Context, []string, ...string) ([]T, error), use func([]T) error,
) error {
	return parallel.Each(ctx, slices.Collect(slices.Chunk(ids, perReading)), func(ctx context.Context, some []string) error {
		found, err := read(ctx, some, properties...)
		if err != nil {
			return err
		}
		return use(found)
	})
}

func (c *comparison) usersOf(users []graph.User) []candidate {
	all := make([]candidate, len(users))
	for i, u := range users {
		all[i] = candidate{u.UserPrincipalName, c.wanted.userSubject(u)}
	}
	return all
}

func (c *comparison) groupsOf(groups []graph.Group) []candidate {
	all := make([]candidate, len(groups))
	for i, g := range groups {
		all[i] = candidate{g.DisplayName, c.wanted.groupSubject(g)}
	}
	return all
}
