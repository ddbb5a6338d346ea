package bulk

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/scimctl/scimctl/extattr"
	"github.com/scimctl/scimctl/extattr/bulk/tabular"
	"github.com/scimctl/scimctl/graph/bounds"
)

// A Match says what the column with the user holds.
type Match string

// How users may be named.
const (
	MatchAuto       Match = ""           // user principal name, object id, or mail
	MatchUPN        Match = "upn"        // user principal name alone
	MatchMail       Match = "mail"       // mail alone
	MatchID         Match = "id"         // object id alone
	MatchEmployeeID Match = "employeeId" // the number of an employee
)

// ParseMatch reads the name of a match, in any case.
func ParseMatch(text string) (Match, bool) {
	for _, m := range []Match{MatchUPN, MatchMail, MatchID, MatchEmployeeID} {
		if strings.EqualFold(string(m), text) {
			return m, true
		}
	}
	return MatchAuto, text == "" || strings.EqualFold(text, "auto") || strings.EqualFold(text, "userPrincipalName")
}

// A Column is an attribute that a run is about.
type Column struct {
	Name     string `json:"name"` // short
	FullName string `json:"fullName"`

	ext extattr.Extension
	at  int // in the input
}

// layout says what the columns of an input are.
type layout struct {
	user    int
	columns []Column
	passed  []string // what is looked at by nobody
	bare    bool     // only users are read
}

// userColumns are the heads under which users stand, the first that is there
// being taken.
func userColumns(m Match) []string {
	if m == MatchEmployeeID {
		return []string{"employeeid", "user"}
	}
	return []string{"user", "userprincipalname", "upn", "username", "mail", "email", "emailaddress", "id", "objectid", "userid"}
}

// plain is a head without regard to case and blanks.
func plain(head string) string { return strings.ToLower(strings.ReplaceAll(head, " ", "")) }

// A chart knows the attributes that a head may stand for.
type chart struct {
	props extattr.Properties
	base  string            // of the role
	named map[string]string // head by what it stands for: user, role, an environment, an attribute
	match Match
}

// layout finds the columns. With roles there has to be one of an attribute.
func (c chart) layout(t *tabular.Table, roles bool) (layout, error) {
	l := layout{user: -1}
	fail := func(format string, args ...any) (layout, error) {
		return l, &ColumnError{Name: t.Name, Reason: fmt.Sprintf(format, args...), Have: t.Head}
	}
	given := map[int]string{}
	var missing []string
	for _, what := range slices.Sorted(maps.Keys(c.named)) {
		head := c.named[what]
		i := slices.IndexFunc(t.Head, func(h string) bool { return plain(h) == plain(head) })
		if i < 0 {
			missing = append(missing, strconv.Quote(head))
			continue
		}
		given[i] = what
		if plain(what) == "user" {
			l.user = i
		}
	}
	if len(missing) > 0 {
		return fail("there is no column %s", bounds.Names(missing))
	}
	for _, name := range userColumns(c.match) {
		if l.user < 0 {
			l.user = slices.IndexFunc(t.Head, func(h string) bool { return plain(h) == name })
		}
	}
	if l.user < 0 {
		return fail("no column is named user, userPrincipalName, mail or id")
	}
	for i, head := range t.Head {
		if i == l.user {
			continue
		}
		what, isGiven := given[i]
		if !isGiven {
			what = head
		}
		ext, found := c.attribute(what)
		switch {
		case !found && isGiven:
			return fail("--column %s: there is no such attribute or environment", what)
		case !found && roles:
			if err := c.harmless(t, head); err != nil {
				return l, err
			}
			fallthrough
		case !found:
			if plain(head) != reasonHead {
				l.passed = append(l.passed, head)
			}
			continue
		case ext.SyncedFromOnPremises && roles:
			return fail("%s is synchronized from on premises, where alone it can be changed", ext.Name)
		case ext.MultiValued:
			return fail("%s holds several values, which a cell cannot", ext.Name)
		case slices.ContainsFunc(l.columns, func(c Column) bool { return c.FullName == ext.FullName }):
			return fail("two columns are %s", ext.Name)
		}
		l.columns = append(l.columns, Column{Name: ext.Name, FullName: ext.FullName, ext: ext, at: i})
	}
	if roles && len(l.columns) == 0 {
		return fail("no column is named role, or as an environment or an attribute of %s", c.props.App.Name)
	}
	return l, nil
}

// attribute is what a head stands for: role, an environment, or an attribute by
// its short or full name.
func (c chart) attribute(head string) (extattr.Extension, bool) {
	name := strings.TrimSpace(head)
	if strings.EqualFold(name, "role") {
		name = extattr.DefaultEnvironment
	}
	for _, e := range c.props.List {
		if strings.EqualFold(e.Name, name) || strings.EqualFold(e.FullName, name) {
			return e, true
		}
	}
	if name == "" || strings.ContainsAny(name, " \t") {
		return extattr.Extension{}, false
	}
	e, err := c.props.Role(c.base, strings.ToLower(name))
	return e, err == nil
}
