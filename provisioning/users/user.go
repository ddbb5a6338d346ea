package users

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/parallel"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
)

// A User is a user of the tenant, or a deleted one.
type User struct {
	ID                string    `json:"id"`
	DisplayName       string    `json:"displayName"`
	UserPrincipalName string    `json:"userPrincipalName"` // of a deleted user: with the id in front of the former one
	Former            string    `json:"formerUserPrincipalName,omitempty"`
	Mail              string    `json:"mail,omitempty"`
	UserType          string    `json:"userType,omitempty"` // Member or Guest
	AccountEnabled    bool      `json:"accountEnabled"`
	OnPremises        bool      `json:"onPremisesSyncEnabled"` // mastered on premises
	Deleted           time.Time `json:"deletedDateTime,omitzero"`
	Purge             time.Time `json:"purgeDateTime,omitzero"` // when a deleted user is gone for good
}

func describeUser(u directory.User) User {
	user := User{
		ID: u.ID, DisplayName: u.DisplayName, UserPrincipalName: u.UserPrincipalName, Mail: u.Mail,
		UserType: u.UserType, AccountEnabled: u.AccountEnabled, OnPremises: u.OnPremisesSyncEnabled,
	}
	if !u.DeletedDateTime.IsZero() {
		user.Former, user.Deleted, user.Purge = u.FormerName(), u.DeletedDateTime, directory.Purged(u)
	}
	return user
}

func describeUsers(found []directory.User) []User {
	users := make([]User, len(found))
	for i, user := range found {
		users[i] = describeUser(user)
	}
	return users
}

// List lists users of the tenant.
type List struct {
	Graph   *graph.Client
	Search  string // display name, user principal name or mail begin with it; "" for all
	Top     int    // at most so many; 0 for all
	Deleted bool   // those who can be restored, instead of those who are there
}

// Do returns the users as Graph orders them, deleted ones those who are gone
// first before the others.
func (l List) Do(ctx context.Context) ([]User, error) {
	if l.Deleted {
		return l.deleted(ctx)
	}
	found, err := directory.ListUsers(ctx, l.Graph, directory.UserQuery{Search: l.Search, Top: l.Top})
	if err != nil {
		return nil, err
	}
	return describeUsers(found), nil
}

// deleted looks for the beginnings of names here: the directory would look at
// the ids in front of them.
func (l List) deleted(ctx context.Context) ([]User, error) {
	found, err := directory.ListDeletedUsers(ctx, l.Graph)
	if err != nil {
		return nil, err
	}
	begins := func(text string) bool {
		return len(text) >= len(l.Search) && strings.EqualFold(text[:len(l.Search)], l.Search)
	}
	users := slices.DeleteFunc(describeUsers(found), func(u User) bool {
		return !begins(u.DisplayName) && !begins(u.Former) && !begins(u.Mail)
	})
	slices.SortStableFunc(users, func(a, b User) int {
		return cmp.Or(a.Deleted.Compare(b.Deleted), cmp.Compare(a.Former, b.Former))
	})
	if l.Top > 0 && len(users) > l.Top {
		users = users[:l.Top]
	}
	return users, nil
}

// Show tells about one user.
type Show struct {
	Graph *graph.Client
	User  string // user principal name, mail or id
	App   string // whose assignments to show as well; may be ""
}

// Details is a user and what assigns them to an application: also the
// groups whose direct member they are.
type Details struct {
	User
	App         *provisioning.App       `json:"app,omitempty"`
	Assignments []assignment.Assignment `json:"assignments"`
}

// Do reads user and application side by side.
func (s Show) Do(ctx context.Context) (Details, error) {
	var user directory.User
	var app applications.App
	err := parallel.Do(ctx,
		func(ctx context.Context) (err error) { user, err = FindUser(ctx, s.Graph, s.User); return err },
		func(ctx context.Context) (err error) {
			if s.App != "" {
				app, err = applications.Find(ctx, s.Graph, s.App)
			}
			return err
		},
	)
	details := Details{User: describeUser(user), Assignments: []assignment.Assignment{}}
	if err != nil || s.App == "" {
		return details, err
	}
	assignedTo := provisioning.Describe(app)
	details.App = &assignedTo
	rows, err := applications.UserAssignments(ctx, s.Graph, user.ID, app.ServicePrincipalID)
	details.Assignments = assignment.DescribeAssignments(app, rows)
	return details, err
}

// A DeletedUserError says that a user is among the deleted ones.
type DeletedUserError struct{ User User }

func (e *DeletedUserError) Error() string {
	return fmt.Sprintf("%s was deleted on %s, and is gone for good on %s",
		e.User.Former, e.User.Deleted.UTC().Format(directory.DateOnly), e.User.Purge.Format(directory.DateOnly))
}

// FindUser finds a user. One who is deleted is a [*DeletedUserError], as far as
// the deleted ones may be read.
func FindUser(ctx context.Context, client *graph.Client, name string) (directory.User, error) {
	user, err := directory.FindUser(ctx, client, name)
	if name == "" || !graph.IsNotFound(err) {
		return user, err
	}
	return DeletedInstead(ctx, client, name, err)
}

// DeletedInstead looks among the deleted for a user who was not found, which is
// the error otherwise.
func DeletedInstead(ctx context.Context, client *graph.Client, name string, notFound error) (directory.User, error) {
	deleted, look := directory.FindDeletedUser(ctx, client, name)
	if look != nil {
		return directory.User{}, notFound
	}
	return directory.User{}, &DeletedUserError{User: describeUser(deleted)}
}
