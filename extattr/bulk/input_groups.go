package bulk

import (
	"cmp"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
)

// fromGroups makes a table of the members of several groups, each with the role
// of the first group that they are in.
func (in Input) fromGroups(ctx context.Context, client *graph.Client, to io.Writer, c chart, s *spooled) error {
	ext, err := c.props.Role(c.base, "")
	if err != nil {
		return err
	}
	roles := map[string]string{} // by id
	several := map[string]*Several{}
	took := map[string]string{} // the group, by id
	for _, g := range in.Groups {
		people, nested, err := in.members(ctx, client, g.Group)
		if err != nil {
			return err
		}
		s.nest(nested)
		for _, m := range people {
			if first, twice := took[m.ID]; !twice {
				roles[m.ID], took[m.ID] = g.Role, g.Group
			} else if several[m.ID] == nil {
				several[m.ID] = &Several{User: cmp.Or(m.UserPrincipalName, m.ID), Role: roles[m.ID], Groups: []string{first, g.Group}}
			} else {
				several[m.ID].Groups = append(several[m.ID].Groups, g.Group)
			}
		}
	}
	for _, one := range several {
		s.several = append(s.several, *one)
	}
	slices.SortStableFunc(s.several, func(a, b Several) int { return strings.Compare(a.User, b.User) })
	out := csv.NewWriter(to)
	_ = out.Write([]string{"id", ext.FullName}) // Error below tells
	for _, id := range sortedKeys(roles) {
		_ = out.Write([]string{id, spooledCell(roles[id])})
	}
	out.Flush()
	return out.Error()
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
