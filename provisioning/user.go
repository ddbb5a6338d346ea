package provisioning

import (
	"context"
	"time"

	"github.com/scimctl/scimctl/graph"
)

// A User is a user of the tenant.
type User struct {
	ID                string    `json:"id"`
	DisplayName       string    `json:"displayName"`
	UserPrincipalName string    `json:"userPrincipalName"`
	Mail              string    `json:"mail,omitempty"`
	UserType          string    `json:"userType,omitempty"` // Member or Guest
	AccountEnabled    bool      `json:"accountEnabled"`
	OnPremises        bool      `json:"onPremisesSyncEnabled"` // mastered on premises
	Deleted           time.Time `json:"deletedDateTime,omitzero"`
}

func describeUser(u graph.User) User {
	return User{
		ID: u.ID, DisplayName: u.DisplayName, UserPrincipalName: u.UserPrincipalName, Mail: u.Mail,
		UserType: u.UserType, AccountEnabled: u.AccountEnabled, OnPremises: u.OnPremisesSyncEnabled, Deleted: u.DeletedDateTime,
	}
}

// ListUsers lists users of the tenant.
type ListUsers struct {
	Graph  *graph.Client
	Search string // display name, user principal name or mail begin with it; "" for all
	Top    int    // at most so many; 0 for all
}

// Do returns the users as Graph orders them.
func (l ListUsers) Do(ctx context.Context) ([]User, error) {
	found, err := l.Graph.ListUsers(ctx, graph.ListUsers{Search: l.Search, Top: l.Top})
	if err != nil {
		return nil, err
	}
	users := make([]User, len(found))
	for i, user := range found {
		users[i] = describeUser(user)
	}
	return users, nil
}

// ShowUser tells about one user.
type ShowUser struct {
	Graph *graph.Client
	User  string // user principal name, mail or id
	App   string // whose assignments to show as well; may be ""
}

// UserDetails is a user and what assigns them to an application: also the
// groups whose direct member they are.
type UserDetails struct {
	User
	App         *App         `json:"app,omitempty"`
	Assignments []Assignment `json:"assignments"`
}

// Do reads user and application side by side.
func (s ShowUser) Do(ctx context.Context) (UserDetails, error) {
	var user graph.User
	var app graph.App
	err := together(ctx,
		func(ctx context.Context) (err error) { user, err = s.Graph.FindUser(ctx, s.User); return err },
		func(ctx context.Context) (err error) {
			if s.App != "" {
				app, err = s.Graph.FindApp(ctx, s.App)
			}
			return err
		},
	)
	details := UserDetails{User: describeUser(user), Assignments: []Assignment{}}
	if err != nil || s.App == "" {
		return details, err
	}
	assignedTo := describe(app)
	details.App = &assignedTo
	rows, err := s.Graph.UserAssignments(ctx, user.ID, app.ServicePrincipalID)
	details.Assignments = describeAssignments(app, rows)
	return details, err
}
