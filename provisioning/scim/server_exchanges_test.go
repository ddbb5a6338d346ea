package scim_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/scimctl/scimctl/provisioning/scim"
)

// An exchange is a request of Entra's, and what comes of it with each server.
type exchange struct {
	name            string
	elimity, scimmy string
	take            func(*peer) string
}

const (
	otherMail  = `emails[type eq "other"].value`
	manager    = enterprise + "manager"
	declared   = "urn:ietf:params:scim:schemas:extension:workato:2.0:User:level"  // to both servers
	undeclared = "urn:ietf:params:scim:schemas:extension:fabrikam:2.0:User:badge" // in the same pattern
	foreign    = "urn:ietf:params:scim:schemas:workato:1.0:WorkatoRole:workato_role"
	primary    = `roles[primary eq "True"].value`
	primaryAs  = `roles[primary eq "True"].display`
	badRequest = refused + "400"
)

// exchanges are all requests that Entra makes, the PATCH in both dialects. The
// outcomes are what these versions of the servers were seen to do.
func exchanges() []exchange {
	return slices.Concat(lookUps(), creates(), updates(), switches(), managers(), extensions(), patchedRoles(), memberships(), removals())
}

func lookUps() []exchange {
	ofUser := func(attribute string, value func(name string) string) func(*peer) string {
		return func(p *peer) string { _, name := p.user(); return p.find(scim.Users, attribute, value(name)) }
	}
	return []exchange{
		{"probe", accepted, accepted, func(p *peer) string { return p.probe("userName", "displayName") }},
		{"probe by externalId", badRequest, accepted, func(p *peer) string { return p.probe("externalId", "") }},
		{"probe with a wrong token", refused + "401", refused + "401", func(p *peer) string {
			stranger := *p
			stranger.client.Token = "wrong"
			return stranger.probe("userName", "")
		}},
		{"match by userName", found, found, ofUser("userName", func(name string) string { return name })},
		{"match by userName in another case", found, none, ofUser("userName", strings.ToUpper)},
		{"match by externalId", badRequest, found, ofUser("externalId", func(name string) string { return "external " + name })},
		{"match by mail", badRequest, found, ofUser(`emails[type eq "work"].value`, func(name string) string { return name + "@contoso.com" })},
		{"match somebody unknown", none, none, func(p *peer) string { return p.find(scim.Users, "userName", "nobody") }},
		{"match a group", found, found, func(p *peer) string {
			_, name := p.group()
			return p.find(scim.Groups, "displayName", name)
		}},
		{"read somebody unknown", refused + "404", refused + "404", func(p *peer) string {
			_, err := p.client.Get(p.Context(), scim.Users, "unknown")
			return p.outcome(err)
		}},
	}
}

func (p *peer) probe(user, group string) string {
	p.Helper()
	return p.outcome(p.client.Probe(p.Context(), user, group))
}

func (p *peer) find(kind scim.Kind, attribute, value string) string {
	p.Helper()
	r, err := p.client.Find(p.Context(), kind, attribute, value)
	switch {
	case err != nil:
		return p.outcome(err)
	case r == nil:
		return none
	}
	return found
}

func creates() []exchange {
	with := func(more ...scim.Attribute) func(*peer) string {
		return func(p *peer) string { return p.post(p.unique("ada"), more...) }
	}
	role := scim.Role{ID: "1", Value: "Admin", DisplayName: "Admin"}
	return []exchange{
		{"create", accepted, accepted, with()},
		{"create with a declared extension", accepted, accepted, with(scim.Attribute{Path: declared, Values: []string{"high"}})},
		{"create with an undeclared extension", lost + undeclared, lost + undeclared, with(scim.Attribute{Path: undeclared, Values: []string{"7"}})},
		{"create with the primary role", accepted, badRequest, with(
			roles(scim.PrimaryRole, primary, role).Attribute, roles(scim.PrimaryRole, primaryAs, role).Attribute,
		)},
		{"create with added roles", accepted, badRequest, with(roles(scim.AddedRoles, "roles", role).Attribute)},
		{"create with asserted roles", accepted, badRequest, with(roles(scim.AssertedRoles, "roles", role).Attribute)},
		{"create twice", refused + "409", refused + "409", func(p *peer) string { _, name := p.user(); return p.post(name) }},
		{"create a group", accepted, accepted, func(p *peer) string {
			id, name := p.group()
			if got := p.look(scim.Groups, id)["displayName"]; got != name {
				return lost + fmt.Sprint(got)
			}
			return accepted
		}},
	}
}

func (p *peer) post(name string, more ...scim.Attribute) string {
	p.Helper()
	body, err := person(name, more...)
	if err != nil {
		p.Fatal(err)
	}
	made, err := p.client.Create(p.Context(), scim.Users, body)
	if err != nil {
		return p.outcome(err)
	}
	return p.kept(made.ID(), append([]scim.Attribute{
		{Path: "userName", Values: []string{name}},
		{Path: "active", Values: []string{"True"}},
		{Path: `emails[type eq "work"].value`, Values: []string{name + "@contoso.com"}},
		{Path: `addresses[type eq "work"].locality`, Values: []string{"London"}},
		{Path: `phoneNumbers[type eq "mobile"].value`, Values: []string{"+44 20 7946 0000"}},
		{Path: "externalId", Values: []string{"external " + name}},
		{Path: enterprise + "department", Values: []string{"Engines"}},
		{Path: enterprise + "employeeNumber", Values: []string{"7"}},
	}, more...)...)
}

// change sends a PATCH to a new user and looks at what is kept.
func change(d scim.Dialect, changes ...scim.Change) func(*peer) string {
	return func(p *peer) string { id, _ := p.user(); return p.patch(d, id, changes...) }
}

func (p *peer) patch(d scim.Dialect, id string, changes ...scim.Change) string {
	p.Helper()
	ops, err := scim.Patch(d, changes)
	if err != nil {
		p.Fatal(err)
	}
	if _, err := p.client.Patch(p.Context(), scim.Users, id, ops); err != nil {
		return p.outcome(err)
	}
	sent := make([]scim.Attribute, 0, len(changes))
	for _, c := range changes {
		sent = append(sent, c.Attribute)
	}
	return p.kept(id, sent...)
}

func set(path, value string, had bool) scim.Change {
	return scim.Change{Attribute: scim.Attribute{Path: path, Values: []string{value}}, Had: had}
}

func updates() []exchange {
	several := []scim.Change{
		set("displayName", "Ada King", true), set(`emails[type eq "work"].value`, "ada@fabrikam.com", true),
		set("name.givenName", "Augusta", true), set(enterprise+"employeeNumber", "8", true), set("nickName", "Babs", false),
	}
	again := set("title", "Analyst", true)
	return []exchange{
		{"update several, legacy", accepted, accepted, change(scim.Legacy, several...)},
		{"update several, compliant", accepted, accepted, change(scim.Compliant, several...)},
		{"add a mail, legacy", accepted, badRequest, change(scim.Legacy, set(otherMail, "ada@example.com", false))},
		{"add a mail, compliant", accepted, badRequest, change(scim.Compliant, set(otherMail, "ada@example.com", false))},
		{"send the same again, legacy", accepted, accepted, change(scim.Legacy, again)},
		{"send the same again, compliant", accepted, accepted, change(scim.Compliant, again)},
		{"update somebody unknown", refused + "404", refused + "404", func(p *peer) string { return p.patch(scim.Legacy, "unknown", again) }},
	}
}

func switches() []exchange {
	enable := func(d scim.Dialect) func(*peer) string {
		return func(p *peer) string {
			id, _ := p.user()
			if off := p.patch(scim.Compliant, id, active("False")...); off != accepted {
				p.Errorf("disabling: %s", off)
			}
			return p.patch(d, id, active("True")...)
		}
	}
	return []exchange{
		{"disable, legacy", badRequest, badRequest, change(scim.Legacy, active("False")...)},
		{"disable in lower case, legacy", badRequest, badRequest, change(scim.Legacy, active("false")...)},
		{"disable, compliant", accepted, accepted, change(scim.Compliant, active("False")...)},
		{"enable, legacy", badRequest, badRequest, enable(scim.Legacy)},
		{"enable, compliant", accepted, accepted, enable(scim.Compliant)},
		{"match somebody disabled", found, found, func(p *peer) string {
			id, name := p.user()
			p.patch(scim.Compliant, id, active("False")...)
			return p.find(scim.Users, "userName", name)
		}},
	}
}

// managers are sent by their id alone, as a text, in both dialects.
func managers() []exchange {
	of := func(d scim.Dialect) func(*peer) string {
		return func(p *peer) string {
			boss, _ := p.user()
			id, _ := p.user()
			return p.patch(d, id, set(manager, boss, false))
		}
	}
	return []exchange{
		{"manager, legacy", badRequest, badRequest, of(scim.Legacy)},
		{"manager, compliant", badRequest, badRequest, of(scim.Compliant)},
	}
}

func extensions() []exchange {
	return []exchange{
		{"declared extension, legacy", accepted, accepted, change(scim.Legacy, set(declared, "high", false))},
		{"declared extension, compliant", accepted, accepted, change(scim.Compliant, set(declared, "high", false))},
		{"undeclared extension, legacy", badRequest, badRequest, change(scim.Legacy, set(undeclared, "7", false))},
		{"undeclared extension, compliant", badRequest, badRequest, change(scim.Compliant, set(undeclared, "7", false))},
		{"foreign extension, legacy", badRequest, badRequest, change(scim.Legacy, set(foreign, "Admin", false))},
		{"foreign extension, compliant", badRequest, badRequest, change(scim.Compliant, set(foreign, "Admin", false))},
	}
}

func patchedRoles() []exchange {
	role := scim.Role{ID: "1", Value: "Admin", DisplayName: "Admin"}
	one := []scim.Change{roles(scim.PrimaryRole, primary, role), roles(scim.PrimaryRole, primaryAs, role)}
	added, asserted := roles(scim.AddedRoles, "roles", role), roles(scim.AssertedRoles, "roles", role)
	return []exchange{
		{"primary role, legacy", accepted, accepted, change(scim.Legacy, one...)},
		{"primary role, compliant", accepted, badRequest, change(scim.Compliant, one...)},
		{"added roles, legacy", accepted, accepted, change(scim.Legacy, added)},
		{"added roles, compliant", accepted, badRequest, change(scim.Compliant, added)},
		{"asserted roles, legacy", accepted, badRequest, change(scim.Legacy, asserted)},
		{"asserted roles, compliant", accepted, badRequest, change(scim.Compliant, asserted)},
	}
}

func memberships() []exchange {
	added := func(d scim.Dialect) func(*peer) string {
		return func(p *peer) string {
			group, ids := p.team(1)
			one, _ := p.user()
			two, _ := p.user()
			return p.membersAfter(group, scim.AddMembers(d, one, two), append(ids, one, two)...)
		}
	}
	removed := func(d scim.Dialect) func(*peer) string {
		return func(p *peer) string {
			group, ids := p.team(3)
			return p.membersAfter(group, scim.RemoveMembers(d, ids[0]), ids[1:]...)
		}
	}
	return []exchange{
		{"add members, legacy", accepted, accepted, added(scim.Legacy)},
		{"add members, compliant", accepted, accepted, added(scim.Compliant)},
		{"remove a member, legacy", wiped, accepted, removed(scim.Legacy)},
		{"remove a member, compliant", accepted, accepted, removed(scim.Compliant)},
		{"read a group without members", "with members", accepted, func(p *peer) string {
			group, _ := p.team(1)
			r, err := p.client.Get(p.Context(), scim.Groups, group)
			if _, has := r["members"]; has {
				return "with members"
			}
			return p.outcome(err)
		}},
		{"rename a group", accepted, accepted, func(p *peer) string {
			group, _ := p.group()
			name := p.unique("Sales")
			ops := []scim.Operation{{Op: "Replace", Path: "displayName", Value: name}}
			_, err := p.client.Patch(p.Context(), scim.Groups, group, ops)
			if got := p.look(scim.Groups, group)["displayName"]; err == nil && got != name {
				return lost + fmt.Sprint(got)
			}
			return p.outcome(err)
		}},
	}
}

// membersAfter are compared with those who should be in the group after the
// operations.
func (p *peer) membersAfter(group string, ops []scim.Operation, want ...string) string {
	p.Helper()
	if _, err := p.client.Patch(p.Context(), scim.Groups, group, ops); err != nil {
		return p.outcome(err)
	}
	got, err := p.look(scim.Groups, group).Values("members")
	if err != nil {
		p.Fatal(err)
	}
	slices.Sort(got)
	switch {
	case slices.Equal(slices.Sorted(slices.Values(want)), got):
		return accepted
	case len(got) == 0:
		return wiped
	}
	return lost + "members"
}

func removals() []exchange {
	gone := func(kind scim.Kind, id string) func(*peer) string {
		return func(p *peer) string {
			err := p.client.Delete(p.Context(), kind, id)
			if _, missing := p.client.Get(p.Context(), kind, id); err == nil && p.outcome(missing) != refused+"404" {
				return lost + "it is still there"
			}
			return p.outcome(err)
		}
	}
	return []exchange{
		{"delete a user", accepted, accepted, func(p *peer) string { id, _ := p.user(); return gone(scim.Users, id)(p) }},
		{"delete a group", accepted, accepted, func(p *peer) string { id, _ := p.group(); return gone(scim.Groups, id)(p) }},
		{"delete somebody unknown", refused + "404", refused + "404", gone(scim.Users, "unknown")},
	}
}
