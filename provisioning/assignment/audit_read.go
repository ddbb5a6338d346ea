package assignment

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning"
)

// A survey is what an [Audit] has read, all of it by id.
type survey struct {
	app      graph.App
	rows     []graph.Assignment
	people   map[string]graph.User     // those assigned who are there
	teams    map[string]graph.Group    // likewise
	trash    map[string]graph.User     // those assigned who are deleted and can be restored
	members  map[string][]graph.Member // of teams: the direct ones
	deep     map[string][]graph.Member // of teams that hold groups: all users, however deep
	findings []AuditFinding
}

func (a Audit) survey(ctx context.Context) (*survey, error) {
	app, err := a.Graph.FindApp(ctx, a.App)
	if err != nil {
		return nil, err
	}
	s := &survey{
		app: app, people: map[string]graph.User{}, teams: map[string]graph.Group{}, trash: map[string]graph.User{},
		members: map[string][]graph.Member{}, deep: map[string][]graph.Member{}, findings: []AuditFinding{},
	}
	if s.rows, err = a.Graph.ListAssignments(ctx, app.ServicePrincipalID); err != nil {
		return nil, err
	}
	err = parallel.Do(ctx,
		func(ctx context.Context) error { return s.readUsers(ctx, a.Graph) },
		func(ctx context.Context) error { return s.readGroups(ctx, a.Graph) },
	)
	return s, err
}

// readUsers reads the users who are assigned themselves. Who is not there may
// be among the deleted ones.
func (s *survey) readUsers(ctx context.Context, client *graph.Client) error {
	ids := PrincipalsOf(s.rows, "User")
	users, err := parallel.Batches(ctx, provisioning.PerReading, ids, func(ctx context.Context, some []string) ([]graph.User, error) {
		return client.UsersByID(ctx, some)
	})
	if err != nil {
		return err
	}
	for _, u := range users {
		s.people[u.ID] = u
	}
	if len(s.people) == len(ids) {
		return nil
	}
	deleted, err := client.ListDeletedUsers(ctx)
	for _, u := range deleted {
		s.trash[u.ID] = u
	}
	return err
}

// readGroups reads the groups that are assigned, their members, and for those
// that hold groups all users below.
func (s *survey) readGroups(ctx context.Context, client *graph.Client) error {
	groups, err := parallel.Batches(ctx, provisioning.PerReading, PrincipalsOf(s.rows, "Group"), func(ctx context.Context, some []string) ([]graph.Group, error) {
		return client.GroupsByID(ctx, some)
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i], s.teams[g.ID] = g.ID, g
	}
	members, err := parallel.Batches(ctx, provisioning.PerBatch, ids, func(ctx context.Context, ids []string) ([][]graph.Member, error) { return client.MembersOf(ctx, ids) })
	if err != nil {
		return err
	}
	var holders []string
	for i, id := range ids {
		s.members[id] = members[i]
		if len(groupsAmong(members[i])) > 0 {
			holders = append(holders, id)
		}
	}
	deep, err := parallel.Batches(ctx, provisioning.PerBatch, holders, func(ctx context.Context, ids []string) ([][]graph.Member, error) { return client.AllUsersOf(ctx, ids) })
	for i, all := range deep {
		s.deep[holders[i]] = all
	}
	return err
}

func groupsAmong(members []graph.Member) []graph.Member { return ofType(members, "group") }

func usersAmong(members []graph.Member) []graph.Member { return ofType(members, "user") }

func ofType(members []graph.Member, kind string) []graph.Member {
	return slices.DeleteFunc(slices.Clone(members), func(m graph.Member) bool { return !strings.EqualFold(m.Type, kind) })
}
