package bulk

import (
	"context"
	"errors"
	"iter"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
)

// GetRoles reads the roles of very many users.
type GetRoles struct {
	Graph     *graph.Client
	App       string
	Attribute string
	Input     Input // its table needs no column but the user's; without any: everybody
	Match     Match
	Named     map[string]string
	Runs      Runs // where the input lies meanwhile
	Hooks     Hooks
}

// Held are the users and what they have.
type Held struct {
	Names []string // of the attributes, short
	// Users come one after the other: those of an input in its order, or
	// everybody in Graph's, read while they are asked for.
	Users   iter.Seq2[extattr.UserValues, error]
	Summary Summary // of an input: its rows, and those that name nobody
}

// Do finds the users of an input, or begins to read everybody.
func (g GetRoles) Do(ctx context.Context) (Held, error) {
	if g.Input.isEmpty() {
		return g.everybody(ctx)
	}
	w, match, err := (lookUp{g.Graph, g.App, g.Attribute, g.Input, g.Match, g.Named, "", g.Runs, false}).do(ctx)
	if err != nil {
		return Held{}, err
	}
	f := &finder{client: g.Graph, sheet: w.sheet, match: match, seen: g.Hooks.Found}
	if err := f.find(ctx); err != nil {
		return Held{}, err
	}
	return Held{Names: names(w.sheet.columns), Users: w.sheet.users, Summary: w.summary()}, nil
}

func names(columns []Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return list
}

// users hands over the rows that have been found.
func (s *sheet) users(yield func(extattr.UserValues, error) bool) {
	for i := range s.rows {
		r := &s.rows[i]
		if r.state != isSame {
			continue
		}
		u := extattr.UserValues{User: r.name, ID: r.id, Values: make([]extattr.Value, len(s.columns))}
		for c, present := range s.has(i) {
			u.Values[c] = extattr.Value{Name: s.columns[c].Name, FullName: s.columns[c].FullName, Value: s.words[present]}
		}
		if !yield(u, nil) {
			return
		}
	}
}

func (g GetRoles) everybody(ctx context.Context) (Held, error) {
	props, err := extattr.ReadProperties(ctx, g.Graph, g.App)
	if err != nil {
		return Held{}, err
	}
	picked, err := props.Roles(g.Attribute)
	if err != nil {
		return Held{}, err
	}
	full := make([]string, len(picked))
	for i, e := range picked {
		full[i] = e.FullName
	}
	enough := errors.New("enough")
	read := 0
	users := func(yield func(extattr.UserValues, error) bool) {
		err := directory.EachUser(ctx, g.Graph, func(page []directory.User) error {
			for _, user := range page {
				u := extattr.UserValues{User: user.UserPrincipalName, ID: user.ID, Values: make([]extattr.Value, len(picked))}
				for c, e := range picked {
					u.Values[c] = extattr.Value{Name: e.Name, FullName: e.FullName, Value: extattr.Text(user.Values[e.FullName])}
				}
				if !yield(u, nil) {
					return enough
				}
			}
			if read += len(page); g.Hooks.Found != nil {
				g.Hooks.Found(read)
			}
			return nil
		}, full...)
		if err != nil && !errors.Is(err, enough) {
			yield(extattr.UserValues{}, err)
		}
	}
	return Held{Names: names(columnsFor(picked)), Users: users}, nil
}

func (in Input) isEmpty() bool {
	return in.Text == nil && len(in.MembersOf) == 0 && in.Filter == "" && len(in.Groups) == 0
}
