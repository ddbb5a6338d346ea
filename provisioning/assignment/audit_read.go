package assignment

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning"
)

// A survey is what an [Audit] has read, all of it by id.
type survey struct {
	app      applications.App
	rows     []applications.Assignment
	people   map[string]directory.User     // those assigned who are there
	teams    map[string]directory.Group    // likewise
	trash    map[string]directory.User     // those assigned who are deleted and can be restored
	members  map[string][]directory.Member // of teams: the direct ones
	deep     map[string][]directory.Member // of teams that hold groups: all users, however deep
	findings []AuditFinding
}

func (a Audit) survey(ctx context.Context) (*survey, error) {
	app, err := applications.Find(ctx, a.Graph, a.App)
	if err != nil {
		return nil, err
	}
	s := &survey{
		app: app, people: map[string]directory.User{}, teams: map[string]directory.Group{}, trash: map[string]directory.User{},
		members: map[string][]directory.Member{}, deep: map[string][]directory.Member{}, findings: []AuditFinding{},
	}
	if s.rows, err = applications.ListAssignments(ctx, a.Graph, app.ServicePrincipalID); err != nil {
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
	users, err := parallel.Batches(ctx, provisioning.PerReading, ids, func(ctx context.Context, some []string) ([]directory.User, error) {
		return directory.UsersByID(ctx, client, some)
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
	deleted, err := directory.ListDeletedUsers(ctx, client)
	for _, u := range deleted {
		s.trash[u.ID] = u
	}
	return err
}

// readGroups reads the groups that are assigned, their members, and for those
// that hold groups all users below.
func (s *survey) readGroups(ctx context.Context, client *graph.Client) error {
	groups, err := parallel.Batches(ctx, provisioning.PerReading, PrincipalsOf(s.rows, "Group"), func(ctx context.Context, some []string) ([]directory.Group, error) {
		return directory.GroupsByID(ctx, client, some)
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i], s.teams[g.ID] = g.ID, g
	}
	members, err := inBatches(ctx, client, ids, directory.MembersOf)
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
	deep, err := inBatches(ctx, client, holders, directory.AllUsersOf)
	for i, all := range deep {
		s.deep[holders[i]] = all
	}
	return err
}

func groupsAmong(members []directory.Member) []directory.Member { return ofType(members, "group") }

func usersAmong(members []directory.Member) []directory.Member { return ofType(members, "user") }

func ofType(members []directory.Member, kind string) []directory.Member {
	return slices.DeleteFunc(slices.Clone(members), func(m directory.Member) bool { return !strings.EqualFold(m.Type, kind) })
}
