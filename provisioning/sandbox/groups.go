package sandbox

import (
	"net/http"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/sandbox/internal/odata"
)

func groupResource() odata.Resource {
	name := []string{"eq", "in", "startswith"}
	return odata.Resource{
		Kind: "microsoft.graph.group", Label: "Group",
		Properties: strings.Fields(`createdDateTime deletedDateTime description displayName groupTypes id isAssignableToRole mail mailEnabled
			mailNickname membershipRule membershipRuleProcessingState onPremisesSyncEnabled proxyAddresses renewedDateTime securityEnabled
			securityIdentifier visibility`),
		Filters: map[string][]string{
			"id": {"eq", "in"}, "displayName": name, "mail": name, "mailNickname": name,
			"securityEnabled": {"eq"}, "mailEnabled": {"eq"}, "groupTypes": {"any"},
		},
		Orders: []string{"displayName"}, Searches: []string{"displayName", "description", "mail"},
	}
}

func (s *state) groupView(g *group) odata.Object {
	out := odata.Object{
		"id": g.ID, "createdDateTime": odata.Instant(g.Created), "renewedDateTime": odata.Instant(g.Created), "deletedDateTime": nil,
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

func listGroups(c *odata.Call, s *state) *odata.Answer {
	var items []odata.Object
	for _, g := range s.Groups {
		items = append(items, s.groupView(g))
	}
	return groupResource().List(c, "groups", items)
}

func withGroup(f func(*odata.Call, *state, *group) *odata.Answer) func(*odata.Call, *state) *odata.Answer {
	return func(c *odata.Call, s *state) *odata.Answer {
		g := s.group(c.Param("group"))
		if g == nil {
			return odata.NotFound(c.Param("group"))
		}
		return f(c, s, g)
	}
}

func getGroup(c *odata.Call, s *state, g *group) *odata.Answer {
	return groupResource().One(c, "groups", s.groupView(g))
}

// memberResource answers users and groups in one collection.
func memberResource() odata.Resource {
	users, groups := userResource(), groupResource()
	return odata.Resource{
		Kind: "microsoft.graph.directoryObject", Label: "DirectoryObject",
		Properties: append(users.Properties, groups.Properties...),
		Orders:     []string{"displayName"}, Searches: []string{"displayName"},
		Filters: map[string][]string{"id": {"eq", "in"}, "displayName": {"eq", "in", "startswith"}, "userPrincipalName": {"eq"}},
	}
}

// directoryObject is a user or group as a collection of both shows it.
func (s *state) directoryObject(c *odata.Call, id string) odata.Object {
	if u := s.user(id); u != nil {
		out := s.view(u)
		if !c.Query.Has("$select") {
			out = userResource().Project(out, nil)
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
func members(ids func(*state, *group) []string) func(*odata.Call, *state, *group) *odata.Answer {
	return func(c *odata.Call, s *state, g *group) *odata.Answer {
		var items []odata.Object
		cast := c.Param("cast")
		for _, id := range ids(s, g) {
			item := s.directoryObject(c, id)
			if item != nil && (cast == "" || item["@odata.type"] == "#"+cast) {
				items = append(items, item)
			}
		}
		switch cast {
		case "":
			return memberResource().List(c, "directoryObjects", items)
		case "microsoft.graph.user":
			return withoutTypes(userResource().List(c, "users", items))
		case "microsoft.graph.group":
			return withoutTypes(groupResource().List(c, "groups", items))
		}
		return odata.Fail(http.StatusBadRequest, "BadRequest", "Resource not found for the segment '"+cast+"'.")
	}
}

func withoutTypes(a *odata.Answer) *odata.Answer {
	body, _ := a.Body.(odata.Object)
	list, _ := body["value"].([]odata.Object)
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

func addMember(c *odata.Call, s *state, g *group) *odata.Answer {
	var body struct {
		ID string `json:"@odata.id"`
	}
	if a := c.Decode(&body); a != nil {
		return a
	}
	id := body.ID[strings.LastIndex(body.ID, "/")+1:]
	if s.user(id) == nil && s.group(id) == nil {
		return odata.NotFound(id)
	}
	switch {
	case g.Rule != "":
		return odata.BadRequest("Cannot update members of a group that has dynamic membership.")
	case slices.Contains(g.Members, id):
		return odata.BadRequest("One or more added object references already exist for the following modified properties: 'members'.")
	}
	g.Members = append(g.Members, id)
	return odata.NoContent()
}

func removeMember(c *odata.Call, _ *state, g *group) *odata.Answer {
	id := c.Param("member")
	if !slices.Contains(g.Members, id) {
		return odata.NotFound(id)
	}
	g.Members = slices.DeleteFunc(g.Members, func(m string) bool { return m == id })
	return odata.NoContent()
}
