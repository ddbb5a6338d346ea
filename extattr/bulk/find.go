package bulk

import (
	"context"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/graph"
	"github.com/scimctl/scimctl/graph/directory"
)

// finder looks up the users of a sheet and reads what they have.
type finder struct {
	client *graph.Client
	sheet  *sheet
	match  Match

	rows  map[string]int // the first row of a key
	seen  func(int)      // is told how many users were found; may be nil
	found int
}

// find gives every row that can be carried out its user. It asks in the way
// that takes fewer requests: for those who are named, or for everybody.
func (f *finder) find(ctx context.Context) error {
	f.index()
	keys := f.open(func(string) bool { return true })
	if len(keys) == 0 {
		return nil
	}
	all, err := f.everybody(ctx, len(keys))
	if err == nil && all {
		err = f.scan(ctx)
	} else if err == nil {
		err = f.ask(ctx)
	}
	if err != nil {
		return err
	}
	f.settle()
	f.apart()
	for i := range f.sheet.rows {
		if f.sheet.rows[i].state == isOpen {
			f.sheet.compare(i)
		}
	}
	return nil
}

// index finds the rows of the same name. The first of them is looked up for all.
func (f *finder) index() {
	f.rows = make(map[string]int, len(f.sheet.rows))
	for i := range f.sheet.rows {
		r := &f.sheet.rows[i]
		if r.state != isOpen {
			continue
		}
		key := strings.ToLower(r.key)
		if _, twice := f.rows[key]; twice {
			r.state = isRepeated
		} else {
			f.rows[key] = i
		}
	}
}

// open are the keys of rows without a user, in the order of the input.
func (f *finder) open(fit func(string) bool) []string {
	var keys []string
	for i := range f.sheet.rows {
		r := &f.sheet.rows[i]
		if r.state == isOpen && r.rank != byName && fit(r.key) {
			keys = append(keys, r.key)
		}
	}
	return keys
}

// everybody decides whether to read all users. How many there are is asked for
// only when it may be the cheaper way.
func (f *finder) everybody(ctx context.Context, keys int) (bool, error) {
	if f.match == MatchEmployeeID {
		return true, nil // not everywhere can a filter ask for it
	}
	named := directory.RequestsFor(keys)
	if named <= 3 {
		return false, nil
	}
	users, err := directory.CountUsers(ctx, f.client)
	if err != nil {
		return false, err
	}
	return directory.PagesOf(users) < named, nil
}

func (f *finder) attributes(more ...string) []string {
	for _, c := range f.sheet.columns {
		more = append(more, c.FullName)
	}
	return more
}

func (f *finder) scan(ctx context.Context) error {
	names := f.attributes()
	if f.match == MatchEmployeeID {
		names = f.attributes("employeeId")
	}
	return directory.EachUser(ctx, f.client, func(users []directory.User) error {
		for _, u := range users {
			f.offer(u)
		}
		return nil
	}, names...)
}

// ask asks for ids and names, and where nobody has one for mail addresses.
func (f *finder) ask(ctx context.Context) error {
	type question struct {
		match    Match
		property string
		fit      func(string) bool
	}
	for _, q := range []question{
		{MatchID, "id", isID}, {MatchUPN, "userPrincipalName", isAddress}, {MatchMail, "mail", isAddress},
	} {
		if f.match != MatchAuto && f.match != q.match {
			continue
		}
		keys := f.open(q.fit)
		err := directory.UsersBy(ctx, f.client, q.property, keys, func(users []directory.User) error {
			for _, u := range users {
				f.offer(u)
			}
			return nil
		}, f.attributes()...)
		if err != nil {
			return err
		}
	}
	return nil
}

// offer takes a user for the rows that name them.
func (f *finder) offer(u directory.User) {
	auto := f.match == MatchAuto
	if auto || f.match == MatchID {
		f.try(u, u.ID, byName)
	}
	if auto || f.match == MatchUPN {
		f.try(u, u.UserPrincipalName, byName)
	}
	if auto || f.match == MatchMail {
		f.try(u, u.Mail, byMail)
	}
	if number, ok := u.Values["employeeId"].(string); ok && f.match == MatchEmployeeID {
		f.try(u, number, byMail)
	}
}

func (f *finder) try(u directory.User, key string, by rank) {
	i, asked := f.rows[strings.ToLower(key)]
	if !asked || key == "" {
		return
	}
	r := &f.sheet.rows[i]
	switch {
	case r.state != isOpen || r.id == u.ID && r.rank >= by:
		return
	case by == byMail && r.rank == byName:
		return
	case by == byMail && r.rank != byNothing:
		r.rank = bySeveral
		return
	case r.rank == byNothing:
		if f.found++; f.seen != nil {
			f.seen(f.found)
		}
	}
	r.id, r.name, r.rank = u.ID, u.UserPrincipalName, by
	f.sheet.keep(i, u.Values)
}

// settle names the rows without a user, or with several.
func (f *finder) settle() {
	for i := range f.sheet.rows {
		r := &f.sheet.rows[i]
		switch {
		case r.state != isOpen:
		case r.rank == bySeveral:
			f.sheet.fail(i, "several users have this %s", f.what())
		case r.rank == byNothing && f.match == MatchAuto && !isAddress(r.key) && !isID(r.key):
			f.sheet.fail(i, "is no user principal name, id or mail address; display names are not looked up")
		case r.rank == byNothing:
			f.sheet.fail(i, "no user has this %s", f.what())
		}
	}
}

func (f *finder) what() string {
	return map[Match]string{
		MatchUPN: "user principal name", MatchMail: "mail address", MatchID: "object id", MatchEmployeeID: "employeeId",
	}[f.match] + map[Match]string{MatchAuto: "name, id or mail address"}[f.match]
}

const twiceReason = "the user is there twice, with different values (also in line "

// apart finds the rows of one user, under one name or several. Those that say
// the same are one; where they contradict each other, all of them fail.
func (f *finder) apart() {
	firsts := make(map[string]int, len(f.sheet.rows)) // by id
	against := map[int]int32{}                        // the line that contradicts a first row
	for i := range f.sheet.rows {
		r := &f.sheet.rows[i]
		if r.state != isOpen && r.state != isRepeated {
			continue
		}
		named := f.sheet.rows[f.rows[strings.ToLower(r.key)]]
		if r.id, r.name = named.id, named.name; named.state == isProblem {
			f.sheet.fail(i, "%s", f.sheet.words[named.reason])
			continue
		}
		first, twice := firsts[r.id]
		switch {
		case !twice:
			firsts[r.id] = i
		case slices.Equal(f.sheet.wants(first), f.sheet.wants(i)):
			r.state = isRepeated
		default:
			f.sheet.fail(i, "%s%d)", twiceReason, f.sheet.rows[first].line)
			if _, told := against[first]; !told {
				against[first] = r.line
			}
		}
	}
	f.contradicted(firsts, against)
}

// contradicted fails the rows that another one contradicts.
func (f *finder) contradicted(firsts map[string]int, against map[int]int32) {
	if len(against) == 0 {
		return
	}
	for i := range f.sheet.rows {
		r := &f.sheet.rows[i]
		if r.state != isOpen && r.state != isRepeated {
			continue
		}
		if line, found := against[firsts[r.id]]; found {
			f.sheet.fail(i, "%s%d)", twiceReason, line)
		}
	}
}

func isAddress(key string) bool { return strings.Contains(key, "@") }

// isID reports whether a key has the form of an object id.
func isID(key string) bool {
	return len(key) == 36 && strings.Count(key, "-") == 4 && strings.Trim(key, "0123456789abcdefABCDEF-") == ""
}
