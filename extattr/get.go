package extattr

import (
	"context"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
)

// Get reads values of extension properties of users.
type Get struct {
	Graph *graph.Client
	App   string   // name or id
	Users []string // user principal names, ids or mail addresses
	Names []string // short or full; none: all that the application has for users
}

// UserValues are the values of one user, sorted by name.
type UserValues struct {
	User   string  `json:"user"` // user principal name
	ID     string  `json:"id"`
	Values []Value `json:"values"`
}

// A Value is the value of one property; empty when it is not set.
type Value struct {
	Name     string `json:"name"` // short
	FullName string `json:"fullName"`
	Value    string `json:"value,omitempty"`
}

// Do reads the values, in the order of Users.
func (g Get) Do(ctx context.Context) ([]UserValues, error) {
	app, list, err := read(ctx, g.Graph, g.App)
	if err != nil {
		return nil, err
	}
	chosen := []Extension{}
	for _, e := range list {
		if len(g.Names) == 0 && e.isFor("User") {
			chosen = append(chosen, e)
		}
	}
	for _, name := range g.Names {
		e, err := find(list, app.AppID, name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, e)
	}
	return valuesOf(ctx, g.Graph, g.Users, chosen)
}

// valuesOf reads the users side by side, a few at a time.
func valuesOf(ctx context.Context, client *graph.Client, users []string, chosen []Extension) ([]UserValues, error) {
	names := make([]string, len(chosen))
	for i, e := range chosen {
		names[i] = e.FullName
	}
	found, err := parallel.Map(ctx, users, func(ctx context.Context, name string) (UserValues, error) {
		user, err := directory.FindUser(ctx, client, name, names...)
		if err != nil {
			return UserValues{}, err
		}
		values := UserValues{User: user.UserPrincipalName, ID: user.ID, Values: []Value{}}
		for _, e := range chosen {
			values.Values = append(values.Values, Value{Name: e.Name, FullName: e.FullName, Value: text(user.Values[e.FullName])})
		}
		return values, nil
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
