package assignment

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/scimctl/scimctl/graph/applications"
	"github.com/scimctl/scimctl/graph/bounds"
	"github.com/scimctl/scimctl/graph/directory"
	"github.com/scimctl/scimctl/graph/remedy"
	schemacheck "github.com/scimctl/scimctl/mappings/check"
)

func (s *survey) note(severity schemacheck.Severity, code schemacheck.Code, who Principal, problem string, fix ...remedy.Remedy) {
	s.findings = append(s.findings, AuditFinding{
		Severity: severity, Code: code, Type: who.Type, Principal: who.Name, PrincipalID: who.ID, Problem: problem, Remedy: fix,
	})
}

// of tells who has a row.
func (s *survey) of(row applications.Assignment) Principal {
	return Principal{ID: row.PrincipalID, Type: row.PrincipalType, Name: cmp.Or(
		s.people[row.PrincipalID].UserPrincipalName, s.teams[row.PrincipalID].DisplayName,
		s.trash[row.PrincipalID].FormerName(), row.PrincipalDisplayName, row.PrincipalID)}
}

// assignmentOf is a command about the assignment of somebody.
func assignmentOf(who Principal, reason, command string) remedy.Remedy {
	if who.Type == "Group" {
		return remedy.Run(reason, command).Flag("group", who.Name).Or(who.Name, who.ID)
	}
	return remedy.Run(reason, command, who.Name).Or(who.Name, who.ID)
}

// roles looks at those without a role, and at those with several.
//
// https://learn.microsoft.com/entra/identity/app-provisioning/application-provisioning-config-problem-no-users-provisioned
func (s *survey) roles() {
	held := Holders{}
	for _, row := range s.rows {
		who := s.of(row)
		held.Give(row.PrincipalID, who.Name, row.AppRoleID)
		if row.AppRoleID != DefaultAccess {
			continue
		}
		var fix remedy.List
		if roles := assignable(s.app); len(roles) > 0 {
			role := defaultRole(roles)
			fix = remedy.List{
				assignmentOf(who, "to assign a role", "assignment add").Flag("role", role.DisplayName).Or(role.DisplayName, role.ID),
				assignmentOf(who, "then remove the assignment without one", "assignment remove").Flag("role", "Default Access"),
			}
		}
		s.note(schemacheck.Info, CodeDefaultAccess, who,
			"assigned without a role (Default Access): since 2020 it is provisioned like any other, though older guides deny it", fix...)
	}
	if several := held.Several(s.app); len(several) > 0 {
		s.note(schemacheck.Info, CodeHoldsSeveralRoles, Principal{}, "these have several roles: "+bounds.FirstNames(several, MostNamed),
			remedy.Run("check whether only one of them is sent", "mapping check"))
	}
}

// deleted looks for assignments of those who are gone.
func (s *survey) deleted() {
	for _, who := range s.once() {
		_, isUser := s.people[who.ID]
		_, isGroup := s.teams[who.ID]
		if isUser || isGroup || who.Type != "User" && who.Type != "Group" {
			continue
		}
		remove := remedy.Run("remove the assignment", "assignment remove", who.ID)
		if u, there := s.trash[who.ID]; there {
			s.note(schemacheck.Warning, CodePrincipalDeleted, who,
				fmt.Sprintf("deleted on %s: the account in the application is disabled, and deleted there after %s", u.DeletedDateTime.UTC().Format(directory.DateOnly), directory.Purged(u).Format(directory.DateOnly)),
				remedy.Run("restore the user", "user restore", who.ID), remedy.Run("or remove the assignment", "assignment remove", who.ID))
			continue
		}
		s.note(schemacheck.Warning, CodePrincipalDeleted, who, "no longer in the directory", remove)
	}
}

// once is everybody who is assigned, each once.
func (s *survey) once() []Principal {
	return distinct(s.rows, s.of)
}

// distinct are the keys of items, each once, in the order in which they come.
func distinct[T any, K comparable](items []T, key func(T) K) (all []K) {
	seen := map[K]bool{}
	for _, item := range items {
		if k := key(item); !seen[k] {
			seen[k] = true
			all = append(all, k)
		}
	}
	return all
}

// groups looks at groups that do not bring in those whom they seem to.
func (s *survey) groups() {
	reached := s.ways()
	for _, id := range slices.Sorted(maps.Keys(s.teams)) {
		g := s.teams[id]
		who := Principal{ID: id, Name: g.DisplayName, Type: "Group"}
		if !g.SecurityEnabled {
			s.note(schemacheck.Warning, CodeNotSecurityEnabled, who, "the group is not security-enabled: its members are not provisioned",
				assignmentOf(who, "assign a security group instead, then remove this one", "assignment remove"))
		}
		within := groupsAmong(s.members[id])
		if len(within) == 0 {
			continue
		}
		problem := "holds " + groupsNamed(within) + ", which provisioning does not go into"
		severity, fix := schemacheck.Info, remedy.List(nil)
		if missed := s.missed(id, reached); len(missed) > 0 {
			severity, fix = schemacheck.Warning, remedy.List{assignGroups("assign the nested groups", within)}
			problem += ": it misses " + bounds.FirstNames(missed, MostNamed)
		}
		s.note(severity, CodeNestedGroups, who, problem, fix...)
	}
}

// missed are the users in the groups within a group whom nothing else brings in.
func (s *survey) missed(group string, reached map[string][]string) []string {
	var names []string
	for _, m := range s.deep[group] {
		if len(reached[m.ID]) == 0 {
			names = append(names, cmp.Or(m.UserPrincipalName, m.DisplayName))
		}
	}
	slices.Sort(names)
	return names
}

// ways are what brings each user in, by id: "directly", and the groups whose
// direct member they are.
func (s *survey) ways() map[string][]string {
	ways := map[string][]string{}
	for id := range s.people {
		ways[id] = []string{directly}
	}
	for _, id := range slices.Sorted(maps.Keys(s.teams)) {
		if !s.teams[id].SecurityEnabled {
			continue
		}
		for _, m := range usersAmong(s.members[id]) {
			ways[m.ID] = append(ways[m.ID], s.teams[id].DisplayName)
		}
	}
	return ways
}

const directly = "directly"

// users looks at users who are off, and at those who are brought in twice: they
// stay when one of the ways is taken away.
func (s *survey) users() {
	names := map[string]string{}
	for id, u := range s.people {
		names[id] = u.UserPrincipalName
		if !u.AccountEnabled {
			s.note(schemacheck.Info, CodeUserDisabled, Principal{ID: id, Name: u.UserPrincipalName, Type: "User"},
				"disabled in Entra: not active in the application either")
		}
	}
	for _, m := range slices.Concat(slices.Collect(maps.Values(s.members))...) {
		names[m.ID] = cmp.Or(names[m.ID], m.UserPrincipalName, m.DisplayName)
	}
	for id, ways := range s.ways() {
		if len(ways) < 2 {
			continue
		}
		who := Principal{ID: id, Name: names[id], Type: "User"}
		problem, fix := "brought in by "+groupsAnd(ways)+": stays when one of them is taken away", remedy.List(nil)
		if ways[0] == directly {
			problem = "assigned directly and by " + groupsAnd(ways[1:]) + ": stays when one of them is taken away"
			fix = remedy.List{assignmentOf(who, "to keep only the groups", "assignment remove")}
		}
		s.note(schemacheck.Info, CodeReachedTwice, who, problem, fix...)
	}
}

// groupsAnd names groups: "the groups Sales, Pilots".
func groupsAnd(names []string) string {
	if len(names) == 1 {
		return "the group " + names[0]
	}
	return "the groups " + bounds.Names(names)
}
