package graph

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

const deletedUsers = "/directory/deletedItems/microsoft.graph.user"

// FindDeletedUser finds a deleted user by object id, mail address, or the user
// principal name that the user had: the directory puts the id in front of it.
// All deleted users are read for that, because the directory compares ends of
// names only with some delay. See
// https://learn.microsoft.com/graph/api/directory-deleteditems-list.
func (c *Client) FindDeletedUser(ctx context.Context, nameOrID string) (User, error) {
	all, err := c.ListDeletedUsers(ctx)
	if err != nil {
		return User{}, err
	}
	found := slices.DeleteFunc(all, func(u User) bool { return !u.wasNamed(nameOrID) })
	return one(ctx, c, "deleted user", nameOrID, found, User.deletedMatch, "")
}

// ListDeletedUsers lists the users who can be restored, with the basic
// properties and DeletedDateTime.
func (c *Client) ListDeletedUsers(ctx context.Context) ([]User, error) {
	return list[User](ctx, c, OpReadDeletedUsers, with(deletedUsers,
		"$select", basicProperties+",deletedDateTime", "$top", largestPage))
}

func (u User) wasNamed(nameOrID string) bool {
	if nameOrID == "" {
		return false
	}
	return strings.EqualFold(u.ID, nameOrID) || strings.EqualFold(u.Mail, nameOrID) ||
		strings.EqualFold(u.UserPrincipalName, nameOrID) || strings.EqualFold(u.FormerName(), nameOrID)
}

// FormerName is the user principal name of a deleted user before the deletion;
// of any other user it is the present one.
func (u User) FormerName() string {
	prefix := strings.ReplaceAll(u.ID, "-", "")
	if len(u.UserPrincipalName) > len(prefix) && strings.EqualFold(u.UserPrincipalName[:len(prefix)], prefix) {
		return u.UserPrincipalName[len(prefix):]
	}
	return u.UserPrincipalName
}

func (u User) deletedMatch() Match {
	return Match{Name: u.FormerName(), ID: u.ID, Detail: "deleted " + u.DeletedDateTime.UTC().Format(time.RFC3339)}
}

// RestoreUser brings a deleted user back, under the old name unless that has
// been taken. When the answer is lost, the user is looked for. The answer has
// only the properties that Graph gives unasked: AccountEnabled is none of them.
func (c *Client) RestoreUser(ctx context.Context, id string) (User, error) {
	return createOnce(ctx, func() (User, error) {
		return sent[User](ctx, c, request{
			op: OpRestoreUser, method: http.MethodPost, due: true, path: at("directory", "deletedItems", id, "restore"),
		})
	}, func() (User, bool, error) {
		user, err := c.FindUser(ctx, id)
		return user, err == nil, err
	})
}
