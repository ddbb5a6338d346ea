package provisioning

import (
	"context"
	"fmt"

	"github.com/scimctl/scimctl/graph"
)

// DeleteUser deletes a user softly: for 30 days [RestoreUser] brings them
// back. At the next cycle their account in the application is disabled; when
// the 30 days are over, it is deleted there too
// (https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works).
type DeleteUser struct {
	Graph   *graph.Client
	User    string // user principal name, mail or id
	Confirm Confirm
}

// UserChange is a user after they were deleted or restored.
type UserChange struct {
	User
	Already bool `json:"already"` // they were deleted, or there, before
}

// Do deletes the user. One who is among the deleted ones is left there.
func (d DeleteUser) Do(ctx context.Context) (UserChange, error) {
	user, err := d.Graph.FindUser(ctx, d.User)
	if graph.IsNotFound(err) {
		deleted, deletedErr := d.Graph.FindDeletedUser(ctx, d.User)
		if graph.IsNotFound(deletedErr) {
			return UserChange{}, err
		}
		return UserChange{User: describeUser(deleted), Already: true}, deletedErr
	}
	if err != nil {
		return UserChange{}, err
	}
	done := UserChange{User: describeUser(user)}
	err = ask(ctx, d.Graph, d.Confirm, known(Risk{
		What:   fmt.Sprintf("delete %s from the tenant: for 30 days they can be restored; applications that they are provisioned to disable their account", user.UserPrincipalName),
		People: 1,
	}))
	if err != nil {
		return done, err
	}
	err = d.Graph.DeleteUser(ctx, user.ID)
	if graph.IsNotFound(err) { // somebody else was faster, or the answer to a first try was lost
		done.Already, err = true, nil
	}
	return done, err
}

// RestoreUser brings a user back who was deleted in the last 30 days.
type RestoreUser struct {
	Graph *graph.Client
	User  string // id, mail, or user principal name from before the deletion
}

// Do restores the user. One who is there is left alone.
func (r RestoreUser) Do(ctx context.Context) (UserChange, error) {
	deleted, err := r.Graph.FindDeletedUser(ctx, r.User)
	if graph.IsNotFound(err) {
		user, foundErr := r.Graph.FindUser(ctx, r.User)
		if graph.IsNotFound(foundErr) {
			return UserChange{}, err
		}
		return UserChange{User: describeUser(user), Already: true}, foundErr
	}
	if err != nil {
		return UserChange{}, err
	}
	restored, err := r.Graph.RestoreUser(ctx, deleted.ID)
	if err != nil || r.Graph.DryRun() {
		return UserChange{User: describeUser(deleted)}, err
	}
	return UserChange{User: describeUser(restored)}, nil
}
