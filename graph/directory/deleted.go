package directory

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

const deletedUsers = "/directory/deletedItems/microsoft.graph.user"

// FindDeletedUser finds a deleted user by object id, mail address, or the user
// principal name that the user had: the directory puts the id in front of it.
// All deleted users are read for that, because the directory compares ends of
// names only with some delay. See
// https://learn.microsoft.com/graph/api/directory-deleteditems-list.
func FindDeletedUser(ctx context.Context, c *graph.Client, nameOrID string) (User, error) {
	all, err := ListDeletedUsers(ctx, c)
	if err != nil {
		return User{}, err
	}
	found := slices.DeleteFunc(all, func(u User) bool { return !u.wasNamed(nameOrID) })
	return graph.Choose(ctx, c, "deleted user", nameOrID, found, User.deletedMatch, "")
}

// ListDeletedUsers lists the users who can be restored, with the basic
// properties and DeletedDateTime.
func ListDeletedUsers(ctx context.Context, c *graph.Client) ([]User, error) {
	return graph.List[User](ctx, c, graph.OpReadDeletedUsers, odata.Query(deletedUsers,
		"$select", basicProperties+",deletedDateTime", "$top", graph.LargestPage))
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

func (u User) deletedMatch() graph.Match {
	return graph.Match{Name: u.FormerName(), ID: u.ID, Detail: "deleted " + u.DeletedDateTime.UTC().Format(time.RFC3339)}
}

// RestoreUser brings a deleted user back, under the old name unless that has
// been taken. When the answer is lost, the user is looked for. The answer has
// only the properties that Graph gives unasked: AccountEnabled is none of them.
func RestoreUser(ctx context.Context, c *graph.Client, id string) (User, error) {
	return graph.CreateOnce(ctx, func() (User, error) {
		return graph.Sent[User](ctx, c, graph.Request{
			Op: graph.OpRestoreUser, Method: http.MethodPost, Due: true, Path: odata.Path("directory", "deletedItems", id, "restore"),
		})
	}, func() (User, bool, error) {
		user, err := FindUser(ctx, c, id)
		return user, err == nil, err
	})
}
