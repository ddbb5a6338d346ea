package sandbox

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"
)

// listDeleted answers the recycle bin of users. The type in the path is not optional.
func listDeleted(c *call, s *state) *answer {
	var items []object
	for _, u := range s.Users {
		if !u.Deleted.IsZero() {
			items = append(items, s.view(u))
		}
	}
	r := userResource()
	r.defaults = append(r.defaults, "deletedDateTime")
	if strings.HasPrefix(c.query.Get("$orderby"), "deletedDateTime") && !c.advanced() {
		return unsupportedQuery("Sorting not supported for current query.")
	}
	r.orders = append(r.orders, "deletedDateTime")
	return r.list(c, s, "users", items)
}

func withDeleted(f func(*call, *state, *user) *answer) func(*call, *state) *answer {
	return func(c *call, s *state) *answer {
		u := s.person(c.param("id"))
		if u == nil || u.Deleted.IsZero() {
			return notFound(c.param("id"))
		}
		return f(c, s, u)
	}
}

func getDeleted(c *call, s *state, u *user) *answer {
	r := userResource()
	r.defaults = append(r.defaults, "deletedDateTime")
	return typed(r.one(c, "directoryObjects", s.view(u)), "#microsoft.graph.user")
}

// typed names the type of an entity in a collection of several.
func typed(a *answer, kind string) *answer {
	if o, isObject := a.body.(object); isObject {
		o["@odata.type"] = kind
	}
	return a
}

// restore takes a user out of the recycle bin, under the old name unless that
// is taken or another is given.
// https://learn.microsoft.com/graph/api/directory-deleteditems-restore
func restore(c *call, s *state, u *user) *answer {
	var body struct {
		Reconcile bool    `json:"autoReconcileProxyConflict"`
		Name      *string `json:"newUserPrincipalName"`
	}
	if len(bytes.TrimSpace(c.body)) > 0 {
		if a := c.decode(&body); a != nil {
			return a
		}
	}
	name := u.DeletedUPN
	if body.Name != nil && *body.Name != "" {
		name = *body.Name
	}
	if s.user(name) != nil {
		a := fail(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "A conflicting object with one or more of the specified property values is present in the directory.")
		a.fault.details = []object{{"code": "ConflictingObjects", "message": "Another object with the same value for property userPrincipalName already exists.", "target": "userPrincipalName"}}
		return a
	}
	u.Deleted, u.DeletedUPN = time.Time{}, ""
	s.moved()
	u.Properties["userPrincipalName"] = name
	return typed(userResource().one(&call{base: c.base}, "directoryObjects", s.view(u)), "#microsoft.graph.user")
}

// purge deletes a user for good, with all that pointed there. The provisioning
// service learns of it in its next cycle.
func purge(_ *call, s *state, u *user) *answer {
	s.moved()
	s.Users = slices.DeleteFunc(s.Users, func(other *user) bool { return other == u })
	s.Assignments = slices.DeleteFunc(s.Assignments, func(a *assignment) bool { return a.Principal == u.ID })
	for _, g := range s.Groups {
		g.Members = slices.DeleteFunc(g.Members, func(id string) bool { return id == u.ID })
	}
	for _, other := range s.Users {
		if other.Manager == u.ID {
			other.Manager = ""
		}
	}
	return noContent()
}
