package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// userResource says what may be asked of users.
// https://learn.microsoft.com/graph/api/resources/user
func userResource() resource {
	id := []string{"eq", "in"}
	name := []string{"eq", "in", "startswith"}
	return resource{
		kind: "microsoft.graph.user", label: "User", properties: userProperties(),
		defaults: strings.Fields("businessPhones displayName givenName id jobTitle mail mobilePhone officeLocation preferredLanguage surname userPrincipalName manager"),
		filters: map[string][]string{
			"id": id, "department": id, "jobTitle": id, "accountEnabled": id, "userType": id,
			"displayName": name, "userPrincipalName": append([]string{"le", "ge"}, name...), "mail": append([]string{"le", "ge"}, name...),
			"givenName": name, "surname": name, "mailNickname": name, "proxyAddresses": {"any"}, "otherMails": {"any"},
		},
		orders: []string{"displayName", "userPrincipalName", "createdDateTime"}, searches: []string{"displayName", "mail", "userPrincipalName", "givenName", "surname"},
	}
}

// view is a user with all properties; those of directory extensions show
// themselves only when selected.
func (s *state) view(u *user) object {
	out := object{
		"id": u.ID, "createdDateTime": instant(u.Created), "deletedDateTime": nil, "businessPhones": []string{},
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
		out["deletedDateTime"] = instant(u.Deleted)
	}
	for name, value := range u.Values {
		if s.extensionNamed(name) != nil {
			out[name] = value
		}
	}
	return out
}

func listUsers(c *call, s *state) *answer {
	people := s.register().candidates(c.query)
	items := make([]object, len(people))
	from, to := 0, len(items)
	if plainly(c.query) {
		from, to = pageOf(c, len(items))
	}
	for i := from; i < to; i++ {
		items[i] = s.expanded(c, people[i])
	}
	return userResource().list(c, s, "users", items)
}

// expanded is a user with the manager when $expand asks for it.
func (s *state) expanded(c *call, u *user) object {
	out := s.view(u)
	name, rest, _ := strings.Cut(c.query.Get("$expand"), "(")
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
	manager := userResource().project(s.view(m), selected)
	manager["@odata.type"] = "#microsoft.graph.user"
	out["+manager"] = manager
	return out
}

// countUsers answers users/$count, which needs the header of advanced queries.
func countUsers(c *call, s *state) *answer {
	if !c.eventual() {
		return badRequest("$count is not currently supported.")
	}
	var items []object
	for _, u := range s.Users {
		if u.Deleted.IsZero() {
			items = append(items, s.view(u))
		}
	}
	items, a := userResource().filter(c, s, items)
	if a != nil {
		return a
	}
	return &answer{status: http.StatusOK, body: len(items)}
}

// withUser answers for the user that the path names.
func withUser(f func(*call, *state, *user) *answer) func(*call, *state) *answer {
	return func(c *call, s *state) *answer {
		u := s.user(c.param("user"))
		if u == nil {
			return notFound(c.param("user"))
		}
		return f(c, s, u)
	}
}

func getUser(c *call, s *state, u *user) *answer {
	if name, _, _ := strings.Cut(c.query.Get("$expand"), "("); name != "" && name != "manager" {
		return fail(http.StatusBadRequest, "BadRequest", "Parsing OData Select and Expand failed: Could not find a property named '"+name+"' on type 'microsoft.graph.user'.")
	}
	return userResource().one(c, "users", s.expanded(c, u))
}

func getManager(c *call, s *state, u *user) *answer {
	m := s.user(u.Manager)
	if m == nil {
		return fail(http.StatusNotFound, "Request_ResourceNotFound", "Resource 'manager' does not exist or one of its queried reference-property objects are not present.")
	}
	out := userResource().one(c, "directoryObjects", s.view(m))
	if o, isObject := out.body.(object); isObject {
		o["@odata.type"] = "#microsoft.graph.user"
	}
	return out
}

// memberOf lists the groups of which a user is a direct member.
func memberOf(c *call, s *state, u *user) *answer {
	var items []object
	for _, g := range s.Groups {
		if slices.Contains(g.Members, u.ID) {
			item := s.groupView(g)
			item["@odata.type"] = "#microsoft.graph.group"
			items = append(items, item)
		}
	}
	return groupResource().list(c, s, "directoryObjects", items)
}

// transitiveMemberOf also lists the groups that a user is in through others.
// https://learn.microsoft.com/graph/api/user-list-transitivememberof
func transitiveMemberOf(c *call, s *state, u *user) *answer {
	var items []object
	for _, g := range s.Groups {
		if slices.Contains(transitive(s, g), u.ID) {
			item := s.groupView(g)
			item["@odata.type"] = "#microsoft.graph.group"
			items = append(items, item)
		}
	}
	return groupResource().list(c, s, "directoryObjects", items)
}

// deleteUser moves a user to the recycle bin, where the name is put behind
// the id so that it can be given away.
func deleteUser(c *call, s *state, u *user) *answer {
	s.moved()
	u.Deleted = c.now
	u.DeletedUPN = u.upn()
	u.Properties["userPrincipalName"] = strings.ReplaceAll(u.ID, "-", "") + u.DeletedUPN
	u.Before = nil
	return noContent()
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
