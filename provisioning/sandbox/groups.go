package sandbox

import (
	"net/http"
	"slices"
	"strings"
)

func groupResource() resource {
	name := []string{"eq", "in", "startswith"}
	return resource{
		kind: "microsoft.graph.group", label: "Group",
		properties: strings.Fields(`createdDateTime deletedDateTime description displayName groupTypes id isAssignableToRole mail mailEnabled
			mailNickname membershipRule membershipRuleProcessingState onPremisesSyncEnabled proxyAddresses renewedDateTime securityEnabled
			securityIdentifier visibility`),
		filters: map[string][]string{
			"id": {"eq", "in"}, "displayName": name, "mail": name, "mailNickname": name,
			"securityEnabled": {"eq"}, "mailEnabled": {"eq"}, "groupTypes": {"any"},
		},
		orders: []string{"displayName"}, searches: []string{"displayName", "description", "mail"},
	}
}

func (s *state) groupView(g *group) object {
	out := object{
		"id": g.ID, "createdDateTime": instant(g.Created), "renewedDateTime": instant(g.Created), "deletedDateTime": nil,
		"displayName": g.DisplayName, "description": none(g.Description), "mailNickname": g.MailNickname, "mail": nil,
		"mailEnabled": g.MailEnabled, "securityEnabled": g.SecurityEnabled, "groupTypes": append([]string{}, g.Types...),
		"membershipRule": none(g.Rule), "membershipRuleProcessingState": nil, "isAssignableToRole": nil,
		"onPremisesSyncEnabled": nil, "proxyAddresses": []string{}, "securityIdentifier": nil, "visibility": nil,
	}
	if g.MailEnabled {
		out["mail"] = g.MailNickname + "@" + s.Domain
	}
	if g.Rule != "" {
		out["membershipRuleProcessingState"] = "On"
	}
	return out
}

// none is null for a text that is not set.
func none(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func listGroups(c *call, s *state) *answer {
	var items []object
	for _, g := range s.Groups {
		items = append(items, s.groupView(g))
	}
	return groupResource().list(c, s, "groups", items)
}

func withGroup(f func(*call, *state, *group) *answer) func(*call, *state) *answer {
	return func(c *call, s *state) *answer {
		g := s.group(c.param("group"))
		if g == nil {
			return notFound(c.param("group"))
		}
		return f(c, s, g)
	}
}

func getGroup(c *call, s *state, g *group) *answer {
	return groupResource().one(c, "groups", s.groupView(g))
}

// memberResource answers users and groups in one collection.
func memberResource() resource {
	users, groups := userResource(), groupResource()
	return resource{
		kind: "microsoft.graph.directoryObject", label: "DirectoryObject",
		properties: append(users.properties, groups.properties...),
		orders:     []string{"displayName"}, searches: []string{"displayName"},
		filters: map[string][]string{"id": {"eq", "in"}, "displayName": {"eq", "in", "startswith"}, "userPrincipalName": {"eq"}},
	}
}

// directoryObject is a user or group as a collection of both shows it.
func (s *state) directoryObject(c *call, id string) object {
	if u := s.user(id); u != nil {
		out := s.view(u)
		if !c.query.Has("$select") {
			out = userResource().project(out, nil)
		}
		out["@odata.type"] = "#microsoft.graph.user"
		return out
	}
	if g := s.group(id); g != nil {
		out := s.groupView(g)
		out["@odata.type"] = "#microsoft.graph.group"
		return out
	}
	return nil
}

// members answers the members that ids names, only those of a type when the
// path casts to one.
func members(ids func(*state, *group) []string) func(*call, *state, *group) *answer {
	return func(c *call, s *state, g *group) *answer {
		var items []object
		cast := c.param("cast")
		for _, id := range ids(s, g) {
			item := s.directoryObject(c, id)
			if item != nil && (cast == "" || item["@odata.type"] == "#"+cast) {
				items = append(items, item)
			}
		}
		switch cast {
		case "":
			return memberResource().list(c, s, "directoryObjects", items)
		case "microsoft.graph.user":
			return withoutTypes(userResource().list(c, s, "users", items))
		case "microsoft.graph.group":
			return withoutTypes(groupResource().list(c, s, "groups", items))
		}
		return fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+cast+"'.")
	}
}

func withoutTypes(a *answer) *answer {
	body, _ := a.body.(object)
	list, _ := body["value"].([]object)
	for _, item := range list {
		delete(item, "@odata.type")
	}
	return a
}

func direct(_ *state, g *group) []string { return g.Members }

// transitive also lists the members of nested groups, each once.
func transitive(s *state, g *group) []string {
	seen := map[string]bool{g.ID: true}
	var out []string
	var walk func(*group)
	walk = func(g *group) {
		for _, id := range g.Members {
			if seen[id] {
				continue
			}
			seen[id] = true
			out = append(out, id)
			if nested := s.group(id); nested != nil {
				walk(nested)
			}
		}
	}
	walk(g)
	return out
}

func addMember(c *call, s *state, g *group) *answer {
	var body struct {
		ID string `json:"@odata.id"`
	}
	if a := c.decode(&body); a != nil {
		return a
	}
	id := body.ID[strings.LastIndex(body.ID, "/")+1:]
	if s.user(id) == nil && s.group(id) == nil {
		return notFound(id)
	}
	switch {
	case g.Rule != "":
		return badRequest("Cannot update members of a group that has dynamic membership.")
	case slices.Contains(g.Members, id):
		return badRequest("One or more added object references already exist for the following modified properties: 'members'.")
	}
	g.Members = append(g.Members, id)
	return noContent()
}

func removeMember(c *call, _ *state, g *group) *answer {
	id := c.param("member")
	if !slices.Contains(g.Members, id) {
		return notFound(id)
	}
	g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return m == id })
	return noContent()
}
