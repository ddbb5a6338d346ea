package bulk

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/private"
	"github.com/scimctl/scimctl/graph/safetext"
)

// An Input says whom a run is about, and what they get. One of Text, MembersOf,
// Filter and Groups is set.
type Input struct {
	Text io.Reader // a table: CSV, TSV or a JSON object on each line
	Name string    // of the file that Text is

	MembersOf  []string // groups, by name or id: all users in any of them
	Transitive bool     // also those in groups within them, however deep
	Filter     string   // of OData: the users that it lets pass
	Groups     []GroupRole

	Role string            // what members and filtered ones get, in the default environment
	Env  []extattr.EnvRole // in others
}

// A GroupRole gives the members of a group a role. Of several groups the first
// that a user is in decides.
type GroupRole struct{ Group, Role string }

// ParseGroupRole reads "Workato Admins=Admin".
func ParseGroupRole(text string) (GroupRole, bool) {
	i := strings.LastIndex(text, "=")
	if i < 1 || i == len(text)-1 {
		return GroupRole{}, false
	}
	return GroupRole{Group: strings.TrimSpace(text[:i]), Role: strings.TrimSpace(text[i+1:])}, true
}

// Several is a user who is in more than one of the groups that give roles.
type Several struct {
	User   string   `json:"user"`
	Role   string   `json:"role"`
	Groups []string `json:"groups"` // the first decided
}

// A spooled input is a table on the disk.
type spooled struct {
	folder  string
	name    string
	match   Match // what its user column holds for certain
	several []Several
	nested  []string // groups within the group, whose members are not among the rows
}

func (s spooled) path() string { return filepath.Join(s.folder, inputFile) }

// take writes the input into a folder of its own below dir.
func (in Input) take(ctx context.Context, client *graph.Client, dir string, c chart) (s spooled, err error) {
	if err := private.StateFolder(dir); err != nil {
		return s, err
	}
	if s.folder, err = os.MkdirTemp(dir, spool+"*"); err != nil {
		return s, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(s.folder) // the error says more
		}
	}()
	file, err := os.OpenFile(s.path(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return s, err
	}
	switch {
	case in.Text != nil:
		s.name, s.match = in.Name, c.match
		err = tabular.Copy(file, in.Text, in.Name)
	case len(in.Groups) > 0:
		s.name, s.match = "groups", MatchID
		err = in.fromGroups(ctx, client, file, c, &s)
	default:
		s.name, s.match = cmp.Or(in.Filter, "members of "+strings.Join(in.MembersOf, " and ")), MatchID
		err = in.fromOne(ctx, client, file, c, &s)
	}
	if closing := file.Close(); err == nil {
		err = closing
	}
	return s, err
}

// fromOne makes a table of the members of groups, or of those that a filter
// lets pass, who all get the same.
func (in Input) fromOne(ctx context.Context, client *graph.Client, to io.Writer, c chart, s *spooled) error {
	head, cells := []string{"id"}, []string{""}
	roles := in.Env
	if in.Role != "" {
		roles = append([]extattr.EnvRole{{Env: extattr.DefaultEnvironment, Role: in.Role}}, in.Env...)
	}
	for _, r := range roles {
		ext, err := c.props.Role(c.base, r.Env)
		if err != nil {
			return err
		}
		if slices.Contains(head, ext.FullName) {
			return &extattr.ValueError{Name: ext.Name, Reason: "two different roles were given"}
		}
		head, cells = append(head, ext.FullName), append(cells, spooledCell(r.Role))
	}
	ids, err := in.ids(ctx, client, s)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	out := csv.NewWriter(to)
	_ = out.Write(head) // Error below tells
	for _, id := range slices.Compact(ids) {
		cells[0] = id
		_ = out.Write(cells)
	}
	out.Flush()
	return out.Error()
}

// spooledCell is a role as a table of ours has it.
func spooledCell(role string) string {
	if role == tabular.Erase {
		return role
	}
	return safetext.Cell(role)
}

// ids are those whom a filter lets pass, or who are in the groups; one who is in
// several of them is there more than once.
func (in Input) ids(ctx context.Context, client *graph.Client, s *spooled) (ids []string, err error) {
	if in.Filter != "" {
		err = directory.EachUserWhere(ctx, client, in.Filter, func(users []directory.User) error {
			for _, u := range users {
				ids = append(ids, u.ID)
			}
			return nil
		})
		return ids, err
	}
	for _, group := range in.MembersOf {
		people, nested, err := in.members(ctx, client, group)
		if err != nil {
			return nil, err
		}
		s.nest(nested)
		for _, m := range people {
			ids = append(ids, m.ID)
		}
	}
	return ids, nil
}

// nest notes groups that were not looked into, each once.
func (s *spooled) nest(groups []string) {
	for _, name := range groups {
		if !slices.Contains(s.nested, name) {
			s.nested = append(s.nested, name)
		}
	}
}

// members are the users in a group, and the groups in it that were not looked into.
func (in Input) members(ctx context.Context, client *graph.Client, name string) (people []directory.Member, nested []string, err error) {
	group, err := directory.FindGroup(ctx, client, name)
	if err != nil {
		return nil, nil, err
	}
	if in.Transitive {
		lists, err := directory.AllUsersOf(ctx, client, []string{group.ID})
		return slices.Concat(lists...), nil, err
	}
	all, err := directory.ListMembers(ctx, client, group.ID)
	for _, m := range all {
		switch strings.ToLower(m.Type) {
		case "user":
			people = append(people, m)
		case "group":
			nested = append(nested, m.DisplayName)
		}
	}
	return people, nested, err
}

// check refuses what cannot be meant, before anything is asked.
func (in Input) check() error {
	if in.Text != nil || len(in.Groups) > 0 {
		return nil
	}
	if in.Role == "" && len(in.Env) == 0 {
		return &extattr.ValueError{Name: "role", Reason: "none was given"}
	}
	if len(in.MembersOf) == 0 && in.Filter == "" {
		return errors.New("whom? Neither a file, nor a group, nor a filter was given")
	}
	return nil
}
