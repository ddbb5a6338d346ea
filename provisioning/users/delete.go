// Package users finds, deletes and restores users.
package users

import (
	"context"
	"fmt"
	"slices"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/provisioning"
	"github.com/scimctl/scimctl/provisioning/assignment"
)

// Delete deletes a user softly: for 30 days [Restore] brings them
// back. At the next cycle their account in the application is disabled; when
// the 30 days are over, it is deleted there too
// (https://learn.microsoft.com/entra/identity/app-provisioning/how-provisioning-works).
type Delete struct {
	Graph   *graph.Client
	User    string // user principal name, mail or id
	Confirm provisioning.Confirm
}

// Change is a user after they were deleted or restored.
type Change struct {
	User
	Already bool `json:"already"` // they were deleted, or there, before
	// Apps are the names of the applications that they are assigned to, by
	// themselves or by a group. It is empty when they were not asked for, or may
	// not be read.
	Apps []string `json:"apps"`
}

// Do deletes the user. One who is among the deleted ones is left there. The
// applications are looked up for the question, so that they are not without
// Confirm and in a dry run.
func (d Delete) Do(ctx context.Context) (Change, error) {
	user, err := directory.FindUser(ctx, d.Graph, d.User)
	if graph.IsNotFound(err) {
		deleted, deletedErr := directory.FindDeletedUser(ctx, d.Graph, d.User)
		if graph.IsNotFound(deletedErr) {
			return Change{Apps: []string{}}, err
		}
		return Change{User: describeUser(deleted), Already: true, Apps: []string{}}, deletedErr
	}
	if err != nil {
		return Change{Apps: []string{}}, err
	}
	done := Change{User: describeUser(user), Apps: []string{}}
	err = provisioning.Ask(ctx, d.Graph, d.Confirm, func() (provisioning.Risk, error) {
		done.Apps = applicationsOf(ctx, d.Graph, user)
		return provisioning.Risk{What: done.risk(), People: 1}, nil
	})
	if err != nil {
		return done, err
	}
	err = directory.DeleteUser(ctx, d.Graph, user.ID)
	if graph.IsNotFound(err) { // somebody else was faster, or the answer to a first try was lost
		done.Already, err = true, nil
	}
	if err == nil {
		err = d.Graph.WaitVisible(ctx, user.UserPrincipalName+" is deleted", func(ctx context.Context) (bool, error) {
			_, err := directory.FindUser(ctx, d.Graph, user.ID)
			if graph.IsNotFound(err) {
				return true, nil
			}
			return false, err
		})
	}
	return done, err
}

// risk is what the applications are sent. Which of them provisioning runs for
// is not looked up.
func (u Change) risk() string {
	apps := "applications that they are provisioned to"
	if len(u.Apps) > 0 {
		apps = "applications that they are assigned to (" + bounds.FirstNames(u.Apps, assignment.MostNamed) + ")"
	}
	return fmt.Sprintf("delete %s from the tenant: for 30 days they can be restored; %s disable their account at the next cycle, and delete it when the 30 days are over",
		u.UserPrincipalName, apps)
}

// applicationsOf are the names of the applications that a user is assigned to.
// They are help: who may not read them deletes without.
func applicationsOf(ctx context.Context, client *graph.Client, user directory.User) []string {
	rows, err := applications.UserApplications(ctx, client, user.ID)
	names := []string{}
	if err != nil {
		return names
	}
	for _, row := range rows {
		names = append(names, row.ResourceDisplayName)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Restore brings a user back who was deleted in the last 30 days.
type Restore struct {
	Graph *graph.Client
	User  string // id, mail, or user principal name from before the deletion
}

// Do restores the user. One who is there is left alone.
func (r Restore) Do(ctx context.Context) (Change, error) {
	deleted, err := directory.FindDeletedUser(ctx, r.Graph, r.User)
	if graph.IsNotFound(err) {
		user, foundErr := directory.FindUser(ctx, r.Graph, r.User)
		if graph.IsNotFound(foundErr) {
			return Change{Apps: []string{}}, err
		}
		return Change{User: describeUser(user), Already: true, Apps: []string{}}, foundErr
	}
	if err != nil {
		return Change{Apps: []string{}}, err
	}
	restored, err := directory.RestoreUser(ctx, r.Graph, deleted.ID)
	if err != nil || r.Graph.DryRun() {
		return Change{User: describeUser(deleted), Apps: []string{}}, err
	}
	err = r.Graph.WaitVisible(ctx, deleted.FormerName()+" is restored", func(ctx context.Context) (bool, error) {
		now, err := directory.FindUser(ctx, r.Graph, deleted.ID)
		if err == nil {
			restored = now
		}
		if graph.IsNotFound(err) {
			return false, nil
		}
		return err == nil, err
	})
	return Change{User: describeUser(restored), Apps: []string{}}, err
}
