// Package directory reads and writes users and groups.
package directory

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/internal/odata"
)

// Missing names the member without which an answer has no content.
func (u User) Missing() string { return graph.RequireID(u.ID) }

// userAt is the path of a user by id or user principal name. A name that
// begins with $ would be taken for a part of the query language:
// https://learn.microsoft.com/graph/api/user-get.
func userAt(key string) string {
	if strings.HasPrefix(key, "$") {
		return "/users(" + url.PathEscape(odata.Literal(key)) + ")"
	}
	return odata.Path("users", key)
}

// DateOnly is how sentences write the day of something.
const DateOnly = time.DateOnly

// Purged is when a deleted user is gone for good: after 30 days.
// https://learn.microsoft.com/entra/fundamentals/users-restore
func Purged(u User) time.Time { return u.DeletedDateTime.UTC().AddDate(0, 0, 30) }

// A User is a user of the tenant, or a deleted one. See
// https://learn.microsoft.com/graph/api/resources/user.
type User struct {
	ID                    string    `json:"id"`
	DisplayName           string    `json:"displayName"`
	UserPrincipalName     string    `json:"userPrincipalName"`
	Mail                  string    `json:"mail"`
	UserType              string    `json:"userType"` // Member or Guest
	AccountEnabled        bool      `json:"accountEnabled"`
	OnPremisesSyncEnabled bool      `json:"onPremisesSyncEnabled"` // mastered on premises
	DeletedDateTime       time.Time `json:"deletedDateTime"`       // zero for a user who is not deleted
	// Values holds what else was selected and is set: strings, bools,
	// json.Number, lists; also onPremisesSyncEnabled, which may be false or not
	// set. What is null is not in it, as what the service left out is not.
	Values map[string]any `json:"-"`
}

// basicProperties are those that every user is read with.
const basicProperties = "id,displayName,userPrincipalName,mail,userType,accountEnabled,onPremisesSyncEnabled"

// UnmarshalJSON keeps what has no field in Values.
func (u *User) UnmarshalJSON(data []byte) (err error) {
	type fields User
	if err := json.Unmarshal(data, (*fields)(u)); err != nil {
		return err
	}
	u.Values, err = odata.Members(data, strings.Replace(basicProperties, ",onPremisesSyncEnabled", ",deletedDateTime", 1))
	return err
}

// selection adds properties to the basic ones. Extension properties are
// answered only when they are asked for by name.
func selection(more []string) string { return adding(basicProperties, more) }

func adding(properties string, more []string) string {
	all := strings.Split(properties, ",")
	for _, name := range more {
		if name != "" && !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return strings.Join(all, ",")
}

// FindUser finds a user by user principal name, object id or mail address, and
// reads the basic properties and those selected. It asks once for a name or
// id that exists. Nothing is a [*graph.NotFoundError]; a mail address that several
// have is an [*graph.AmbiguousError].
func FindUser(ctx context.Context, c *graph.Client, nameOrID string, selects ...string) (User, error) {
	if nameOrID == "" {
		return User{}, &graph.NotFoundError{Kind: "user", Name: nameOrID}
	}
	chosen := selection(selects)
	user, err := graph.Get[User](ctx, c, graph.OpReadUsers, odata.Query(userAt(nameOrID), "$select", chosen))
	if !graph.IsNotFound(err) {
		return user, err
	}
	var found []User
	if strings.Contains(nameOrID, "@") {
		if found, err = graph.List[User](ctx, c, graph.OpReadUsers, userByMail(nameOrID, chosen)); err != nil {
			return User{}, err
		}
	}
	among := ""
	if strings.Contains(nameOrID, "@") {
		among = "users"
	}
	return graph.Choose(ctx, c, "user", nameOrID, found, User.match, among)
}

func userByMail(mail, chosen string) string {
	return odata.Query("/users", "$filter", "mail eq "+odata.Literal(mail), "$select", chosen)
}

// FindUsers does for several names what [FindUser] does for one, twenty
// in one request. Each has an error of its own, nil when the user was found.
func FindUsers(ctx context.Context, c *graph.Client, namesOrIDs []string, selects ...string) (users []User, errs []error) {
	if len(namesOrIDs) == 1 || slices.Contains(namesOrIDs, "") {
		users, errs = make([]User, len(namesOrIDs)), make([]error, len(namesOrIDs))
		for i, name := range namesOrIDs {
			users[i], errs[i] = FindUser(ctx, c, name, selects...)
		}
		return users, errs
	}
	chosen := selection(selects)
	paths := make([]string, len(namesOrIDs))
	for i, name := range namesOrIDs {
		paths[i] = odata.Query(userAt(name), "$select", chosen)
	}
	users, errs = graph.ReadEach[User](ctx, c, graph.OpReadUsers, paths, nil)
	findByMail(ctx, c, namesOrIDs, chosen, users, errs)
	return users, errs
}

// findByMail looks for those who have no such user principal name or id.
func findByMail(ctx context.Context, c *graph.Client, names []string, chosen string, users []User, errs []error) {
	var missing []int
	var paths []string
	for i, name := range names {
		switch {
		case !graph.IsNotFound(errs[i]):
		case strings.Contains(name, "@"):
			missing, paths = append(missing, i), append(paths, userByMail(name, chosen))
		default:
			users[i], errs[i] = graph.Choose(ctx, c, "user", name, nil, User.match, "")
		}
	}
	found, failed := graph.ListEach[User](ctx, c, graph.OpReadUsers, paths)
	for n, i := range missing {
		if errs[i] = failed[n]; errs[i] == nil {
			users[i], errs[i] = graph.Choose(ctx, c, "user", names[i], found[n], User.match, "")
		}
	}
}

func (u User) match() graph.Match {
	return graph.Match{Name: u.Mail, ID: u.ID, Detail: u.UserPrincipalName}
}

// A UserQuery narrows a list of users.
type UserQuery struct {
	Search string   // displayName, userPrincipalName or mail begin with it
	Select []string // properties beside the basic ones
	Top    int      // at most so many; 0: all
}

// ListUsers lists users of the tenant.
func ListUsers(ctx context.Context, c *graph.Client, l UserQuery) ([]User, error) {
	filter := ""
	if l.Search != "" {
		parts := []string{}
		for _, property := range []string{"displayName", "userPrincipalName", "mail"} {
			parts = append(parts, "startswith("+property+","+odata.Literal(l.Search)+")")
		}
		filter = strings.Join(parts, " or ")
	}
	top := graph.LargestPage
	if l.Top > 0 {
		top = strconv.Itoa(min(l.Top, 999))
	}
	return graph.Pages[User](ctx, c, graph.Request{Op: graph.OpReadUsers, Method: http.MethodGet, Due: true, Path: odata.Query("/users",
		"$filter", filter, "$select", selection(l.Select), "$top", top)}, l.Top)
}

// UpdateUser writes properties of a user; nil clears one. An extension
// property that cannot be written yet fails the whole write, with an error for
// [graph.IsNotAvailable].
func UpdateUser(ctx context.Context, c *graph.Client, id string, values map[string]any) error {
	return c.Send(ctx, graph.OpUpdateUser, http.MethodPatch, userAt(id), values)
}

// DeleteUser deletes a user, who can be restored for 30 days.
func DeleteUser(ctx context.Context, c *graph.Client, id string) error {
	return c.Send(ctx, graph.OpDeleteUser, http.MethodDelete, userAt(id), nil)
}

// CountUsers counts the users of the tenant in one request. The count comes
// from an index that lags a little behind:
// https://learn.microsoft.com/graph/aad-advanced-queries.
func CountUsers(ctx context.Context, c *graph.Client) (int, error) {
	r := graph.Request{
		Op: graph.OpReadUsers, Method: http.MethodGet, Due: true, Header: map[string]string{"ConsistencyLevel": "eventual"},
		Path: odata.Query("/users", "$count", "true", "$top", "1", "$select", "id"),
	}
	body, err := c.Do(ctx, r)
	if err != nil {
		return 0, err
	}
	answer, err := graph.Decode[counted](r, body)
	if err != nil {
		return 0, err
	}
	return *answer.Count, nil
}
