package sandbox

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// A register finds people without looking at all of them. It is made when it
// is asked for, and forgotten when somebody comes, goes or gets another name.
type register struct {
	users []*user // who are not deleted
	byKey map[string][]entry
}

type entry struct {
	user  *user
	place int // among users
}

// register of the people who are there.
func (s *state) register() *register {
	if s.found != nil {
		return s.found
	}
	d := &register{byKey: make(map[string][]entry, 3*len(s.Users))}
	for _, u := range s.Users {
		if !u.Deleted.IsZero() {
			continue
		}
		e := entry{u, len(d.users)}
		d.users = append(d.users, u)
		d.note("id", u.ID, e)
		d.note("userPrincipalName", u.upn(), e)
		d.note("mail", u.text("mail"), e)
	}
	s.found = d
	return d
}

func (d *register) note(property, value string, e entry) {
	if value != "" {
		key := keyOf(property, value)
		d.byKey[key] = append(d.byKey[key], e)
	}
}

func keyOf(property, value string) string { return property + "=" + strings.ToLower(value) }

// moved forgets the register.
func (s *state) moved() { s.found = nil }

// named finds the first who has a value, nil when nobody does.
func (d *register) named(property, value string) *user {
	if list := d.byKey[keyOf(property, value)]; len(list) > 0 {
		return list[0].user
	}
	return nil
}

// candidates are those who may pass a filter, in the order of the list: few of
// them when it asks for nothing but certain ids and names.
func (d *register) candidates(query url.Values) []*user {
	if !query.Has("$filter") {
		return d.users
	}
	f, err := odata.Parse(query.Get("$filter"))
	if err != nil {
		return d.users // which the filter itself complains of
	}
	var some []entry
	for _, use := range f.Uses() {
		if use.Negated || use.Op != "eq" && use.Op != "in" || !use.Literal.Quoted || !slices.Contains([]string{"id", "userPrincipalName", "mail"}, use.Path) {
			return d.users
		}
		some = append(some, d.byKey[keyOf(use.Path, use.Literal.Text)]...)
	}
	slices.SortStableFunc(some, func(a, b entry) int { return cmp.Compare(a.place, b.place) })
	some = slices.CompactFunc(some, func(a, b entry) bool { return a.place == b.place })
	users := make([]*user, len(some))
	for i, e := range some {
		users[i] = e.user
	}
	return users
}

// plainly reports whether a list is asked for in its own order and whole, so
// that only what is on the page has to be looked at.
func plainly(query url.Values) bool {
	return !query.Has("$filter") && !query.Has("$search") && !query.Has("$orderby")
}

// A crowd is made for [WithPeople].
func (s *state) crowd(n int) {
	if n <= 0 {
		return
	}
	created := s.Users[0].Created
	everyone := &group{
		ID: odata.IDOf("group/" + crowdName), Created: created, DisplayName: crowdName, MailNickname: "thousands", SecurityEnabled: true,
	}
	for i := range n {
		nickname := fmt.Sprintf("person%06d", i+1)
		u := &user{ID: userID(nickname), Created: created, Properties: map[string]any{
			"accountEnabled": true, "displayName": fmt.Sprintf("Person %d", i+1), "userPrincipalName": nickname + "@" + domain,
			"mail": nickname + "@" + domain, "mailNickname": nickname, "userType": "Member", "employeeId": fmt.Sprint(100000 + i + 1),
		}}
		s.Users = append(s.Users, u)
		everyone.Members = append(everyone.Members, u.ID)
	}
	s.Groups = append(s.Groups, everyone)
	s.moved()
}

// crowdName is the group of those whom [WithPeople] adds.
const crowdName = "Thousands"
