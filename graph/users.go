package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
	u.Values, err = rest(data, strings.Replace(basicProperties, ",onPremisesSyncEnabled", ",deletedDateTime", 1))
	return err
}

// rest are the members of an object that are set and are none of the fields.
func rest(data []byte, fields string) (map[string]any, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, err
	}
	values := map[string]any{}
	for name, text := range all {
		if strings.Contains(name, "@odata.") || slices.Contains(strings.Split(fields, ","), name) {
			continue
		}
		value, err := unrounded(text)
		if err != nil {
			return nil, err
		}
		if value != nil {
			values[name] = value
		}
	}
	return values, nil
}

// unrounded reads JSON with all digits of its numbers.
func unrounded(text []byte) (value any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&value)
	return value, err
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
// id that exists. Nothing is a [*NotFoundError]; a mail address that several
// have is an [*AmbiguousError].
func (c *Client) FindUser(ctx context.Context, nameOrID string, selects ...string) (User, error) {
	if nameOrID == "" {
		return User{}, &NotFoundError{Kind: "user", Name: nameOrID}
	}
	chosen := selection(selects)
	user, err := get[User](ctx, c, OpReadUsers, with(userAt(nameOrID), "$select", chosen))
	if !IsNotFound(err) {
		return user, err
	}
	var found []User
	if strings.Contains(nameOrID, "@") {
		if found, err = list[User](ctx, c, OpReadUsers, userByMail(nameOrID, chosen)); err != nil {
			return User{}, err
		}
	}
	among := ""
	if strings.Contains(nameOrID, "@") {
		among = "users"
	}
	return one(ctx, c, "user", nameOrID, found, User.match, among)
}

func userByMail(mail, chosen string) string {
	return with("/users", "$filter", "mail eq "+literal(mail), "$select", chosen)
}

// FindUsers does for several names what [Client.FindUser] does for one, twenty
// in one request. Each has an error of its own, nil when the user was found.
func (c *Client) FindUsers(ctx context.Context, namesOrIDs []string, selects ...string) (users []User, errs []error) {
	if len(namesOrIDs) == 1 || slices.Contains(namesOrIDs, "") {
		users, errs = make([]User, len(namesOrIDs)), make([]error, len(namesOrIDs))
		for i, name := range namesOrIDs {
			users[i], errs[i] = c.FindUser(ctx, name, selects...)
		}
		return users, errs
	}
	chosen := selection(selects)
	paths := make([]string, len(namesOrIDs))
	for i, name := range namesOrIDs {
		paths[i] = with(userAt(name), "$select", chosen)
	}
	users, errs = readEach[User](ctx, c, OpReadUsers, paths, nil)
	c.findByMail(ctx, namesOrIDs, chosen, users, errs)
	return users, errs
}

// findByMail looks for those who have no such user principal name or id.
func (c *Client) findByMail(ctx context.Context, names []string, chosen string, users []User, errs []error) {
	var missing []int
	var paths []string
	for i, name := range names {
		switch {
		case !IsNotFound(errs[i]):
		case strings.Contains(name, "@"):
			missing, paths = append(missing, i), append(paths, userByMail(name, chosen))
		default:
			users[i], errs[i] = one(ctx, c, "user", name, nil, User.match, "")
		}
	}
	found, failed := listEach[User](ctx, c, OpReadUsers, paths)
	for n, i := range missing {
		if errs[i] = failed[n]; errs[i] == nil {
			users[i], errs[i] = one(ctx, c, "user", names[i], found[n], User.match, "")
		}
	}
}

func (u User) match() Match { return Match{Name: u.Mail, ID: u.ID, Detail: u.UserPrincipalName} }

// A UserQuery narrows a list of users.
type UserQuery struct {
	Search string   // displayName, userPrincipalName or mail begin with it
	Select []string // properties beside the basic ones
	Top    int      // at most so many; 0: all
}

// ListUsers lists users of the tenant.
func (c *Client) ListUsers(ctx context.Context, l UserQuery) ([]User, error) {
	filter := ""
	if l.Search != "" {
		parts := []string{}
		for _, property := range []string{"displayName", "userPrincipalName", "mail"} {
			parts = append(parts, "startswith("+property+","+literal(l.Search)+")")
		}
		filter = strings.Join(parts, " or ")
	}
	top := largestPage
	if l.Top > 0 {
		top = strconv.Itoa(min(l.Top, 999))
	}
	return pages[User](ctx, c, request{op: OpReadUsers, method: http.MethodGet, due: true, path: with("/users",
		"$filter", filter, "$select", selection(l.Select), "$top", top)}, l.Top)
}

// UpdateUser writes properties of a user; nil clears one. An extension
// property that cannot be written yet fails the whole write, with an error for
// [IsNotAvailable].
func (c *Client) UpdateUser(ctx context.Context, id string, values map[string]any) error {
	return c.send(ctx, OpUpdateUser, http.MethodPatch, userAt(id), values)
}

// DeleteUser deletes a user, who can be restored for 30 days.
func (c *Client) DeleteUser(ctx context.Context, id string) error {
	return c.send(ctx, OpDeleteUser, http.MethodDelete, userAt(id), nil)
}
