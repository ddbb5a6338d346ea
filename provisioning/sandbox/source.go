package sandbox

import (
	"slices"
	"strings"
	"time"

	"github.com/scimctl/scimctl/provisioning/engine"
	"github.com/scimctl/scimctl/provisioning/scim"
)

// A source is one object as the provisioning service imports it, cut loose
// from the state.
type source struct {
	engine.Subject
	name   string // as descriptions call it: the user principal name, or the group's name
	access engine.Access
}

// userSource is a user as imported; the values are those before a change that
// has not replicated when stale.
func (s *state) userSource(u *user, stale bool) source {
	properties, values, manager := u.Properties, u.Values, u.Manager
	if stale && u.Before != nil {
		properties, values, manager = u.Before.Properties, u.Before.Values, u.Before.Manager
	}
	upn, _ := properties["userPrincipalName"].(string)
	if !u.Deleted.IsZero() {
		upn = u.DeletedUPN
	}
	attributes := map[string][]string{"objectId": {u.ID}, "originalUserPrincipalName": {upn}} // the engine strips a guest's name
	for name, property := range sourceNames() {
		if list := textsOf(properties[property]); len(list) > 0 {
			attributes[name] = list
		}
	}
	attributes["userPrincipalName"] = []string{upn}
	if phones := textsOf(properties["businessPhones"]); len(phones) > 0 {
		attributes["telephoneNumber"] = phones[:1]
	}
	if more, isObject := properties["onPremisesExtensionAttributes"].(map[string]any); isObject {
		for name, value := range more {
			attributes[name] = textsOf(value)
		}
	}
	if organisation, isObject := properties["employeeOrgData"].(map[string]any); isObject {
		for name, value := range organisation {
			attributes["employeeOrgData."+name] = textsOf(value)
		}
	}
	for name, value := range values {
		if s.extensionNamed(name) != nil {
			attributes[name] = textsOf(value)
		}
	}
	if manager != "" && s.user(manager) != nil {
		attributes["manager"] = []string{manager}
	}
	return source{Subject: engine.Subject{ID: u.ID, Type: engine.User, Attributes: attributes, Deleted: !u.Deleted.IsZero()}, name: upn}
}

// sourceNames are the provisioning names of properties. They are not Graph's.
// https://learn.microsoft.com/entra/identity/app-provisioning/customize-application-attributes
func sourceNames() map[string]string {
	out := map[string]string{
		"mobile": "mobilePhone", "physicalDeliveryOfficeName": "officeLocation", "facsimileTelephoneNumber": "faxNumber",
		"dirSyncEnabled": "onPremisesSyncEnabled",
	}
	for name := range strings.FieldsSeq(`accountEnabled streetAddress city state postalCode country companyName department displayName givenName jobTitle
		mail mailNickname onPremisesSecurityIdentifier preferredLanguage proxyAddresses surname employeeId otherMails`) {
		out[name] = name
	}
	return out
}

func textsOf(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, item := range v {
			out = append(out, textsOf(item)...)
		}
		return out
	}
	return []string{plainText(v)}
}

func (s *state) groupSource(g *group) source {
	attributes := map[string][]string{
		"objectId": {g.ID}, "displayName": {g.DisplayName}, "mailNickname": {g.MailNickname}, "securityEnabled": {plainText(g.SecurityEnabled)},
		"mailEnabled": {plainText(g.MailEnabled)}, "members": s.presentMembers(g),
	}
	if g.Description != "" {
		attributes["description"] = []string{g.Description}
	}
	if g.MailEnabled {
		attributes["mail"] = []string{g.MailNickname + "@" + s.Domain}
	}
	return source{Subject: engine.Subject{ID: g.ID, Type: engine.Group, Attributes: attributes}, name: g.DisplayName}
}

// presentMembers are the direct members that are not deleted.
func (s *state) presentMembers(g *group) []string {
	var out []string
	for _, id := range g.Members {
		if _, kind := s.principal(id); kind != "" {
			out = append(out, id)
		}
	}
	return out
}

// grantAccess fills in who is assigned. With now set, assignments that have
// not replicated do not count, and the asking is counted.
func (t *Tenant) grantAccess(s *state, a *app, src *source, now *time.Time) {
	src.access = engine.Access{SyncAll: a.on("SyncAll")}
	for _, g := range s.Groups {
		if src.Type == engine.User && g.SecurityEnabled && slices.Contains(g.Members, src.ID) {
			src.access.Groups = append(src.access.Groups, g.ID)
		}
	}
	var names []string
	for _, as := range s.Assignments {
		if as.SP != a.SP {
			continue
		}
		mine := as.Principal == src.ID || slices.Contains(src.access.Groups, as.Principal)
		if mine && now != nil && s.late(lagAssignment(as.ID), *now) {
			continue
		}
		name, _ := s.principal(as.Principal)
		src.access.Assignments = append(src.access.Assignments, engine.Assignment{PrincipalID: as.Principal, PrincipalName: name, RoleID: as.Role})
		if mine && !slices.Contains(names, a.role(as.Role)) {
			names = append(names, a.role(as.Role))
			src.Roles = append(src.Roles, a.fullRole(as.Role))
		}
	}
	if len(names) > 0 && src.Type == engine.User {
		src.Attributes["appRoleAssignments"] = names
	}
}

// fullRole is a role as it is sent; one without a value goes by its name.
func (a *app) fullRole(id string) scim.Role {
	role := scim.Role{ID: id, Value: a.role(id), DisplayName: a.role(id)}
	for _, r := range a.Roles {
		if strings.EqualFold(r.ID, id) && r.Value != nil && *r.Value != "" {
			role.Value = *r.Value
		}
	}
	return role
}

// purgedSource stands for an object that is gone for good.
func purgedSource(id string, l *link) source {
	return source{Subject: engine.Subject{ID: id, Type: l.Type, Attributes: map[string][]string{"objectId": {id}}, Purged: true}, name: l.Name}
}
