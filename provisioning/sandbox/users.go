package sandbox

import (
	"bytes"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

// listDeleted answers the recycle bin of users. The type in the path is not optional.
func listDeleted(c *odata.Call, s *state) *odata.Answer {
	var items []odata.Object
	for _, u := range s.Users {
		if !u.Deleted.IsZero() {
			items = append(items, s.view(u))
		}
	}
	r := userResource()
	r.Defaults = append(r.Defaults, "deletedDateTime")
	if strings.HasPrefix(c.Query.Get("$orderby"), "deletedDateTime") && !c.Advanced() {
		return odata.UnsupportedQuery("Sorting not supported for current query.")
	}
	r.Orders = append(r.Orders, "deletedDateTime")
	return r.List(c, "users", items)
}

func withDeleted(f func(*odata.Call, *state, *user) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		u := s.person(c.Param("id"))
		if u == nil || u.Deleted.IsZero() {
			return odata.NotFound(c.Param("id"))
		}
		return f(c, s, u)
	}
}

func getDeleted(c *odata.Call, s *state, u *user) *odata.Answer {
	r := userResource()
	r.Defaults = append(r.Defaults, "deletedDateTime")
	return typed(r.One(c, "directoryObjects", s.view(u)), "#microsoft.graph.user")
}

// typed names the type of an entity in a collection of several.
func typed(a *odata.Answer, kind string) *odata.Answer {
	if o, isObject := a.Body.(odata.Object); isObject {
		o["@odata.type"] = kind
	}
	return a
}

// restore takes a user out of the recycle bin, under the old name unless that
// is taken or another is given.
// https://learn.microsoft.com/graph/api/directory-deleteditems-restore
func restore(c *odata.Call, s *state, u *user) *odata.Answer {
	var body struct {
		Reconcile bool    `json:"autoReconcileProxyConflict"`
		Name      *string `json:"newUserPrincipalName"`
	}
	if len(bytes.TrimSpace(c.Body)) > 0 {
		if a := c.Decode(&body); a != nil {
			return a
		}
	}
	name := u.DeletedUPN
	if body.Name != nil && *body.Name != "" {
		name = *body.Name
	}
	if s.user(name) != nil {
		a := odata.Fail(http.StatusConflict, "Request_MultipleObjectsWithSameKeyValue", "A conflicting object with one or more of the specified property values is present in the directory.")
		a.Fault.Details = []odata.Object{{"code": "ConflictingObjects", "message": "Another object with the same value for property userPrincipalName already exists.", "target": "userPrincipalName"}}
		return a
	}
	u.Deleted, u.DeletedUPN = time.Time{}, ""
	s.moved()
	u.Properties["userPrincipalName"] = name
	return typed(userResource().One(&odata.Call{Base: c.Base}, "directoryObjects", s.view(u)), "#microsoft.graph.user")
}

// purge deletes a user for good, with all that pointed there. The provisioning
// service learns of it in its next cycle.
func purge(_ *odata.Call, s *state, u *user) *odata.Answer {
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
	return odata.NoContent()
}

// userResource says what may be asked of users.
// https://learn.microsoft.com/graph/api/resources/user
func userResource() odata.Resource {
	id := []string{"eq", "in"}
	name := []string{"eq", "in", "startswith"}
	return odata.Resource{
		Kind: "microsoft.graph.user", Label: "User", Properties: userProperties(),
		Defaults: strings.Fields("businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName manager"),
		Filters: map[string][]string{
			"id": id, "department": id, "jobTitle": id, "accountEnabled": id, "userType": id,
			"displayName": name, "userPrincipalName": append([]string{"le", "ge"}, name...), "mail": append([]string{"le", "ge"}, name...),
			"givenName": name, "surname": name, "mailNickname": name, "proxyAddresses": {"any"}, "otherMails": {"any"},
		},
		Orders: []string{"displayName", "userPrincipalName", "createdDateTime"}, Searches: []string{"displayName", "mail", "userPrincipalName", "givenName", "surname"},
	}
}

// view is a user with all properties; those of directory extensions show
// themselves only when selected.
func (s *state) view(u *user) odata.Object {
	out := odata.Object{
		"id": u.ID, "createdDateTime": odata.Instant(u.Created), "deletedDateTime": nil, "businessPhones": []string{},
		"otherMails": []string{}, "proxyAddresses": []string{}, "onPremisesSyncEnabled": nil,
	}
	for _, name := range userProperties() {
		if _, there := out[name]; !there {
			out[name] = nil
		}
	}
	delete(out, "manager")
	maps.Copy(out, u.Properties)
	if !u.Deleted.IsZero() {
		out["deletedDateTime"] = odata.Instant(u.Deleted)
	}
	for name, value := range u.Values {
		if s.extensionNamed(name) != nil {
			out[name] = value
		}
	}
	return out
}

func listUsers(c *odata.Call, s *state) *odata.Answer {
	people := s.register().candidates(c.Query)
	items := make([]odata.Object, len(people))
	from, to := 0, len(items)
	if plainly(c.Query) {
		from, to = odata.PageOf(c, len(items))
	}
	for i := from; i < to; i++ {
		items[i] = s.expanded(c, people[i])
	}
	return userResource().List(c, "users", items)
}

// expanded is a user with the manager when $expand asks for it.
func (s *state) expanded(c *odata.Call, u *user) odata.Object {
	out := s.view(u)
	name, rest, _ := strings.Cut(c.Query.Get("$expand"), "(")
	if name != "manager" {
		return out
	}
	m := s.user(u.Manager)
	if m == nil {
		return out
	}
	var selected []string
	if _, list, ok := strings.Cut(rest, "$select="); ok {
		selected = strings.Split(strings.TrimRight(list, ")"), ",")
	}
	manager := userResource().Project(s.view(m), selected)
	manager["@odata.type"] = "#microsoft.graph.user"
	out["+manager"] = manager
	return out
}

// countUsers answers users/$count, which needs the header of advanced queries.
func countUsers(c *odata.Call, s *state) *odata.Answer {
	if !c.Eventual() {
		return odata.BadRequest("$count is not currently supported.")
	}
	var items []odata.Object
	for _, u := range s.Users {
		if u.Deleted.IsZero() {
			items = append(items, s.view(u))
		}
	}
	items, a := userResource().Filter(c, items)
	if a != nil {
		return a
	}
	return &odata.Answer{Status: http.StatusOK, Body: len(items)}
}

// withUser answers for the user that the path names.
func withUser(f func(*odata.Call, *state, *user) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		u := s.user(c.Param("user"))
		if u == nil {
			return odata.NotFound(c.Param("user"))
		}
		return f(c, s, u)
	}
}

func getUser(c *odata.Call, s *state, u *user) *odata.Answer {
	if name, _, _ := strings.Cut(c.Query.Get("$expand"), "("); name != "" && name != "manager" {
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named '"+name+"' on type 'microsoft.graph.user'.")
	}
	return userResource().One(c, "users", s.expanded(c, u))
}

func getManager(c *odata.Call, s *state, u *user) *odata.Answer {
	m := s.user(u.Manager)
	if m == nil {
		return odata.Fail(http.StatusNotFound, "Request_ResourceNotFound", "Resource 'manager' does not exist or one of its queried reference-property objects are not present.")
	}
	out := userResource().One(c, "directoryObjects", s.view(m))
	if o, isObject := out.Body.(odata.Object); isObject {
		o["@odata.type"] = "#microsoft.graph.user"
	}
	return out
}

// memberOf lists the groups of which a user is a direct member.
func memberOf(c *odata.Call, s *state, u *user) *odata.Answer {
	var items []odata.Object
	for _, g := range s.Groups {
		if slices.Contains(g.Members, u.ID) {
			item := s.groupView(g)
			item["@odata.type"] = "#microsoft.graph.group"
			items = append(items, item)
		}
	}
	return groupResource().List(c, "directoryObjects", items)
}

// transitiveMemberOf also lists the groups that a user is in through others.
// https://learn.microsoft.com/graph/api/user-list-transitivememberof
func transitiveMemberOf(c *odata.Call, s *state, u *user) *odata.Answer {
	var items []odata.Object
	for _, g := range s.Groups {
		if slices.Contains(transitive(s, g), u.ID) {
			item := s.groupView(g)
			item["@odata.type"] = "#microsoft.graph.group"
			items = append(items, item)
		}
	}
	return groupResource().List(c, "directoryObjects", items)
}

// deleteUser moves a user to the recycle bin, where the name is put behind
// the id so that it can be given away.
func deleteUser(c *odata.Call, s *state, u *user) *odata.Answer {
	s.moved()
	u.Deleted = c.Now
	u.DeletedUPN = u.upn()
	u.Properties["userPrincipalName"] = strings.ReplaceAll(u.ID, "-", "") + u.DeletedUPN
	u.Before = nil
	return odata.NoContent()
}

// userProperties are the properties of a user that the tenant knows.
func userProperties() []string {
	return strings.Fields(`accountEnabled ageGroup businessPhones city companyName consentProvidedForMinor country createdDateTime creationType
		deletedDateTime department displayName employeeHireDate employeeId employeeOrgData employeeType externalUserState faxNumber givenName id jobTitle
		lastPasswordChangeDateTime mail mailNickname manager mobilePhone officeLocation onPremisesDistinguishedName onPremisesDomainName
		onPremisesExtensionAttributes onPremisesImmutableId onPremisesLastSyncDateTime onPremisesSamAccountName onPremisesSecurityIdentifier
		onPremisesSyncEnabled onPremisesUserPrincipalName otherMails postalCode preferredLanguage proxyAddresses state streetAddress surname
		usageLocation userPrincipalName userType`)
}
